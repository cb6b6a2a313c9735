// SPDX-License-Identifier: Apache-2.0
//! Lists come to an end, however their pages are linked.

use super::*;

fn items(ids: &[&str]) -> Value {
    ids.iter().map(|id| json!({"id": id})).collect()
}

async fn ids(cloud: &FakeCloud, service: Service, route: &'static str, key: &str) -> Vec<String> {
    let (rest, _) = cloud.log_in().await;
    let list = rest.list(Call::get(service, route, &[]).query("kept", "yes"), key).await.unwrap();
    list.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

fn marker(request: &wiremock::Request) -> Option<String> {
    request.url.query_pairs().find(|(key, _)| key == "marker").map(|(_, value)| value.into_owned())
}

#[tokio::test]
async fn keystone_links_under_links() {
    let cloud = FakeCloud::with(|_, request| {
        let next = request.url.join("?kept=yes&marker=b").unwrap();
        request.url.path().ends_with("/users").then(|| {
            let body = match marker(request) {
                None => json!({"users": items(&["a", "b"]), "links": {"next": next, "previous": null}}),
                Some(_) => json!({"users": items(&["c"]), "links": {"next": null}}),
            };
            ResponseTemplate::new(200).set_body_json(body)
        })
    })
    .await;
    assert_eq!(ids(&cloud, Service::Identity, "/users", "users").await, ["a", "b", "c"]);
    let requests = cloud.requests("GET", "/users").await;
    assert_eq!(requests[1].url.query(), Some("kept=yes&marker=b"));
}

#[tokio::test]
async fn glance_links_to_a_path() {
    let cloud = FakeCloud::with(|_, request| {
        request.url.path().ends_with("/images").then(|| {
            let body = match marker(request) {
                None => json!({"images": items(&["a"]), "next": "/v2/images?marker=a", "first": "/v2/images"}),
                Some(_) => json!({"images": items(&["b"]), "first": "/v2/images"}),
            };
            ResponseTemplate::new(200).set_body_json(body)
        })
    })
    .await;
    assert_eq!(ids(&cloud, Service::Image, "/images", "images").await, ["a", "b"]);
    // Behind a path prefix Glance's link lacks the prefix: only its query counts.
    assert_eq!(cloud.requests("GET", "/image/v2/images").await.len(), 2);
}

#[tokio::test]
async fn nova_and_neutron_link_beside_the_list() {
    let cloud = FakeCloud::with(|_, request| {
        request.url.path().ends_with("/networks").then(|| {
            let link = |rel: &str, id: &str| json!({"rel": rel, "href": format!("http://other.host/x?marker={id}")});
            let body = match marker(request).as_deref() {
                None => json!({"networks": items(&["a"]), "networks_links": [link("next", "a")]}),
                Some("a") => {
                    json!({"networks": items(&["b"]), "networks_links": [link("previous", "0"), link("next", "b")]})
                }
                Some(_) => json!({"networks": items(&["c"]), "networks_links": [link("previous", "a")]}),
            };
            ResponseTemplate::new(200).set_body_json(body)
        })
    })
    .await;
    // The link's host is not ours to send a token to.
    assert_eq!(ids(&cloud, Service::Network, "/networks", "networks").await, ["a", "b", "c"]);
}

#[tokio::test]
async fn a_server_that_links_to_itself_ends() {
    let cloud = FakeCloud::with(|_, request| {
        let own = json!({"networks": items(&["a", "b"]), "networks_links": [{"rel": "next", "href": request.url}]});
        request.url.path().ends_with("/networks").then(|| ResponseTemplate::new(200).set_body_json(own))
    })
    .await;
    assert_eq!(ids(&cloud, Service::Network, "/networks", "networks").await, ["a", "b"]);
}

#[tokio::test]
async fn pages_that_bring_nothing_new_end() {
    let cloud = FakeCloud::with(|state, request| {
        request.url.path().ends_with("/networks").then(|| {
            let link = format!("?marker={}", state.count("pages"));
            let links = json!([{"rel": "next", "href": link}]);
            ResponseTemplate::new(200).set_body_json(json!({"networks": items(&["a"]), "networks_links": links}))
        })
    })
    .await;
    assert_eq!(ids(&cloud, Service::Network, "/networks", "networks").await, ["a"]);
    assert_eq!(cloud.requests("GET", "/networks").await.len(), 2);
}

#[tokio::test]
async fn an_empty_page_may_have_a_next_one() {
    let cloud = FakeCloud::with(|state, request| {
        request.url.path().ends_with("/networks").then(|| {
            let number = state.count("pages");
            let links = json!([{"rel": "next", "href": format!("?marker={number}")}]);
            let body = match number {
                0 | 1 => json!({"networks": [], "networks_links": links}),
                _ => json!({"networks": items(&["a"])}),
            };
            ResponseTemplate::new(200).set_body_json(body)
        })
    })
    .await;
    assert_eq!(ids(&cloud, Service::Network, "/networks", "networks").await, ["a"]);
    // One that never brings anything ends.
    let cloud = FakeCloud::with(|state, request| {
        let links = json!([{"rel": "next", "href": format!("?marker={}", state.count("pages"))}]);
        let is_list = request.url.path().ends_with("/networks");
        is_list.then(|| ResponseTemplate::new(200).set_body_json(json!({"networks": [], "networks_links": links})))
    })
    .await;
    assert!(ids(&cloud, Service::Network, "/networks", "networks").await.is_empty());
}

#[tokio::test]
async fn a_list_whose_next_page_is_not_known_any_more_is_begun_again() {
    let cloud = FakeCloud::with(|state, request| {
        if !request.url.path().ends_with("/images") {
            return None;
        }
        match (marker(request).as_deref(), state.count("pages")) {
            (None, 0) => ok(json!({"images": items(&["a", "b"]), "next": "/v2/images?marker=b"})),
            (Some("b"), _) => Some(error(404, "Image b could not be found.")),
            (None, _) => ok(json!({"images": items(&["a"]), "next": "/v2/images?marker=a"})),
            _ => ok(json!({"images": items(&["c"])})),
        }
    })
    .await;
    assert_eq!(ids(&cloud, Service::Image, "/images", "images").await, ["a", "c"]);
    let cloud = FakeCloud::with(|_, request| match (request.url.path().ends_with("/images"), marker(request)) {
        (true, None) => ok(json!({"images": items(&["a"]), "next": "/v2/images?marker=a"})),
        (true, Some(_)) => Some(error(404, "Image a could not be found.")),
        _ => None,
    })
    .await;
    let (rest, _) = cloud.log_in().await;
    let list = rest.list(Call::get(Service::Image, "/images", &[]), "images").await;
    assert!(list.unwrap_err().to_string().contains("Image a could not be found."));
}

#[tokio::test]
async fn a_marker_that_is_refused_as_a_wrong_value_is_one_that_is_not_known_any_more() {
    let cloud = FakeCloud::with(|state, request| {
        if !request.url.path().ends_with("/networks") {
            return None;
        }
        let links = |id: &str| json!([{"rel": "next", "href": format!("?marker={id}")}]);
        match (marker(request).as_deref(), state.count("pages")) {
            (None, 0) => ok(json!({"networks": items(&["a", "b"]), "networks_links": links("b")})),
            (Some("b"), _) => Some(error(400, "The marker b could not be found.")),
            (None, _) => ok(json!({"networks": items(&["a"]), "networks_links": links("a")})),
            _ => ok(json!({"networks": items(&["c"])})),
        }
    })
    .await;
    assert_eq!(ids(&cloud, Service::Network, "/networks", "networks").await, ["a", "c"]);
}

#[tokio::test]
async fn a_first_page_that_is_refused_is_not_asked_for_again() {
    for status in [400, 404] {
        let cloud = FakeCloud::with(move |_, request| {
            request.url.path().ends_with("/networks").then(|| error(status, "no such filter"))
        })
        .await;
        let (rest, _) = cloud.log_in().await;
        let list = rest.list(networks(), "networks").await;
        assert_eq!(list.unwrap_err().status(), Some(status));
        assert_eq!(cloud.requests("GET", "/networks").await.len(), 1);
    }
}

#[tokio::test]
async fn a_list_that_always_brings_something_new_ends() {
    let cloud = FakeCloud::with(|state, request| {
        request.url.path().ends_with("/networks").then(|| {
            let number = state.count("pages");
            let links = json!([{"rel": "next", "href": format!("?marker={number}")}]);
            // Where nobody ends it, it ends here.
            let body = if number < 2_100 {
                json!({"networks": [{"id": number.to_string()}], "networks_links": links})
            } else {
                json!({"networks": []})
            };
            ResponseTemplate::new(200).set_body_json(body)
        })
    })
    .await;
    let (rest, _) = cloud.log_in().await;
    let text = rest.list(networks(), "networks").await.unwrap_err().to_string();
    assert!(text.contains("the list `networks` has more than 2000 pages"), "{text}");
}

#[tokio::test]
async fn key_pairs_are_wrapped_in_their_list() {
    let cloud = FakeCloud::with(|_, request| {
        let list = json!({"keypairs": [{"keypair": {"name": "a"}}, {"keypair": {"name": "b"}}]});
        if request.url.path().ends_with("/os-keypairs") { ok(list) } else { None }
    })
    .await;
    let (rest, _) = cloud.log_in().await;
    let all = rest.all::<Keypair>(&[]).await.unwrap();
    assert_eq!(all.iter().map(Resource::name).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(rest.named::<Keypair>("b").await.unwrap().len(), 1);
}
