// SPDX-License-Identifier: Apache-2.0
//! Requests whose answer never came, came late, or was an error.

use super::*;

#[tokio::test]
async fn what_a_server_error_made_is_found_and_deleted() {
    let run = Run::start(FOR_EVER, |state, request| {
        is(request, "POST", "/networks").then(|| {
            state.make(resource::kind("network").unwrap(), request);
            error(500, "after the deed")
        })
    })
    .await;
    run.cloud.state().add("network", json!({"id": "other", "description": "functest run 20260101-abcdef no. 00"}));
    assert_eq!(run.scope.create::<Network>(json!({"name": "n"})).await.unwrap_err().status(), Some(500));
    assert!(matches!(run.state(0), EntryState::Doubtful { .. }), "{:?}", run.state(0));
    let clean_up = run.clean().await;
    assert_eq!(clean_up, CleanUp { deleted: vec![thing("network", "network-0", "n")], left: vec![] });
    assert_eq!(run.state(0), EntryState::Gone);
    assert_eq!(run.cloud.state().ids("network"), ["other"]);
}

#[tokio::test]
async fn what_a_cut_connection_made_is_found_and_deleted() {
    let run = Run::start(FOR_EVER, |_, _| None).await;
    let cutting = makes_and_hangs_up(&run.cloud).await;
    let (rest, _) = run.cloud.log_in_with("network", cutting.url.clone()).await;
    let cut = run.scope.with(rest, &[]).create::<Network>(json!({"name": "n"})).await.unwrap_err();
    assert!(matches!(cut, Error::NoAnswer { sent: true, .. }), "{cut:?}");
    assert_eq!(run.state(0), EntryState::Unanswered);
    assert_eq!(run.clean().await.deleted, [thing("network", "network-0", "n")]);
}

#[tokio::test]
async fn every_kind_is_found_by_its_mark() {
    let run = Run::start(FOR_EVER, |state, request| {
        let path = request.url.path().to_owned();
        let kind = resource::KINDS.iter().find(|kind| path.ends_with(kind.collection))?;
        (request.method.as_str() == "POST").then(|| {
            state.make(kind, request);
            error(504, "the proxy gave up")
        })
    })
    .await;
    for kind in ["server", "network", "router", "keypair", "image", "flavor", "user", "project"] {
        run.cloud.state().add(kind, json!({"id": "somebody's", "name": "", "description": ""}));
    }
    async fn lose<R: Resource>(run: &Run) {
        let name = run.scope.unique_name("lost");
        assert_eq!(run.scope.create::<R>(json!({"name": name})).await.err().unwrap().status(), Some(504));
    }
    lose::<Server>(&run).await;
    lose::<Network>(&run).await;
    lose::<Router>(&run).await;
    lose::<Keypair>(&run).await;
    lose::<Image>(&run).await;
    lose::<Flavor>(&run).await;
    lose::<User>(&run).await;
    lose::<Project>(&run).await;
    let clean_up = run.clean().await;
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    let expected = ["server", "router", "network", "keypair", "image", "flavor", "user", "project"];
    assert_eq!(run.kinds_deleted(), expected);
    assert!(run.deleted().iter().all(|(_, id)| id != "somebody's"));
}

#[tokio::test]
async fn what_did_not_come_is_settled_in_the_end() {
    // After an error of the cloud's own it cannot come any more; after a gateway's, when its time has passed.
    for (status, settle_seconds) in [(500, FOR_EVER), (504, 0.0)] {
        let run = Run::start(settle_seconds, move |_, request| {
            is(request, "POST", "/networks").then(|| error(status, "nothing done"))
        })
        .await;
        assert!(run.scope.create::<Network>(json!({})).await.is_err());
        let is_doubtful = matches!(run.state(0), EntryState::Doubtful { .. });
        assert_eq!(is_doubtful, status == 500, "{:?}", run.state(0));
        assert_eq!(run.clean().await, CleanUp::default());
        assert_eq!(run.state(0), EntryState::Gone);
    }
}

#[tokio::test]
async fn what_may_still_come_is_reported_at_the_deadline() {
    let run =
        Run::start(FOR_EVER, |_, request| is(request, "POST", "/networks").then(|| error(504, "who knows"))).await;
    assert!(run.scope.create::<Network>(json!({"name": "n"})).await.is_err());
    let clean_up = run.cleaner(Duration::ZERO).clean(Some("a-case")).await;
    assert_eq!(clean_up.left[0].thing, thing("network", "", "n"));
    assert!(clean_up.left[0].reason.contains("may still take effect"));
    assert_eq!(run.state(0), EntryState::Unanswered);
}

#[tokio::test]
async fn what_comes_late_is_still_found() {
    let late = Arc::new(Mutex::new(None::<Value>));
    let kept = Arc::clone(&late);
    let run = Run::start(FOR_EVER, move |state, request| {
        if is(request, "POST", "/networks") {
            *kept.lock().unwrap() = Some(request.body_json().unwrap());
            return Some(error(504, "later"));
        }
        // It appears when it is looked for a second time.
        if is(request, "GET", "/networks") && state.count("looks") == 1 {
            let body = kept.lock().unwrap().take().unwrap();
            state.make_from(resource::kind("network").unwrap(), body);
        }
        None
    })
    .await;
    assert!(run.scope.create::<Network>(json!({"name": "n"})).await.is_err());
    assert_eq!(run.clean().await.deleted, [thing("network", "network-0", "n")]);
}

#[tokio::test]
async fn a_page_of_somebody_before_the_service_ends_nothing() {
    for status in [200, 201, 500, 503] {
        let run = Run::start(FOR_EVER, move |_, request| {
            let page = ResponseTemplate::new(status).set_body_string("<html><h1>Please wait</h1></html>");
            is(request, "POST", "/networks").then_some(page)
        })
        .await;
        run.scope.create::<Network>(json!({})).await.unwrap_err();
        // What goes on behind it may still take effect, for as long as any request may.
        assert_eq!(run.state(0), EntryState::Unanswered, "{status}");
    }
}
