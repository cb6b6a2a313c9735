// SPDX-License-Identifier: Apache-2.0
//! Eventual consistency: what was made a moment ago is not in lists yet. Whatever the service: it is seen in the answers.

use std::time::{Duration, Instant};

use http::Method;
use serde_json::Value;

use super::{Fault, Faults};
use crate::api::{Call, Reply, ReplyBody};

impl Faults {
    /// Remembers what an answer says was made, and takes what is too new out of lists.
    pub(crate) fn let_settle(&mut self, call: &Call, reply: Reply) -> Reply {
        let delay = self.rules.iter().find_map(|armed| match armed.rule.fault {
            Fault::Eventual { milliseconds } => Some(Duration::from_millis(milliseconds)),
            _ => None,
        });
        let Some(delay) = delay.filter(|_| reply.status.is_success()) else { return reply };
        match call.method {
            Method::POST => {
                let ids = body(&reply).map(|body| made(&body)).unwrap_or_default();
                self.fresh.extend(ids.into_iter().map(|id| (Instant::now() + delay, id)));
                reply
            }
            Method::GET => {
                let now = Instant::now();
                self.fresh.retain(|(until, _)| *until > now);
                match body(&reply) {
                    Some(shown) if !self.fresh.is_empty() => Reply { body: self.without_fresh(shown), ..reply },
                    _ => reply,
                }
            }
            _ => reply,
        }
    }

    fn without_fresh(&self, mut shown: Value) -> ReplyBody {
        let lists =
            shown.as_object_mut().into_iter().flat_map(|object| object.values_mut()).filter_map(Value::as_array_mut);
        for list in lists {
            list.retain(|item| !item["id"].as_str().is_some_and(|id| self.fresh.iter().any(|(_, fresh)| fresh == id)));
        }
        ReplyBody::Bytes(shown.to_string().into())
    }
}

fn body(reply: &Reply) -> Option<Value> {
    match &reply.body {
        ReplyBody::Bytes(bytes) => serde_json::from_slice(bytes).ok(),
        _ => None,
    }
}

/// The ids of what an answer to a POST shows: on its own, under its kind, or as a list of several.
fn made(body: &Value) -> Vec<String> {
    let id = |item: &Value| item["id"].as_str().map(str::to_owned);
    let inner = body.as_object().into_iter().flat_map(|object| object.values());
    let several = inner.clone().filter_map(Value::as_array).flatten();
    id(body).into_iter().chain(inner.filter_map(id)).chain(several.filter_map(id)).collect()
}
