// SPDX-License-Identifier: Apache-2.0
//! The one path of every request: repetition, logins, pages, errors, events, secrets.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic and speak")]

mod catalogs;
mod connections;
mod errors;
mod events;
#[path = "../fake_cloud/mod.rs"]
mod fake_cloud;
mod logins;
mod pages;
mod repetition;
mod secrets;
mod tls;

use std::collections::BTreeMap;
use std::time::Duration;

use functest_core::event::{Emitter, EventBody, Incoming};
use functest_openstack::connect::{CloudConfig, Connection, ConnectionOptions, Credential, Domain, Named};
use functest_openstack::resource::{Keypair, Network, Resource, User};
use functest_openstack::rest::{Call, Observer, Policy};
use functest_openstack::{Error, Service};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::fake_cloud::{
    FakeCloud, HangsUp, PASSWORD, PROJECT, TOKEN, by_id, entry, error, password, patient, refusing,
};

fn networks() -> Call {
    Call::get(Service::Network, "/networks", &[])
}

fn new_network() -> Call {
    Call::post(Service::Network, "/networks", &[], json!({"network": {"name": "n"}}))
}

fn ok(body: Value) -> Option<ResponseTemplate> {
    Some(ResponseTemplate::new(200).set_body_json(body))
}

/// A connection to a cloud that is described a little otherwise.
async fn connect(cloud: &FakeCloud, change: impl FnOnce(&mut CloudConfig)) -> Result<Connection, Error> {
    let mut config = cloud.config(password(), Some(by_id(PROJECT)));
    change(&mut config);
    Connection::open(&config, ConnectionOptions { policy: patient(), events: Emitter::discarding() }).await
}

/// A cloud whose network service answers `answers`, one after the other, and then goes well.
async fn answering(answers: &'static [u16]) -> FakeCloud {
    FakeCloud::with(move |state, request| {
        if !request.url.path().ends_with("/networks") {
            return None;
        }
        let status = answers.get(state.count("answers"))?;
        Some(error(*status, "not now").insert_header("Retry-After", "0"))
    })
    .await
}
