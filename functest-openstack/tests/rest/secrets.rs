// SPDX-License-Identifier: Apache-2.0
//! No secret in anything that can be printed.

use functest_core::event::Incoming;

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
    while let Ok(Incoming::Event(_, event)) = heard.try_recv() {
        assert_hidden("an event", &serde_json::to_string(&event).unwrap());
    }
}
