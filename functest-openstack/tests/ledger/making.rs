// SPDX-License-Identifier: Apache-2.0
//! The intent comes before the request, the id after.

use super::*;

#[tokio::test]
async fn the_intent_is_on_the_disk_before_the_request_arrives() {
    let (folder, seen) = (Arc::new(Mutex::new(PathBuf::new())), Arc::new(Mutex::new(None)));
    let (in_cloud, out) = (Arc::clone(&folder), Arc::clone(&seen));
    let run = Run::start(FOR_EVER, move |_, request| {
        if is(request, "POST", "/networks") {
            let book = Book::read(&in_cloud.lock().unwrap()).unwrap().unwrap();
            *out.lock().unwrap() = Some((book.entries[&0].clone(), request.body_json::<Value>().unwrap()));
        }
        None
    })
    .await;
    *folder.lock().unwrap() = run.folder.path().to_owned();
    let network: Network = run.make(json!({"name": "any name"})).await;
    let (entry, body) = seen.lock().unwrap().clone().unwrap();
    assert_eq!(entry.state, EntryState::Unanswered);
    let Intent { scope, kind, name, mark, .. } = entry.intent;
    assert_eq!((scope.as_str(), kind.as_str(), name.as_str()), ("a-case", "network", "any name"));
    assert_eq!(body["network"]["description"], json!(mark));
    assert!(mark.contains("20260101-abcdef"), "{mark}");
    assert_eq!(run.state(0), EntryState::Made(network.id));
}

#[tokio::test]
async fn what_the_cloud_refuses_is_not_looked_for() {
    let run =
        Run::start(FOR_EVER, |_, request| is(request, "POST", "/networks").then(|| error(409, "Quota exceeded"))).await;
    let refused = run.scope.create::<Network>(json!({})).await.unwrap_err();
    assert_eq!(refused.status(), Some(409));
    assert_eq!(run.state(0), EntryState::Gone);
    let ledger = std::fs::read_to_string(run.folder.path().join("ledger.jsonl")).unwrap();
    assert!(ledger.contains("\"refused\"") && ledger.contains("Quota exceeded"), "{ledger}");
    assert_eq!(run.clean().await, CleanUp::default());
}

#[tokio::test]
async fn an_answer_without_an_id_leaves_it_open() {
    for answer in [json!({"network": {}}), json!({"net": 1}), json!({"network": null}), json!([])] {
        let run = Run::start(FOR_EVER, move |state, request| {
            is(request, "POST", "/networks").then(|| {
                state.make(resource::kind("network").unwrap(), request);
                ResponseTemplate::new(201).set_body_json(&answer)
            })
        })
        .await;
        let odd = run.scope.create::<Network>(json!({"name": "n"})).await.unwrap_err();
        assert!(matches!(odd, Error::Unexpected { .. }), "{odd:?}");
        assert!(matches!(run.state(0), EntryState::Doubtful { .. }), "{:?}", run.state(0));
        assert_eq!(run.clean().await.deleted, [thing("network", "network-0", "n")]);
    }
}

#[tokio::test]
async fn an_answer_of_an_odd_form_is_made_all_the_same() {
    let run = Run::start(FOR_EVER, |state, request| {
        is(request, "POST", "/networks").then(|| {
            state.make(resource::kind("network").unwrap(), request);
            let odd = json!({"network": {"id": "network-0", "status": 7}});
            ResponseTemplate::new(201).set_body_json(odd)
        })
    })
    .await;
    assert!(run.scope.create::<Network>(json!({})).await.is_err());
    assert_eq!(run.state(0), EntryState::Made("network-0".into()));
}

#[tokio::test]
async fn a_request_goes_on_when_its_caller_is_dropped() {
    let (arrived, has_arrived) = mpsc::channel();
    let (may_go, go) = mpsc::channel::<()>();
    let gate = Mutex::new((arrived, go));
    let run = Run::start(FOR_EVER, move |_, request| {
        if is(request, "POST", "/networks") {
            let (arrived, go) = &*gate.lock().unwrap();
            arrived.send(()).unwrap();
            go.recv().unwrap();
        }
        None
    })
    .await;
    let scope = run.scope.clone();
    let case = tokio::spawn(async move { scope.create::<Network>(json!({})).await });
    tokio::task::spawn_blocking(move || has_arrived.recv().unwrap()).await.unwrap();
    case.abort();
    assert!(case.await.unwrap_err().is_cancelled());
    assert_eq!(run.state(0), EntryState::Unanswered);
    may_go.send(()).unwrap();
    run.scope.settle().await;
    assert_eq!(run.state(0), EntryState::Made("network-0".into()));
}

#[tokio::test]
async fn names_that_are_marks_must_be_unique() {
    let run = Run::start(FOR_EVER, |_, _| None).await;
    for name in [json!("cirros"), json!(""), Value::Null] {
        assert!(run.scope.create::<Image>(json!({"name": name})).await.is_err());
        assert!(run.scope.create::<Keypair>(json!({"name": name})).await.is_err());
    }
    assert!(run.cloud.requests("POST", "/images").await.is_empty());
    assert!(run.book().entries.is_empty());
}

#[tokio::test]
async fn names_are_unique_and_fit_everywhere() {
    let run = Run::start(FOR_EVER, |_, _| None).await;
    let case_name = "tempest.scenario/Ünusual: a name that goes on and on and on and on and on";
    let names: Vec<String> = (0..2)
        .flat_map(|_| {
            let scope = Scope::new(run.rest.clone(), Arc::clone(&run.journal), case_name);
            [scope.unique_name("project"), scope.unique_name("project")]
        })
        .collect();
    let mut different = names.clone();
    different.sort_unstable();
    different.dedup();
    assert_eq!(different.len(), 4, "{names:?}");
    for name in names {
        assert!(name.len() <= 64, "{name}");
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'), "{name}");
    }
}

#[tokio::test]
async fn only_what_the_run_made_is_deleted_by_a_case() {
    let run = Run::start(FOR_EVER, |_, _| None).await;
    run.cloud.state().add("network", json!({"id": "public", "name": "public"}));
    let public: Network = run.rest.get("public").await.unwrap();
    run.scope.adopt(&public).await.unwrap();
    assert!(run.scope.delete(&public).await.is_err());
    let own: Network = run.make(json!({})).await;
    run.scope.delete(&own).await.unwrap();
    assert_eq!(run.deleted(), [("network", own.id)]);
    assert_eq!(run.state(0), EntryState::Gone);
}
