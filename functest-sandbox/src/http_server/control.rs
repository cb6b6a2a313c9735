// SPDX-License-Identifier: Apache-2.0
//! The sandbox's own route, beside the services: what is broken, at run time. It asks for no token: it is on loopback.
//!
//! `GET /sandbox/faults` shows what is broken, `POST` breaks more, `PUT` breaks that and nothing else, `DELETE` mends all.

use http::{Method, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use serde_json::json;

use crate::api::Reply;
use crate::fault::FaultFile;
use crate::shared::Shared;

/// The largest body in bytes.
const LIMIT: usize = 1 << 20;

pub(super) async fn answer(shared: &Shared, method: &Method, verb: &str, body: Incoming) -> Reply {
    if verb != "faults" {
        return refuse(StatusCode::NOT_FOUND, "there is only /sandbox/faults");
    }
    match *method {
        Method::GET => {}
        Method::DELETE => shared.cloud().faults.clear(),
        Method::POST | Method::PUT => match read(body).await {
            Ok(file) => {
                let mut cloud = shared.cloud();
                if method == Method::PUT {
                    cloud.faults.clear();
                }
                cloud.faults.add(file);
            }
            Err(problem) => return refuse(StatusCode::BAD_REQUEST, &problem),
        },
        _ => return refuse(StatusCode::METHOD_NOT_ALLOWED, "GET, POST, PUT or DELETE"),
    }
    let mut cloud = shared.cloud();
    cloud.faults_changed();
    Reply::ok(&json!({"faults": cloud.faults.report()}))
}

async fn read(body: Incoming) -> Result<FaultFile, String> {
    let body = Limited::new(body, LIMIT).collect().await.map_err(|error| error.to_string())?;
    let bytes = body.to_bytes();
    let text = std::str::from_utf8(&bytes).map_err(|_| "the body is not a text".to_owned())?;
    FaultFile::parse(text, "the body").map_err(|error| error.to_string())
}

fn refuse(status: StatusCode, problem: &str) -> Reply {
    Reply::json(status, &json!({ "error": problem }))
}
