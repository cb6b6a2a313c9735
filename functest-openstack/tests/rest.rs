// SPDX-License-Identifier: Apache-2.0
//! The one path of every request: repetition, logins, pages, errors, events, secrets.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic and speak")]

mod fake_cloud;

use std::collections::BTreeMap;
use std::time::Duration;

use functest_core::event::Emitter;
use functest_openstack::connect::{Connection, ConnectionOptions, Credential, Domain, Named};
use functest_openstack::resource::{Keypair, Network, Resource, User};
use functest_openstack::rest::{Call, Policy};
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

mod repetition {
    use super::*;

    #[tokio::test]
    async fn a_get_is_repeated_while_the_cloud_is_away() {
        let cloud = answering(&[503, 503]).await;
        let (rest, mut heard) = cloud.log_in().await;
        assert_eq!(rest.send(networks()).await.unwrap().status(), 200);
        let calls = heard.calls();
        let seen: Vec<_> = calls.iter().map(|call| (call.attempt, call.status)).collect();
        assert_eq!(seen, [(1, Some(503)), (2, Some(503)), (3, Some(200))]);
    }

    #[tokio::test]
    async fn repetition_ends() {
        let cloud = answering(&[503; 100]).await;
        let (rest, mut heard) = cloud.log_in().await;
        assert_eq!(rest.send(networks()).await.unwrap_err().status(), Some(503));
        assert_eq!(heard.calls().len(), 1 + patient().repetitions);
    }

    #[tokio::test]
    async fn what_may_have_been_done_is_not_sent_twice() {
        for status in [500, 502, 503, 504] {
            let answers: &'static [u16] = Box::leak(Box::new([status]));
            let cloud = answering(answers).await;
            let (rest, mut heard) = cloud.log_in().await;
            let refused = rest.send(new_network()).await.unwrap_err();
            assert_eq!((refused.status(), refused.is_refusal(), heard.calls().len()), (Some(status), false, 1));
        }
    }

    #[tokio::test]
    async fn a_server_error_and_a_refusal_are_not_repeated() {
        for status in [400, 403, 404, 409, 500] {
            let answers: &'static [u16] = Box::leak(Box::new([status]));
            let cloud = answering(answers).await;
            let (rest, mut heard) = cloud.log_in().await;
            assert_eq!(rest.send(networks()).await.unwrap_err().status(), Some(status));
            assert_eq!(heard.calls().len(), 1);
        }
    }

    #[tokio::test]
    async fn a_post_is_repeated_when_the_cloud_says_later() {
        let cloud = answering(&[429, 429]).await;
        let (rest, mut heard) = cloud.log_in().await;
        assert_eq!(rest.send(new_network()).await.unwrap().status(), 201);
        assert_eq!(heard.calls().len(), 3);
        assert_eq!(cloud.state().ids("network").len(), 1);
    }

    #[tokio::test]
    async fn a_post_that_certainly_did_not_arrive_is_repeated() {
        let cloud = FakeCloud::start().await;
        let (rest, mut heard) = cloud.log_in_with("network", refusing()).await;
        let failed = rest.send(new_network()).await.unwrap_err();
        assert!(matches!(failed, Error::NoAnswer { sent: false, .. }), "{failed:?}");
        assert!(failed.is_refusal() && failed.is_transient());
        assert!(failed.to_string().contains("Connection refused"), "{failed}");
        let calls = heard.calls();
        assert_eq!(calls.len(), 1 + patient().repetitions);
        assert!(calls.iter().all(|call| call.status.is_none() && call.error.is_some()), "{calls:?}");
    }

    #[tokio::test]
    async fn a_silent_cloud_ends_at_the_deadline() {
        let cloud = FakeCloud::with(|_, request| {
            let silent = ResponseTemplate::new(200).set_delay(Duration::from_secs(3600));
            request.url.path().ends_with("/networks").then_some(silent)
        })
        .await;
        let policy = Policy { request: Duration::from_secs(2), ..patient() };
        let (rest, mut heard) =
            cloud.try_log_in(password(), Some(by_id(PROJECT)), policy, BTreeMap::new()).await.unwrap();
        let failed = rest.send(new_network()).await.unwrap_err();
        assert!(matches!(failed, Error::NoAnswer { sent: true, .. }), "{failed:?}");
        assert!(!failed.is_refusal() && failed.to_string().contains("deadline of 2s"), "{failed}");
        assert_eq!(heard.calls().len(), 1);
        let get = networks().deadline(Duration::from_millis(1));
        assert!(matches!(rest.send(get).await.unwrap_err(), Error::NoAnswer { .. }));
        assert_eq!(heard.calls().len(), 1 + patient().repetitions);
    }

    #[tokio::test]
    async fn a_connection_that_is_cut_leaves_open_what_was_done() {
        let cloud = FakeCloud::start().await;
        for last_words in ["", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"networks\":"] {
            let server = HangsUp::after(drop, last_words).await;
            let (rest, mut heard) = cloud.log_in_with("network", server.url.clone()).await;
            let failed = rest.send(new_network()).await.unwrap_err();
            assert!(matches!(failed, Error::NoAnswer { sent: true, .. }), "{failed:?}");
            assert_eq!(heard.calls().len(), 1);
            assert!(rest.send(networks()).await.is_err());
            assert_eq!(heard.calls().len(), 1 + patient().repetitions);
        }
    }

    #[tokio::test]
    async fn what_may_have_been_done_before_is_no_refusal_after() {
        // The first attempt arrives and is cut; the cloud is then switched off, so the others do not arrive.
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            drop(listener);
            stream.readable().await.unwrap();
        });
        let (rest, _) = FakeCloud::start().await.log_in_with("network", url).await;
        let failed = rest.send(Call::put(Service::Network, "/networks/{id}", &["x"], json!({}))).await.unwrap_err();
        assert!(matches!(failed, Error::NoAnswer { sent: true, .. }), "{failed:?}");
        assert!(!failed.is_refusal());
    }

    #[tokio::test]
    async fn a_request_that_cannot_be_built_is_not_repeated() {
        let cloud = FakeCloud::start().await;
        let (rest, mut heard) = cloud.log_in().await;
        let failed = rest.send(networks().header("X-Broken", "two\nlines")).await.unwrap_err();
        assert_eq!(failed.status(), None);
        assert!(heard.calls().len() <= 1, "{failed}");
    }
}

mod logins {
    use super::*;

    #[tokio::test]
    async fn a_crowd_whose_token_ends_logs_in_once() {
        let cloud = FakeCloud::start().await;
        let (rest, _) = cloud.log_in().await;
        cloud.state().revoked = 1;
        let calls = (0..20).map(|_| rest.send(networks()));
        for answer in futures::future::join_all(calls).await {
            assert_eq!(answer.unwrap().status(), 200);
        }
        assert_eq!(cloud.state().logins.len(), 2);
    }

    #[tokio::test]
    async fn a_post_is_sent_again_with_the_new_token() {
        let cloud = FakeCloud::start().await;
        let (rest, _) = cloud.log_in().await;
        cloud.state().revoked = 1;
        assert_eq!(rest.send(new_network()).await.unwrap().status(), 201);
        let state = cloud.state();
        assert_eq!((state.logins.len(), state.ids("network").len()), (2, 1));
    }

    #[tokio::test]
    async fn a_token_that_is_refused_again_is_an_error() {
        let cloud = FakeCloud::start().await;
        let (rest, mut heard) = cloud.log_in().await;
        cloud.state().revoked = 100;
        assert_eq!(rest.send(networks()).await.unwrap_err().status(), Some(401));
        assert_eq!((cloud.state().logins.len(), heard.calls().len()), (2, 2));
    }

    #[tokio::test]
    async fn a_given_token_is_asked_about_and_not_renewed() {
        let cloud = FakeCloud::start().await;
        let given = Credential::Token(format!("{TOKEN}-given").into());
        let (rest, _) = cloud.try_log_in(given, None, patient(), BTreeMap::new()).await.unwrap();
        assert_eq!(cloud.state().logins, [Value::Null]);
        let asked = cloud.requests("GET", "/auth/tokens").await.remove(0);
        for header in ["x-auth-token", "x-subject-token"] {
            assert_eq!(asked.headers[header], format!("{TOKEN}-given").as_str());
        }
        assert_eq!(rest.send(networks()).await.unwrap().status(), 200);
        assert_eq!(
            cloud.requests("GET", "/networks").await[0].headers["x-auth-token"],
            format!("{TOKEN}-given").as_str()
        );
        cloud.state().revoked = 1;
        let refused = rest.send(networks()).await.unwrap_err();
        assert!(matches!(refused, Error::TokenRefused(_)), "{refused:?}");
        let text = refused.to_string();
        assert!(text.contains("only a token was given") && text.contains("/networks"), "{text}");
        assert!(!text.contains(TOKEN), "{text}");
        assert_eq!(cloud.state().logins.len(), 1);
    }

    #[tokio::test]
    async fn a_given_token_is_exchanged_for_one_of_the_project() {
        let cloud = FakeCloud::start().await;
        let given = Credential::Token(format!("{TOKEN}-given").into());
        cloud.try_log_in(given, Some(by_id("p")), patient(), BTreeMap::new()).await.unwrap();
        let expected = json!({"auth": {
            "identity": {"methods": ["token"], "token": {"id": format!("{TOKEN}-given")}},
            "scope": {"project": {"id": "p"}},
        }});
        assert_eq!(cloud.state().logins, [expected]);
    }

    #[tokio::test]
    async fn passwords_are_scoped_by_id_or_by_name() {
        let cloud = FakeCloud::start().await;
        let user = json!({"name": "tester", "domain": {"name": "Default"}, "password": PASSWORD});
        let identity = json!({"methods": ["password"], "password": {"user": user}});
        let name = Named::Name { name: "p".into(), domain: Domain::Id("d".into()) };
        for (project, scope) in
            [(name, json!({"name": "p", "domain": {"id": "d"}})), (by_id("p-id"), json!({"id": "p-id"}))]
        {
            cloud.try_log_in(password(), Some(project), patient(), BTreeMap::new()).await.unwrap();
            let body = json!({"auth": {"identity": identity.clone(), "scope": {"project": scope}}});
            assert_eq!(cloud.state().logins.pop().unwrap(), body);
        }
        let by_user_id = Credential::Password { user: by_id("u"), password: PASSWORD.to_owned().into() };
        cloud.try_log_in(by_user_id, None, patient(), BTreeMap::new()).await.unwrap();
        let user = json!({"id": "u", "password": PASSWORD});
        let body = json!({"auth": {"identity": {"methods": ["password"], "password": {"user": user}}}});
        assert_eq!(cloud.state().logins.pop().unwrap(), body);
    }

    #[tokio::test]
    async fn application_credentials_have_no_scope_of_ours() {
        let cloud = FakeCloud::start().await;
        let user = Named::Name { name: "u".into(), domain: Domain::Name("D".into()) };
        let table = [
            (Ok("an-id".to_owned()), json!({"id": "an-id", "secret": PASSWORD})),
            (
                Err(("a-name".to_owned(), user)),
                json!({"name": "a-name", "user": {"name": "u", "domain": {"name": "D"}}, "secret": PASSWORD}),
            ),
        ];
        for (id, which) in table {
            let credential = Credential::ApplicationCredential { id, secret: PASSWORD.to_owned().into() };
            cloud.try_log_in(credential, None, patient(), BTreeMap::new()).await.unwrap();
            let identity = json!({"methods": ["application_credential"], "application_credential": which});
            assert_eq!(cloud.state().logins.pop().unwrap(), json!({"auth": {"identity": identity}}));
        }
    }

    #[tokio::test]
    async fn a_refused_login_is_sent_once_and_says_who() {
        let cloud = FakeCloud::with(|_, request| {
            request.url.path().ends_with("/auth/tokens").then(|| error(401, "Invalid username or password."))
        })
        .await;
        let login = cloud.try_log_in(password(), Some(by_id("p")), patient(), BTreeMap::new());
        let refused = login.await.err().unwrap();
        assert!(matches!(refused, Error::Login { .. }), "{refused:?}");
        let text = refused.to_string();
        for part in ["`tester`", "Invalid username or password.", "/identity/v3", "req-of-the-error"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        // Keystone locks users whose password is wrong too often.
        assert_eq!(cloud.requests("POST", "/auth/tokens").await.len(), 1);
    }

    #[tokio::test]
    async fn a_crowd_whose_login_is_refused_does_not_lock_the_user() {
        let cloud = FakeCloud::with(|state, request| {
            let again = request.url.path().ends_with("/auth/tokens") && state.count("logins") > 0;
            again.then(|| error(401, "The password has changed."))
        })
        .await;
        let (rest, _) = cloud.log_in().await;
        cloud.state().revoked = 1;
        for answer in futures::future::join_all((0..20).map(|_| rest.send(networks()))).await {
            assert!(matches!(answer, Err(Error::Login { .. })), "{answer:?}");
        }
        assert_eq!(cloud.requests("POST", "/auth/tokens").await.len(), 2);
    }

    #[tokio::test]
    async fn a_login_is_repeated_while_keystone_is_away() {
        let cloud = FakeCloud::with(|state, request| {
            let login = request.url.path().ends_with("/auth/tokens");
            (login && state.count("logins") < 2).then(|| error(503, "starting"))
        })
        .await;
        let (_, mut heard) = cloud.log_in().await;
        let seen: Vec<_> = heard.all().iter().map(|call| (call.route.clone(), call.attempt, call.status)).collect();
        let route = || "/auth/tokens".to_owned();
        assert_eq!(seen, [(route(), 1, Some(503)), (route(), 2, Some(503)), (route(), 3, Some(201))]);
    }

    #[tokio::test]
    async fn what_is_no_keystone_is_an_error_that_says_so() {
        let cases: [(u16, &str, &str); 4] = [
            (404, "<html>Not Found</html>", "is this Keystone's URL?"),
            (200, "<html>Welcome to the hotel's WiFi</html>", "no JSON"),
            (201, r#"{"token": {"expires_at": "soon"}}"#, "not what the API promises"),
            (201, r#"{"access": {}}"#, "no `token`"),
        ];
        for (status, body, words) in cases {
            let cloud = FakeCloud::with(move |_, _| Some(ResponseTemplate::new(status).set_body_string(body))).await;
            let login = cloud.try_log_in(password(), Some(by_id("p")), patient(), BTreeMap::new());
            let text = login.await.err().unwrap().to_string();
            assert!(text.contains(words), "{words}: {text}");
        }
    }

    #[tokio::test]
    async fn who_may_list_users_is_an_administrator() {
        for (status, is_admin) in [(200, true), (403, false)] {
            let cloud = FakeCloud::with(move |_, request| {
                let refused = status != 200 && request.url.path().ends_with("/users");
                refused.then(|| error(status, "You are not authorized."))
            })
            .await;
            let config = cloud.config(password(), Some(by_id(PROJECT)));
            let options = ConnectionOptions { policy: patient(), events: Emitter::discarding() };
            let connection = Connection::open(&config, options).await.unwrap();
            assert_eq!(connection.is_admin, is_admin);
            assert_eq!(connection.identity.project_id.as_deref(), Some(PROJECT));
            assert!(connection.notices.is_empty(), "{:?}", connection.notices);
        }
    }
}

mod pages {
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
                let link =
                    |rel: &str, id: &str| json!({"rel": rel, "href": format!("http://other.host/x?marker={id}")});
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
}

mod errors {
    use super::*;

    async fn error_of(answer: impl Fn() -> ResponseTemplate + Send + Sync + 'static) -> Error {
        let cloud = FakeCloud::with(move |_, request| request.url.path().ends_with("/networks").then(&answer)).await;
        let (rest, _) = cloud.log_in().await;
        rest.all::<Network>(&[]).await.unwrap_err()
    }

    #[tokio::test]
    async fn a_text_says_request_status_words_and_id() {
        let text = error_of(|| error(409, "Quota exceeded.")).await.to_string();
        for part in ["GET", "/network/v2.0/networks", "409", "Quota exceeded.", "req-of-the-error"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[tokio::test]
    async fn bodies_of_proxies_are_read() {
        let html = "<html><head><title>502</title></head><body><h1>Bad Gateway</h1></body></html>";
        let failed = error_of(move || ResponseTemplate::new(502).set_body_raw(html, "text/html")).await;
        assert!(failed.is_transient());
        let text = failed.to_string();
        assert!(text.contains("Bad Gateway") && !text.contains('<'), "{text}");
        let empty = error_of(|| ResponseTemplate::new(403)).await.to_string();
        assert!(empty.contains("403: without a word"), "{empty}");
        let binary = error_of(|| ResponseTemplate::new(400).set_body_bytes([0xff, 0xfe, 0x00])).await;
        assert_eq!(binary.status(), Some(400));
    }

    #[tokio::test]
    async fn answers_that_the_api_does_not_promise() {
        let table: [(&str, &str); 6] = [
            ("{\"networks\": [", "no JSON"),
            ("", "no JSON"),
            ("[]", "no list `networks`"),
            ("{\"networks\": {\"id\": 1}}", "no list `networks`"),
            ("{\"nets\": []}", "no list `networks`"),
            ("{\"networks\": [{\"id\": 7}]}", "a network of the list"),
        ];
        for (body, words) in table {
            let text = error_of(move || ResponseTemplate::new(200).set_body_string(body)).await.to_string();
            assert!(text.contains(words), "{words}: {text}");
        }
    }

    #[tokio::test]
    async fn one_of_the_wrong_form() {
        let cloud = FakeCloud::with(|_, request| match request.url.path().rsplit('/').next() {
            Some("user-a") => ok(json!({"user": "a text"})),
            Some("user-b") => ok(json!({"person": {}})),
            _ => None,
        })
        .await;
        let (rest, _) = cloud.log_in().await;
        let text = rest.get::<User>("user-a").await.unwrap_err().to_string();
        assert!(text.contains("`user` is not what the API promises"), "{text}");
        let text = rest.get::<User>("user-b").await.unwrap_err().to_string();
        assert!(text.contains("no `user` in the answer"), "{text}");
        assert_eq!(rest.get::<User>("user-c").await.unwrap_err().status(), Some(404));
    }

    #[tokio::test]
    async fn redirections_are_not_followed() {
        let cloud = FakeCloud::start().await;
        let trap = HangsUp::after(|_| panic!("the token went to another host"), "").await;
        let url = trap.url.clone();
        let away = move || ResponseTemplate::new(302).insert_header("Location", url.as_str());
        drop(cloud);
        assert_eq!(error_of(away).await.status(), Some(302));
    }
}

mod catalogs {
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
}

mod events {
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
}

mod secrets {
    use super::*;

    fn assert_hidden(what: &str, text: &str) {
        assert!(!text.contains("swordfish"), "{what} shows a secret: {text}");
    }

    #[tokio::test]
    async fn nothing_that_can_be_printed_holds_one() {
        let cloud = FakeCloud::with(|_, request| {
            request.url.path().ends_with("/broken").then(|| ResponseTemplate::new(200).set_body_string("no json"))
        })
        .await;
        let application = Credential::ApplicationCredential { id: Ok("i".into()), secret: PASSWORD.to_owned().into() };
        let given = Credential::Token(format!("{TOKEN}-given").into());
        for (credential, project) in [(password(), Some(by_id(PROJECT))), (application, None), (given, None)] {
            assert_hidden("the credential", &format!("{credential:?}"));
            let config = cloud.config(credential.clone(), project.clone());
            assert_hidden("the configuration", &format!("{config:?}"));
            let (rest, mut heard) = cloud.try_log_in(credential, project, patient(), BTreeMap::new()).await.unwrap();
            assert_hidden("Rest", &format!("{rest:?}"));
            assert_hidden("KeystoneAuth", &format!("{:?} {}", rest.auth(), rest.auth().who()));
            assert_hidden("the token", &format!("{:?}", rest.token().await.unwrap()));
            for path in ["/broken", "/missing"] {
                let failed = match rest.send(Call::get(Service::Network, path, &[])).await {
                    Ok(answer) => answer.json().unwrap_err(),
                    Err(error) => error,
                };
                assert_hidden("an error", &format!("{failed:?} {failed}"));
            }
            cloud.state().revoked = 1000;
            let failed = rest.send(networks()).await.unwrap_err();
            assert_hidden("an error", &format!("{failed:?} {failed}"));
            cloud.state().revoked = 0;
            for call in heard.all() {
                assert_hidden("an event", &serde_json::to_string(&call).unwrap());
            }
        }
    }

    #[tokio::test]
    async fn neither_do_calls_and_answers() {
        let cloud = FakeCloud::start().await;
        let (rest, _) = cloud.log_in().await;
        let body = json!({"user": {"name": "u", "password": PASSWORD}});
        let call = Call::post(Service::Identity, "/users", &[], body).header("X-Subject-Token", TOKEN);
        assert_hidden("a call", &format!("{call:?}"));
        assert_hidden("an answer", &format!("{:?}", rest.send(call).await.unwrap()));
        let login = Call::post(Service::Identity, "/auth/tokens", &[], json!({}));
        assert_hidden("a login's answer", &format!("{:?}", rest.send(login).await.unwrap()));
    }

    #[tokio::test]
    async fn refused_logins_do_not_hold_one() {
        let cloud = FakeCloud::with(|_, request| {
            // Some validators quote the input.
            request.url.path().ends_with("/auth/tokens").then(|| error(401, &format!("{PASSWORD} is not right")))
        })
        .await;
        let (events, mut heard) = Emitter::channel();
        let config = cloud.config(password(), Some(by_id(PROJECT)));
        let options = ConnectionOptions { policy: patient(), events };
        let refused = Connection::open(&config, options).await.unwrap_err();
        assert_hidden("an error", &format!("{refused:?} {refused}"));
        while let Ok((_, event)) = heard.try_recv() {
            assert_hidden("an event", &serde_json::to_string(&event).unwrap());
        }
    }
}
