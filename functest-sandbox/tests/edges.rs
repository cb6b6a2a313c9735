// SPDX-License-Identifier: Apache-2.0
//! Edges that the contract does not walk along: limits, loops, others' things, requests that are refused halfway. What is
//! expected in `tests/edges/*.yaml` is what the services' own code says; it is put to a sandbox only.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by ending")]

#[allow(dead_code, reason = "the contract asks two clouds, this one")]
#[path = "contract/cloud.rs"]
mod cloud;
#[allow(dead_code, reason = "nothing differs from the only cloud that is asked")]
#[path = "contract/scenario.rs"]
mod scenario;

use std::collections::BTreeMap;
use std::path::Path;

use cloud::{Cloud, Kind};
use functest_sandbox::{FaultFile, Options, Sandbox};
use reqwest::Method;
use serde_json::{Value, json};

async fn cloud() -> (Sandbox, Cloud) {
    with_faults(FaultFile::default()).await
}

async fn with_faults(faults: FaultFile) -> (Sandbox, Cloud) {
    let sandbox = Sandbox::start(Options { seed: Some(13), faults, ..Options::default() }).await.unwrap();
    let cloud = Cloud::log_in(Kind::Sandbox, &sandbox.auth_url(), sandbox.admin().password).await.unwrap();
    (sandbox, cloud)
}

async fn walk(file: &str) {
    let (_sandbox, cloud) = cloud().await;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/edges").join(file);
    for scenario in scenario::read(&path) {
        scenario.play(&cloud).await.unwrap_or_else(|problem| panic!("{}: {problem}", scenario.name));
    }
}

#[tokio::test]
async fn keystone_holds_at_the_edges() {
    walk("identity.yaml").await;
}

#[tokio::test]
async fn glance_holds_at_the_edges() {
    walk("image.yaml").await;
}

#[tokio::test]
async fn neutron_holds_at_the_edges() {
    walk("network.yaml").await;
}

#[tokio::test]
async fn nova_holds_at_the_edges() {
    walk("compute.yaml").await;
}

/// The status of an answer to `demo`.
async fn asked(cloud: &Cloud, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
    let patch = "application/openstack-images-v2.1-json-patch".to_owned();
    let headers = match method == Method::PATCH {
        true => BTreeMap::from([("Content-Type".to_owned(), patch)]),
        false => BTreeMap::new(),
    };
    // As a text, a body brings no type of its own.
    let text = body.filter(|_| method != Method::GET).map(|body| Value::String(body.to_string()));
    let answer = cloud.ask(method, path, "demo", &headers, text.as_ref()).await;
    (answer.status, answer.body)
}

#[tokio::test]
async fn an_image_has_so_many_tags_properties_and_members() {
    let (_sandbox, cloud) = cloud().await;
    let names = |count: usize| (0..count).map(|number| number.to_string()).collect::<Vec<_>>();
    let properties: Value =
        names(129).into_iter().map(|name| (name, json!("x"))).collect::<serde_json::Map<_, _>>().into();
    for body in [json!({"tags": names(129)}), json!({"tags": names(100_000)}), properties] {
        let (status, text) = asked(&cloud, Method::POST, "/image/v2/images", Some(body)).await;
        assert_eq!(status, 413, "{text}");
        assert!(text.to_string().contains("The limit has been exceeded on the number of allowed image"), "{text}");
    }
    let (status, image) = asked(&cloud, Method::POST, "/image/v2/images", Some(json!({"tags": names(128)}))).await;
    assert_eq!(status, 201);
    let path = format!("/image/v2/images/{}", image["id"].as_str().unwrap());
    assert_eq!(asked(&cloud, Method::PUT, &format!("{path}/tags/more"), None).await.0, 413);
    let patch = json!([{"op": "replace", "path": "/tags", "value": names(129)}]);
    assert_eq!(asked(&cloud, Method::PATCH, &path, Some(patch)).await.0, 413);
    for (number, member) in names(129).into_iter().enumerate() {
        let (status, _) =
            asked(&cloud, Method::POST, &format!("{path}/members"), Some(json!({"member": member}))).await;
        assert_eq!(status, if number < 128 { 200 } else { 413 });
    }
    assert_eq!(asked(&cloud, Method::DELETE, &path, None).await.0, 204);
}

#[tokio::test]
async fn a_filter_of_thousands_is_answered_at_once() {
    let (_sandbox, cloud) = cloud().await;
    for number in 0..50 {
        let network = json!({"network": {"name": format!("n{number}")}});
        assert_eq!(asked(&cloud, Method::POST, "/network/v2.0/networks", Some(network)).await.0, 201);
    }
    let names: String = (0..6000).map(|number| format!("name=n{number}&")).collect();
    let keys = "sort_key=status&sort_dir=asc&".repeat(300);
    let (status, body) = asked(&cloud, Method::GET, &format!("/network/v2.0/networks?{names}"), None).await;
    assert_eq!((status, body["networks"].as_array().unwrap().len()), (200, 50));
    assert_eq!(asked(&cloud, Method::GET, &format!("/network/v2.0/networks?{keys}"), None).await.0, 200);
}

#[tokio::test]
async fn an_upload_breaks_off_in_the_middle_where_a_fault_says_so() {
    let faults = FaultFile::from_words("reset path=/image/v2/images/*/file").unwrap();
    let (sandbox, cloud) = with_faults(faults).await;
    let image = json!({"name": "a", "disk_format": "raw", "container_format": "bare"});
    let (_, image) = asked(&cloud, Method::POST, "/image/v2/images", Some(image)).await;
    let path = format!("image/v2/images/{}", image["id"].as_str().unwrap());
    // No token is asked for: the connection is gone before anybody looks.
    let url = format!("{}{path}/file", sandbox.auth_url().trim_end_matches("identity/v3"));
    let upload = reqwest::Client::new().put(url).header("Content-Type", "application/octet-stream");
    let outcome = upload.body(vec![0; 64 << 20]).send().await;
    assert!(outcome.is_err(), "{outcome:?}");
    assert_eq!(asked(&cloud, Method::GET, &format!("/{path}"), None).await.1["status"], "queued");
}
