// SPDX-License-Identifier: Apache-2.0
//! What a catalog may hold, and what is made of it.

use super::*;

async fn with_catalog(catalog: Vec<Value>) -> FakeCloud {
    let cloud = FakeCloud::start().await;
    cloud.state().catalog = catalog;
    cloud
}

#[tokio::test]
async fn a_service_that_is_not_there() {
    let cloud = with_catalog(vec![entry("image", "http://127.0.0.1:9/image")]).await;
    let (rest, mut heard) = cloud.log_in().await;
    let missing = rest.send(networks()).await.unwrap_err();
    assert!(matches!(missing, Error::NoService { service: "network", .. }), "{missing:?}");
    assert!(missing.is_refusal());
    assert_eq!(heard.calls().len(), 0);
}

#[tokio::test]
async fn endpoints_without_sense_are_passed_over() {
    let nonsense =
        ["", "no url", "http://", "//x", "mailto:a@b.c", "data:,", "file:///etc/passwd", "ftp://h/", "http://[::1"];
    for url in nonsense {
        let mut broken = entry("network", url);
        broken["endpoints"][0]["region"] = Value::Null;
        broken["endpoints"][0]["region_id"] = json!("R");
        let cloud = with_catalog(vec![broken, json!({"type": "image", "name": null, "extra": 1})]).await;
        let (rest, _) = cloud.log_in().await;
        let missing = rest.send(networks()).await.unwrap_err();
        assert!(matches!(missing, Error::NoService { .. }), "{url}: {missing:?}");
    }
}

#[tokio::test]
async fn the_first_endpoint_that_makes_sense_is_taken() {
    let cloud = FakeCloud::start().await;
    let url = format!("{}/network/", cloud.url());
    let endpoint =
        |region: Value, interface: &str, url: &str| json!({"interface": interface, "region": region, "url": url});
    let endpoints = [
        endpoint(Value::Null, "public", "http://127.0.0.1:9/"),
        endpoint(json!("Q"), "public", "http://127.0.0.1:9/"),
        endpoint(json!("R"), "internal", "http://127.0.0.1:9/"),
        endpoint(json!("R"), "public", "nonsense"),
        endpoint(json!("R"), "public", &url),
    ];
    cloud.state().catalog = vec![json!({"type": "network", "endpoints": endpoints})];
    let (rest, _) = cloud.log_in().await;
    assert_eq!(rest.send(networks()).await.unwrap().status(), 200);
    assert_eq!(rest.root(Service::Network).await.unwrap(), format!("{}/network/v2.0", cloud.url()));
}

#[tokio::test]
async fn the_users_endpoint_stands_before_the_catalogs() {
    let cloud = with_catalog(vec![entry("network", "http://127.0.0.1:9/")]).await;
    let url = format!("{}/network", cloud.url()).parse().unwrap();
    let (rest, _) = cloud.log_in_with("network", url).await;
    assert_eq!(rest.send(networks()).await.unwrap().status(), 200);
}

#[tokio::test]
async fn ids_cannot_leave_their_place_in_the_path() {
    let cloud = FakeCloud::start().await;
    let (rest, _) = cloud.log_in().await;
    for id in ["a/b", "../users", "..", "x?y=z", "ü %2f"] {
        let _ = rest.get::<Network>(id).await;
    }
    for request in cloud.server_requests().await {
        let path = request.url.path();
        assert!(path.starts_with("/network/v2.0/networks") || path.ends_with("/auth/tokens"), "{path}");
        assert!(request.url.query().is_none(), "{}", request.url);
    }
}

#[tokio::test]
async fn microversions_are_asked_for() {
    let cloud = FakeCloud::start().await;
    let (rest, _) = cloud.log_in().await;
    let _ = rest.get::<Keypair>("k").await;
    let asked = cloud.requests("GET", "/os-keypairs/k").await;
    assert_eq!(asked[0].headers["openstack-api-version"], "compute 2.10");
}
