// SPDX-License-Identifier: Apache-2.0
//! Logging in, once, and again when the token is refused.

use functest_openstack::connect::LoginScope;

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
    assert_eq!(cloud.requests("GET", "/networks").await[0].headers["x-auth-token"], format!("{TOKEN}-given").as_str());
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
async fn a_login_may_be_for_a_domain_the_cloud_or_what_a_trust_gives() {
    let cloud = FakeCloud::start().await;
    for (scope, body) in [
        (LoginScope::Domain(Domain::Id("d".into())), json!({"domain": {"id": "d"}})),
        (LoginScope::Domain(Domain::Name("D".into())), json!({"domain": {"name": "D"}})),
        (LoginScope::System, json!({"system": {"all": true}})),
        (LoginScope::Trust("t".into()), json!({"OS-TRUST:trust": {"id": "t"}})),
    ] {
        connect(&cloud, |config| config.scope = Some(scope)).await.unwrap();
        assert_eq!(cloud.state().logins.pop().unwrap()["auth"]["scope"], body);
    }
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
async fn a_given_token_that_is_not_known_any_more_is_a_refused_login() {
    let given = format!("{TOKEN}-given");
    for project in [None, Some(by_id("p"))] {
        let cloud = FakeCloud::with(|_, request| {
            let is_login = request.url.path().ends_with("/auth/tokens");
            is_login.then(|| error(404, &format!("Could not find token: {TOKEN}-given.")))
        })
        .await;
        let login = cloud.try_log_in(Credential::Token(given.clone().into()), project, patient(), BTreeMap::new());
        let refused = login.await.err().unwrap();
        assert!(matches!(refused, Error::Login { .. }), "{refused:?}");
        let text = refused.to_string();
        assert!(text.contains("the given token") && text.contains("it is not valid, or not any more"), "{text}");
        assert!(text.contains("Could not find token: ***.") && !text.contains("is this Keystone's URL?"), "{text}");
    }
    // What is no Keystone knows no token, either.
    let cloud = FakeCloud::with(|_, _| Some(ResponseTemplate::new(404).set_body_string("404 page not found"))).await;
    let login = cloud.try_log_in(Credential::Token(given.into()), None, patient(), BTreeMap::new());
    let text = login.await.err().unwrap().to_string();
    assert!(text.contains("is this Keystone's URL?") && !text.contains("not any more"), "{text}");
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

/// Whether somebody with these roles is taken for an administrator where `/users` is answered so, and how often it was asked for.
async fn judged(roles: Value, users: impl Fn() -> ResponseTemplate + Send + Sync + 'static) -> (bool, usize) {
    let cloud = FakeCloud::with(move |_, request| request.url.path().ends_with("/users").then(&users)).await;
    cloud.state().roles = Some(roles);
    let is_admin = connect(&cloud, |_| {}).await.unwrap().is_admin;
    (is_admin, cloud.requests("GET", "/users").await.len())
}

#[tokio::test]
async fn an_answer_about_users_that_is_neither_yes_nor_no_leaves_it_to_the_role() {
    let page = || ResponseTemplate::new(200).set_body_raw("<html>Welcome</html>", "text/html");
    let no_list = || ResponseTemplate::new(200).set_body_json(json!({"users": null}));
    let away = || error(302, "elsewhere").insert_header("Location", "http://127.0.0.1:9/users");
    for (role, is_admin) in [("admin", true), ("Admin", true), ("reader", false)] {
        let roles = || json!([{"id": "r", "name": role}]);
        for status in [400, 405, 410, 500, 501] {
            let answer = move || error(status, "There is no such list here.");
            assert_eq!(judged(roles(), answer).await, (is_admin, 1), "{role}, {status}");
        }
        assert_eq!(judged(roles(), away).await, (is_admin, 1), "{role}, redirected");
        assert_eq!(judged(roles(), page).await, (is_admin, 1), "{role}, a page");
        assert_eq!(judged(roles(), no_list).await, (is_admin, 1), "{role}, no list");
    }
}

#[tokio::test]
async fn who_sees_users_without_the_role_is_an_administrator() {
    let users = || ResponseTemplate::new(200).set_body_json(json!({"users": [{"id": "u", "name": "somebody"}]}));
    let roles = || json!([{"id": "r", "name": "manager"}]);
    assert_eq!(judged(roles(), users).await, (true, 1));
    // Who has no such role is believed to be refused the first time.
    assert_eq!(judged(roles(), || error(403, "You are not authorized.")).await, (false, 1));
}

#[tokio::test]
async fn roles_that_are_null_are_none() {
    let cloud = FakeCloud::start().await;
    for (roles, read) in [
        (json!([null, {"id": "a", "name": null}, {"id": "b"}, {"id": "c", "name": "member"}]), vec!["member"]),
        (Value::Null, Vec::new()),
    ] {
        cloud.state().roles = Some(roles);
        let (rest, _) = cloud.log_in().await;
        assert_eq!(rest.token().await.unwrap().roles, read);
    }
}
