// SPDX-License-Identifier: Apache-2.0
//! From a call to its answer: the route, who may use it, the handler.

use http::request::Parts;
use http::{Method, StatusCode};
use serde_json::json;

use crate::api::{Access, Api, ApiError, Call, Found, Reply, ReplyBody, Route};
use crate::fault::Lie;
use crate::services::{self, Cloud};
use crate::shared::Shared;

/// The route of a call, if the caller may use it; else the refusal.
pub(super) fn admit(shared: &Shared, api: &Api<Cloud>, call: &mut Call) -> Result<&'static Route<Cloud>, Reply> {
    let found = shared.router.find(api, &call.method, &call.path);
    let mut cloud = shared.cloud();
    cloud.advance();
    if let Some(token) = call.header("x-auth-token").map(str::to_owned) {
        call.caller = services::caller(&mut cloud, &token);
    }
    let (route, params) = match found {
        Found::Route(route, params) => (route, params),
        Found::OtherMethods(_) | Found::Nothing if call.caller.is_none() && !(api.paths.is_open)(&call.path) => {
            return Err(services::stranger(call));
        }
        Found::OtherMethods(methods) => return Err(other_methods(api, call, &methods)),
        Found::Nothing => {
            let error = ApiError::not_found("The resource could not be found.").kind(ApiError::ROUTE);
            return Err((api.refuse)(call, &error));
        }
    };
    call.params = params;
    (api.admit)(call).map_err(|error| (api.refuse)(call, &error))?;
    match (route.access, &call.caller) {
        (Access::Public, _) => Ok(route),
        (_, None) => Err(services::stranger(call)),
        (Access::Admin(policy), Some(caller)) if !caller.is_admin => Err((api.refuse)(call, &ApiError::policy(policy))),
        _ => Ok(route),
    }
}

/// The refusal of a method that a path does not take, with those that it takes.
fn other_methods(api: &Api<Cloud>, call: &Call, methods: &[Method]) -> Reply {
    let allowed: Vec<&str> = methods.iter().map(Method::as_str).collect();
    let error = ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "The method is not allowed for this resource.");
    (api.refuse)(call, &error.kind(ApiError::ROUTE)).header("allow", allowed.join(", "))
}

/// The handler's answer, or its refusal in the service's own words.
pub(super) fn answer(shared: &Shared, api: &Api<Cloud>, route: &Route<Cloud>, call: &Call) -> Reply {
    let mut cloud = shared.cloud();
    let answer =
        if is_swallowed(&cloud, api, call) { Ok(Reply::no_content()) } else { (route.handler)(&mut cloud, call) };
    // What the call started, and takes no time, has happened when it is answered.
    cloud.advance();
    let reply = answer.unwrap_or_else(|error| (api.refuse)(call, &error));
    cloud.faults.let_settle(call, reply)
}

/// Whether a lie answers a deletion in the handler's place. Giving back a token is none: what is meant are things.
fn is_swallowed(cloud: &Cloud, api: &Api<Cloud>, call: &Call) -> bool {
    let deletes = call.method == Method::DELETE && api.paths.giving_back != Some(call.path.as_str());
    deletes && cloud.faults.lies(Lie::DeleteDeletesNothing)
}

/// What every answer of a service has.
pub(super) fn finish(api: &Api<Cloud>, call: &Call, mut reply: Reply) -> Reply {
    (api.finish)(call, &mut reply);
    let reply = reply.header("x-openstack-request-id", &call.request_id);
    if call.method == Method::HEAD { Reply { body: ReplyBody::Empty, ..reply } } else { reply }
}

/// The answer to what is asked of no service.
pub(super) fn outside(head: &Parts) -> Reply {
    match head.uri.path() {
        "/" => {
            let services: Vec<&str> = services::catalog().iter().map(|api| api.service_type).collect();
            Reply::ok(&json!({"sandbox": env!("CARGO_PKG_VERSION"), "services": services}))
        }
        path => {
            let message = format!("There is no service at {path}");
            Reply::json(
                StatusCode::NOT_FOUND,
                &json!({"error": {"code": 404, "title": "Not Found", "message": message}}),
            )
        }
    }
}
