// SPDX-License-Identifier: Apache-2.0
//! From the bytes of a request to a call.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_LENGTH, HOST};
use http::request::Parts;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;

use super::{dispatch, garble, upload};
use crate::api::{Api, ApiError, Body, Call, Query, Reply, Route};
use crate::fault::Ending;
use crate::services::Cloud;
use crate::shared::Shared;

/// What is done with a request, from its head to the answer.
pub(super) async fn take(shared: &Arc<Shared>, head: Parts, body: Incoming) -> (Reply, Ending) {
    let Some((api, path)) = shared.router.service(head.uri.path()) else {
        return (dispatch::outside(&head), Ending::Whole);
    };
    let wire = shared.cloud().faults.on_the_way(api.service_type, head.method.as_str(), head.uri.path());
    tokio::time::sleep(wire.delay).await;
    let mut call = call(shared, api, path, &head);
    let reply = match wire.late {
        _ if !wire.has_effect() => Reply::empty(StatusCode::OK),
        Some(delay) => act_later(shared, api, self::call(shared, api, path, &head), body, delay).await,
        None => act(shared, api, &mut call, body).await,
    };
    let reply = match wire.refusal {
        Some((error, _)) => (api.refuse)(&call, &error),
        None => reply,
    };
    let reply = match wire.ingress {
        Some((status, _)) => garble::ingress(status),
        None => dispatch::finish(api, &call, reply),
    };
    let reply = if wire.null_neighbour { garble::with_null_neighbour(reply) } else { reply };
    let reply = match wire.garbled {
        Some(roll) => garble::garble(reply, roll),
        None => reply,
    };
    (reply, wire.ending)
}

/// Has the request answered.
async fn act(shared: &Shared, api: &Api<Cloud>, call: &mut Call, body: Incoming) -> Reply {
    match dispatch::admit(shared, api, call) {
        Ok(route) => match read(shared, api, route, call, body).await {
            Ok(body) => {
                call.body = body;
                dispatch::answer(shared, api, route, call)
            }
            Err(error) => (api.refuse)(call, &error),
        },
        Err(refusal) => refusal,
    }
}

/// Has the request answered for nobody, when that much time has passed: whoever asked has heard something else.
async fn act_later(
    shared: &Arc<Shared>,
    api: &'static Api<Cloud>,
    mut call: Call,
    body: Incoming,
    delay: Duration,
) -> Reply {
    if let Ok(route) = dispatch::admit(shared, api, &mut call)
        && let Ok(body) = read(shared, api, route, &call, body).await
    {
        let shared = Arc::clone(shared);
        call.body = body;
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            drop(dispatch::answer(&shared, api, route, &call));
            shared.changed.notify_waiters();
        });
    }
    Reply::empty(StatusCode::OK)
}

fn call(shared: &Shared, api: &Api<Cloud>, path: &str, head: &Parts) -> Call {
    let host = head.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
    let id = shared.cloud().random.uuid();
    Call {
        method: head.method.clone(),
        path: path.to_owned(),
        base: format!("http://{host}/{}", api.service_type),
        query: Query::parse(head.uri.query().unwrap_or_default()),
        headers: head.headers.clone(),
        body: Body::Bytes(Bytes::new()),
        params: Vec::new(),
        caller: None,
        request_id: format!("req-{id}"),
    }
}

async fn read(
    shared: &Shared,
    api: &Api<Cloud>,
    route: &Route<Cloud>,
    call: &Call,
    body: Incoming,
) -> Result<Body, ApiError> {
    let announced = call.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let limit = if route.upload { shared.cloud().options.largest_image } else { api.body_limit as u64 };
    if announced.is_some_and(|length| length > limit) {
        return Err(ApiError::too_large());
    }
    if route.upload {
        return Ok(Body::Upload(upload::receive(body, limit).await?));
    }
    match Limited::new(body, api.body_limit).collect().await {
        Ok(collected) => Ok(Body::Bytes(collected.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => Err(ApiError::too_large()),
        Err(_) => Err(ApiError::bad_request("The body of the request ended early.")),
    }
}
