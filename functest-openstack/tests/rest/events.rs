// SPDX-License-Identifier: Apache-2.0
//! Every request is reported, by its route.

use super::*;

#[tokio::test]
async fn every_request_is_reported_without_ids() {
    let cloud = FakeCloud::with(|state, request| {
        let first = request.url.path().ends_with("/secret-id") && state.count("gets") == 0;
        first.then(|| ResponseTemplate::new(504).insert_header("X-Compute-Request-Id", "req-old-name"))
    })
    .await;
    cloud.state().add("network", json!({"id": "secret-id", "name": "n"}));
    let (rest, mut heard) = cloud.log_in().await;
    let login = heard.all().remove(0);
    assert_eq!((login.service.as_str(), login.method.as_str(), login.status), ("identity", "POST", Some(201)));
    rest.get::<Network>("secret-id").await.unwrap();
    let _ = rest.get::<Network>("other-id").await;
    let calls = heard.all();
    let told: Vec<_> = calls.iter().map(|c| (c.attempt, c.status, c.request_id.as_deref())).collect();
    let expected =
        [(1, Some(504), Some("req-old-name")), (2, Some(200), None), (1, Some(404), Some("req-of-the-error"))];
    assert_eq!(told, expected);
    for call in calls {
        assert_eq!(
            (call.service.as_str(), call.method.as_str(), call.route.as_str()),
            ("network", "GET", "/networks/{id}")
        );
        assert!(call.duration_ms >= 0.0);
    }
}

#[tokio::test]
async fn a_new_login_is_reported_too() {
    let cloud = FakeCloud::start().await;
    let (rest, mut heard) = cloud.log_in().await;
    heard.all();
    cloud.state().revoked = 1;
    rest.send(networks()).await.unwrap();
    let seen: Vec<_> = heard.all().iter().map(|call| (call.route.clone(), call.status)).collect();
    let expected = [("/networks", Some(401)), ("/auth/tokens", Some(201)), ("/networks", Some(200))];
    assert_eq!(seen, expected.map(|(route, status)| (route.to_owned(), status)));
}
