// SPDX-License-Identifier: Apache-2.0
//! Clouds that do not say what is true, or say nothing: what is left is said to be left, and nobody waits for what will not
//! change.

use std::collections::BTreeSet;
use std::time::Instant;

use super::*;

fn is_of(request: &Request, service: &str) -> bool {
    request.url.path().starts_with(&format!("/{service}/"))
}

/// What an ingress says when it has lost its way.
fn no_such_page() -> ResponseTemplate {
    ResponseTemplate::new(404).set_body_string("404 page not found")
}

fn nobody_there() -> ResponseTemplate {
    ResponseTemplate::new(503).set_body_string("<html><h1>503 Service Unavailable</h1>No server is available.</html>")
}

/// Deletions take this at most, and a service that says nothing is given up after a third of it.
fn impatient() -> Policy {
    Policy { deletion: Duration::from_secs(6), ..patient() }
}

#[tokio::test]
async fn what_stands_before_a_service_proves_no_deletion() {
    let run = Run::with_policy(impatient(), FOR_EVER, |state, request| {
        let lost = request.url.path().contains("/networks") && request.method.as_str() != "POST";
        (lost && state.count("lost") < 3).then(no_such_page)
    })
    .await;
    run.make::<Network>(json!({})).await;
    let clean_up = run.clean().await;
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    assert_eq!(run.deleted(), [("network", "network-0".to_owned())], "it was deleted by the service itself");
}

#[tokio::test]
async fn a_lost_way_that_is_not_found_again_leaves_what_is_there() {
    let run = Run::with_policy(impatient(), FOR_EVER, |_, request| {
        let lost = request.url.path().contains("/networks") && request.method.as_str() != "POST";
        lost.then(no_such_page)
    })
    .await;
    run.make::<Network>(json!({})).await;
    let clean_up = run.clean().await;
    assert_eq!((clean_up.deleted.len(), clean_up.left.len()), (0, 1), "{clean_up:?}");
    let reason = &clean_up.left[0].reason;
    assert!(
        reason.contains("network service has said nothing") && reason.contains("not the service's own answer"),
        "{reason}"
    );
    assert_eq!(run.journal.open_in(CLOUD, None).len(), 1);
}

#[tokio::test]
async fn a_lie_about_a_deletion_is_found_in_the_list() {
    // The service itself says twice that the network is gone, and lists it.
    let run = Run::start(FOR_EVER, |state, request| {
        let one = request.url.path().ends_with("/network-0");
        (one && state.count("lies") < 3).then(|| error(404, "not found"))
    })
    .await;
    let project: Project = run.make_named().await;
    run.make::<Network>(json!({"project_id": project.id})).await;
    let clean_up = run.clean().await;
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    assert_eq!(run.kinds_deleted(), ["network", "project"]);
}

#[tokio::test]
async fn a_request_that_took_effect_twice_leaves_nothing() {
    let run = Run::start(FOR_EVER, |state, request| {
        if is(request, "POST", "/networks") || is(request, "POST", "/images") {
            let kind = resource::kind(if is_of(request, "image") { "image" } else { "network" }).unwrap();
            state.make(kind, request);
        }
        None
    })
    .await;
    run.make::<Network>(json!({})).await;
    run.make_named::<Image>().await;
    let clean_up = run.clean().await;
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    assert_eq!(run.deleted().len(), 4);
    assert!(run.journal.open_in(CLOUD, None).is_empty());
}

#[tokio::test]
async fn a_service_that_says_nothing_does_not_keep_the_others() {
    let run = Run::with_policy(impatient(), FOR_EVER, |state, request| {
        (state.count("armed") > 100 && is_of(request, "network")).then(nobody_there)
    })
    .await;
    let project: Project = run.make_named().await;
    run.make::<Network>(json!({"project_id": project.id})).await;
    run.make_named::<Server>().await;
    run.make_named::<Image>().await;
    for _ in 0..200 {
        run.cloud.state().count("armed");
    }
    let started = Instant::now();
    let clean_up = run.clean().await;
    assert!(started.elapsed() < LONG / 2, "nobody waits for the whole deadline");
    assert_eq!(run.kinds_deleted(), ["server", "image"]);
    let left: Vec<_> = clean_up.left.iter().map(|left| (left.thing.kind.as_str(), left.reason.as_str())).collect();
    assert_eq!(
        left.iter().map(|(kind, _)| *kind).collect::<BTreeSet<_>>(),
        BTreeSet::from(["network", "project"]),
        "{left:?}"
    );
    assert!(left.iter().all(|(_, reason)| reason.contains("the network service has said nothing")), "{left:?}");
}

#[tokio::test]
async fn a_service_that_hangs_is_given_up_once() {
    let run = Run::with_policy(impatient(), FOR_EVER, |_, request| {
        let hangs = is_of(request, "network") && request.method.as_str() != "POST";
        hangs.then(|| nobody_there().set_delay(Duration::from_secs(7)))
    })
    .await;
    for _ in 0..3 {
        run.make::<Network>(json!({})).await;
    }
    run.make_named::<Project>().await;
    run.make_named::<Image>().await;
    let started = Instant::now();
    let clean_up = run.clean().await;
    // Each of many requests would hang for longer than all of it may take.
    assert!(started.elapsed() < LONG / 4, "nobody waits for it again and again");
    assert_eq!(run.kinds_deleted(), ["image"]);
    assert_eq!(clean_up.left.len(), 4, "{clean_up:?}");
    assert!(clean_up.left.iter().all(|left| left.reason.contains("the network service has said nothing")));
}

#[tokio::test]
async fn a_lasting_refusal_is_not_waited_for() {
    for status in [400, 401, 403, 405] {
        let run = Run::start(FOR_EVER, move |_, request| {
            let lists_all = is(request, "GET", "/servers/detail");
            lists_all.then(|| error(status, "Policy does not allow it."))
        })
        .await;
        run.make_named::<Project>().await;
        run.make_named::<Image>().await;
        let started = Instant::now();
        let clean_up = run.clean().await;
        assert!(started.elapsed() < LONG / 2, "{status}");
        assert_eq!(run.kinds_deleted(), ["image"], "{status}");
        let [left] = clean_up.left.as_slice() else { panic!("{clean_up:?}") };
        assert_eq!(left.thing.kind, "project");
        let words = "Policy does not allow it.";
        assert!(
            left.reason.starts_with("what is in it is unknown: ") && left.reason.contains(words),
            "{}",
            left.reason
        );
    }
}

#[tokio::test]
async fn a_refusal_that_is_not_said_again_is_not_believed() {
    let run = Run::start(FOR_EVER, |state, request| {
        let asked = [("DELETE", "/image-0"), ("GET", "/servers/detail")];
        let (_, asked) = asked.into_iter().find(|(method, path)| is(request, method, path))?;
        (state.count(asked) % 4 < 3).then(|| error(403, "Policy does not allow it."))
    })
    .await;
    run.make_named::<Project>().await;
    run.make_named::<Image>().await;
    let clean_up = run.clean().await;
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    assert_eq!(run.kinds_deleted(), ["image", "project"]);
}

#[tokio::test]
async fn what_stands_behind_something_refused_is_not_waited_for() {
    let run = Run::start(FOR_EVER, |_, request| {
        let refused = is(request, "DELETE", "/routers/router-0");
        let behind = is(request, "DELETE", "/networks/network-0");
        (refused.then(|| error(403, "It is protected."))).or(behind.then(|| error(409, "There are ports on it.")))
    })
    .await;
    run.make::<Router>(json!({})).await;
    run.make::<Network>(json!({})).await;
    run.make_named::<Image>().await;
    let started = Instant::now();
    let clean_up = run.clean().await;
    assert!(started.elapsed() < LONG / 2, "nobody waits for the whole deadline");
    assert_eq!(run.kinds_deleted(), ["image"]);
    let left: Vec<_> = clean_up.left.iter().map(|left| (left.thing.kind.as_str(), left.reason.as_str())).collect();
    let [("network", behind), ("router", refused)] = left.as_slice() else { panic!("{left:?}") };
    assert!(behind.contains("There are ports on it.") && refused.contains("It is protected."), "{left:?}");
}

#[tokio::test]
async fn what_has_the_id_and_not_the_mark_is_somebody_else_s() {
    let run = Run::start(FOR_EVER, |state, request| {
        if !is(request, "POST", "/networks") || state.count("made") > 0 {
            return None;
        }
        state.add("network", json!({"id": "public", "name": "public", "description": ""}));
        state.make(resource::kind("network").unwrap(), request);
        Some(ResponseTemplate::new(201).set_body_json(json!({"network": {"id": "public", "name": "n"}})))
    })
    .await;
    run.make::<Network>(json!({})).await;
    let clean_up = run.clean().await;
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    assert_eq!(run.deleted(), [("network", "network-0".to_owned())], "ours, found by its mark");
    assert_eq!(run.cloud.state().ids("network"), ["public"]);
}

#[tokio::test]
async fn what_is_in_a_project_of_somebody_else_is_left_alone() {
    let run = Run::start(FOR_EVER, |state, request| {
        if !is(request, "POST", "/projects") || state.count("made") > 0 {
            return None;
        }
        state.add("project", json!({"id": "theirs", "name": "theirs"}));
        state.add("network", json!({"id": "their-network", "name": "n", "project_id": "theirs"}));
        state.make(resource::kind("project").unwrap(), request);
        Some(ResponseTemplate::new(201).set_body_json(json!({"project": {"id": "theirs", "name": "p"}})))
    })
    .await;
    run.make_named::<Project>().await;
    let clean_up = run.clean().await;
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    assert_eq!(run.deleted(), [("project", "project-0".to_owned())]);
    assert_eq!(run.cloud.state().ids("network"), ["their-network"]);
    assert_eq!(run.cloud.state().ids("project"), ["theirs"]);
}

#[tokio::test]
async fn a_name_that_is_taken_by_an_earlier_of_our_own_requests_leaks_nothing() {
    let run = Run::start(FOR_EVER, |state, request| {
        let project = resource::kind("project").unwrap();
        (is(request, "POST", "/projects") && state.count("made") == 0).then(|| {
            state.make(project, request);
            error(409, "Conflict occurred attempting to store project - it is not permitted to have two.")
        })
    })
    .await;
    let name = run.scope.unique_name("project");
    let error = run.scope.create::<Project>(json!({"name": name})).await.unwrap_err();
    assert_eq!(error.status(), Some(409));
    let clean_up = run.clean().await;
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    assert_eq!(run.kinds_deleted(), ["project"]);
}

#[tokio::test]
async fn a_list_that_a_service_does_not_know_has_nothing_in_it() {
    for status in [404, 501] {
        let run = Run::start(FOR_EVER, move |_, request| {
            let of_l3 = is(request, "GET", "/routers") || is(request, "GET", "/floatingips");
            of_l3.then(|| error(status, "The resource could not be found."))
        })
        .await;
        run.make_named::<Project>().await;
        let started = Instant::now();
        let clean_up = run.clean().await;
        assert!(started.elapsed() < LONG / 4, "{status}");
        assert_eq!((clean_up.left.len(), clean_up.deleted.len()), if status == 404 { (0, 1) } else { (1, 0) });
    }
}

#[tokio::test]
async fn an_item_without_an_id_is_asked_for_again() {
    let run = Run::start(FOR_EVER, |state, request| {
        let garbled = is(request, "GET", "/ports") && state.count("lists") < 2;
        let port = json!({"id": null, "device_id": "router-0", "device_owner": "network:router_interface"});
        garbled.then(|| ResponseTemplate::new(200).set_body_json(json!({"ports": [port]})))
    })
    .await;
    run.make::<Router>(json!({})).await;
    let clean_up = run.clean().await;
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    assert!(run.cloud.requests("PUT", "/remove_router_interface").await.is_empty());
}

#[tokio::test]
async fn the_case_s_own_user_lists_where_an_administrator_may_not() {
    let run = Run::start(FOR_EVER, |_, request| {
        let of_all = request.url.query().is_some_and(|query| query.contains("all_tenants"));
        of_all.then(|| error(403, "Policy does not allow it."))
    })
    .await;
    let project: Project = run.make_named().await;
    run.cloud.state().add("server", json!({"id": "by-a-check", "name": "x", "tenant_id": project.id}));
    let cleaner = Cleaner { own: Some(run.rest.clone()), ..run.cleaner(LONG) };
    let clean_up = cleaner.clean(Some("a-case")).await;
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    assert_eq!(run.kinds_deleted(), ["server", "project"]);
}

#[tokio::test]
async fn what_is_only_put_aside_is_deleted_at_once() {
    let run = Run::start(FOR_EVER, |state, request| {
        let named = state.things.get("server").and_then(|servers| servers.first()).map(|server| server["name"].clone());
        let server = |status: &str| json!({"server": {"id": "server-0", "name": named, "status": status}});
        if is(request, "DELETE", "/server-0") {
            state.count("put aside");
            return Some(ResponseTemplate::new(204));
        }
        if is(request, "POST", "/server-0/action") {
            assert_eq!(request.body_json::<Value>().unwrap(), json!({"forceDelete": null}));
            state.things.remove("server");
            state.deleted.push(("server", "server-0".into()));
            return Some(ResponseTemplate::new(202));
        }
        let shows = is(request, "GET", "/server-0") && !state.ids("server").is_empty();
        shows.then(|| ResponseTemplate::new(200).set_body_json(server("SOFT_DELETED")))
    })
    .await;
    run.make_named::<Server>().await;
    let clean_up = run.clean().await;
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    assert_eq!(run.kinds_deleted(), ["server"]);
}

#[tokio::test]
async fn key_pairs_of_another_user_are_not_declared_gone() {
    let run = Run::start(0.0, |_, _| None).await;
    let folder = tempfile::tempdir().unwrap();
    let journal = fake_cloud::journal_of(folder.path(), "somebody-else");
    let scope = Scope::new(run.rest.clone(), Arc::clone(&journal), "a-case");
    let name = scope.unique_name("keypair");
    let another = scope.with(run.rest.clone(), &[("user", "id-of-somebody-else")]);
    another.create::<Keypair>(json!({"name": name})).await.unwrap();
    // An earlier functest did not write down whose it is: only the run's user tells.
    let old = Intent::named(1, CLOUD, "a-case", "keypair", scope.unique_name("keypair"));
    journal.intend(|_| old).await.unwrap();
    run.cloud.state().things.clear();
    let cleaner = Cleaner { is_admin: false, journal: Arc::clone(&journal), ..run.cleaner(LONG) };
    let clean_up = cleaner.clean(None).await;
    assert!(clean_up.deleted.is_empty() && clean_up.left.len() == 2, "{clean_up:?}");
    for left in &clean_up.left {
        let words = "cannot be judged as user `tester`: it belongs to user `somebody-else`";
        assert!(left.reason.starts_with(words), "{}", left.reason);
    }
    assert_eq!(journal.open_in(CLOUD, None).len(), 2);
}

#[tokio::test]
async fn an_administrator_asks_for_the_key_pairs_of_whoever_made_them() {
    // Another administrator finds none of his own under that name.
    let run = Run::start(0.0, |_, request| {
        let of_owner = request.url.query().is_some_and(|query| query.contains("user_id=user-of-the-login"));
        let is_one = request.url.path().contains("/os-keypairs/");
        (is_one && !of_owner).then(|| error(404, "not found"))
    })
    .await;
    run.make_named::<Keypair>().await;
    let clean_up = run.clean().await;
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    assert_eq!(run.kinds_deleted(), ["keypair"]);
}

#[tokio::test]
async fn doubles_of_what_the_case_has_deleted_are_found() {
    let run = Run::start(FOR_EVER, |state, request| {
        if is(request, "POST", "/networks") {
            state.make(resource::kind("network").unwrap(), request);
        }
        None
    })
    .await;
    for _ in 0..3 {
        let network: Network = run.make(json!({})).await;
        run.scope.delete(&network).await.unwrap();
    }
    assert_eq!(run.deleted().len(), 3);
    let clean_up = run.clean().await;
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    assert_eq!((clean_up.deleted.len(), run.deleted().len()), (3, 6));
}

#[tokio::test]
async fn what_an_earlier_of_two_requests_made_is_found_though_the_later_is_refused() {
    let run = Run::start(FOR_EVER, |state, request| {
        is(request, "POST", "/networks").then(|| {
            state.make(resource::kind("network").unwrap(), request);
            error(409, "Quota exceeded")
        })
    })
    .await;
    run.scope.create::<Network>(json!({})).await.unwrap_err();
    let clean_up = run.clean().await;
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    assert_eq!(run.kinds_deleted(), ["network"]);
}

#[tokio::test]
async fn a_deletion_that_no_list_confirms_is_not_believed() {
    let run =
        Run::with_policy(impatient(), FOR_EVER, |_, request| is(request, "GET", "/networks").then(nobody_there)).await;
    run.make::<Network>(json!({})).await;
    run.make_named::<Image>().await;
    let clean_up = run.clean().await;
    assert_eq!(clean_up.deleted.iter().map(|thing| thing.kind.as_str()).collect::<Vec<_>>(), ["image"]);
    let [left] = &clean_up.left[..] else { panic!("{clean_up:?}") };
    assert!(left.thing.id == "network-0", "{left:?}");
    assert!(left.reason.starts_with("said to be gone, which no list could confirm: the network service"), "{left:?}");
    assert!(matches!(run.state(0), EntryState::Doubtful { .. }));
}

#[tokio::test]
async fn an_odd_thing_of_somebody_else_hides_nothing_of_ours() {
    let run = Run::start(0.0, |state, request| {
        is(request, "POST", "/flavors").then(|| {
            state.make(resource::kind("flavor").unwrap(), request);
            error(500, "the answer is lost")
        })
    })
    .await;
    run.cloud.state().add("flavor", json!({"id": null, "name": "of somebody else"}));
    let name = run.scope.unique_name("flavor");
    run.scope.create::<Flavor>(json!({"name": name, "ram": 1, "vcpus": 1, "disk": 1})).await.unwrap_err();
    let clean_up = run.clean().await;
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    assert_eq!(run.kinds_deleted(), ["flavor"]);
}

/// Nova lets nobody list every project's servers, and the case whose user could list its own is dead.
#[tokio::test]
async fn a_project_of_a_dead_run_is_looked_into_from_within() {
    let run = Run::start(0.0, |state, request| {
        if request.url.query().is_some_and(|query| query.contains("all_tenants")) {
            return Some(error(403, "Policy does not allow it."));
        }
        if is(request, "GET", "/roles") {
            let roles = json!({"roles": [{"id": "r", "name": "admin"}]});
            return Some(ResponseTemplate::new(200).set_body_json(roles));
        }
        if is(request, "PUT", "/projects/project-0/users/user-of-the-login/roles/r") {
            state.count("granted");
            return Some(ResponseTemplate::new(204));
        }
        None
    })
    .await;
    run.make_named::<Project>().await;
    let in_project = run.scope.with(run.rest.clone(), &[("project", "project-0")]);
    let name = in_project.unique_name("server");
    in_project.create::<Server>(json!({"name": name, "tenant_id": "project-0"})).await.unwrap();
    run.cloud.state().add("server", json!({"id": "by-a-check", "name": "x", "tenant_id": "project-0"}));
    let clean_up = run.cleaner(LONG).clean(None).await;
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    assert_eq!(run.kinds_deleted(), ["server", "server", "project"]);
    assert_eq!(run.cloud.state().count("granted"), 1);
}

#[tokio::test]
async fn a_task_that_is_left_behind_makes_nothing_any_more() {
    let run = Run::start(FOR_EVER, |_, _| None).await;
    run.make::<Network>(json!({})).await;
    run.scope.settle().await;
    let clean_up = run.clean().await;
    assert_eq!(clean_up.deleted.len(), 1);
    let error = run.scope.create::<Network>(json!({})).await.unwrap_err();
    assert!(error.to_string().contains("the case has ended"), "{error}");
    assert!(run.cloud.state().ids("network").is_empty());
}

#[tokio::test]
async fn what_somebody_else_has_deleted_is_not_said_to_be_deleted() {
    let run = Run::start(FOR_EVER, |_, _| None).await;
    run.make::<Network>(json!({})).await;
    run.make_named::<Image>().await;
    run.cloud.state().take_away("network-0");
    let clean_up = run.clean().await;
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    assert_eq!(clean_up.deleted.iter().map(|thing| thing.kind.as_str()).collect::<Vec<_>>(), ["image"]);
    assert!(run.journal.open_in(CLOUD, None).is_empty());
}

#[tokio::test]
async fn what_there_was_no_time_for_is_said_to_be_untried() {
    let run = Run::with_policy(impatient(), FOR_EVER, |_, request| {
        let hangs = is_of(request, "network") && request.method.as_str() != "POST";
        hangs.then(|| nobody_there().set_delay(Duration::from_secs(60)))
    })
    .await;
    run.make::<Network>(json!({})).await;
    run.make_named::<Image>().await;
    let clean_up = run.cleaner(Duration::ZERO).clean(Some("a-case")).await;
    let reason_of = |kind: &str| {
        let left = clean_up.left.iter().find(|left| left.thing.kind == kind);
        left.unwrap_or_else(|| panic!("{clean_up:?}")).reason.clone()
    };
    assert_eq!(reason_of("network"), "the cloud did not answer in time");
    assert_eq!(reason_of("image"), "not tried: the time for cleaning up was over");
}

#[tokio::test]
async fn what_cannot_be_looked_for_may_exist() {
    let run = Run::with_policy(impatient(), FOR_EVER, |_, request| is_of(request, "network").then(nobody_there)).await;
    run.scope.create::<Network>(json!({"name": "n"})).await.unwrap_err();
    let clean_up = run.clean().await;
    let [left] = &clean_up.left[..] else { panic!("{clean_up:?}") };
    assert_eq!(left.thing, thing("network", "", "n"));
    let words = "may exist: its answer was lost, and looking for it failed: the network service has said nothing";
    assert!(left.reason.starts_with(words), "{left:?}");
}

#[tokio::test]
async fn what_does_not_go_is_left_with_the_state_that_it_was_last_seen_in() {
    let run = Run::with_policy(impatient(), FOR_EVER, |state, request| {
        if is(request, "DELETE", "/server-0") {
            return Some(ResponseTemplate::new(204));
        }
        let name = state.things.get("server")?.first()?["name"].clone();
        let server = json!({"id": "server-0", "name": name, "status": "ACTIVE", "OS-EXT-STS:task_state": "deleting"});
        let shown = is(request, "GET", "/server-0");
        shown.then(|| ResponseTemplate::new(200).set_body_json(json!({"server": server})))
    })
    .await;
    run.make_named::<Server>().await;
    let clean_up = run.cleaner(Duration::from_secs(1)).clean(Some("a-case")).await;
    let [left] = &clean_up.left[..] else { panic!("{clean_up:?}") };
    assert!(left.reason.contains("asked to go, still there (ACTIVE, deleting)"), "{left:?}");
}

/// Who may delete need not be allowed to delete at once what the cloud has put aside.
#[tokio::test]
async fn a_server_that_is_put_aside_and_may_not_be_deleted_at_once_is_left_with_the_reason() {
    let run = Run::start(FOR_EVER, |state, request| {
        if is(request, "DELETE", "/server-0") {
            return Some(ResponseTemplate::new(204));
        }
        if is(request, "POST", "/server-0/action") {
            return Some(error(403, "Policy does not allow forceDelete."));
        }
        let name = state.things.get("server")?.first()?["name"].clone();
        let server = json!({"id": "server-0", "name": name, "status": "SOFT_DELETED"});
        let shown = is(request, "GET", "/server-0");
        shown.then(|| ResponseTemplate::new(200).set_body_json(json!({"server": server})))
    })
    .await;
    run.make_named::<Server>().await;
    let clean_up = run.clean().await;
    let [left] = &clean_up.left[..] else { panic!("{clean_up:?}") };
    assert!(left.reason.contains("Policy does not allow forceDelete."), "{left:?}");
}

/// Groups of a project are listed once: to list them makes a new one.
#[tokio::test]
async fn a_group_that_is_said_to_be_gone_once_is_looked_for_by_its_mark() {
    let run = Run::start(FOR_EVER, |state, request| {
        let is_one = is(request, "GET", "/security_group-0");
        (is_one && state.count("lies") < 1).then(|| error(404, "not found"))
    })
    .await;
    run.make_named::<Project>().await;
    let in_project = run.scope.with(run.rest.clone(), &[("project", "project-0")]);
    in_project.create::<SecurityGroup>(json!({"name": "g", "project_id": "project-0"})).await.unwrap();
    let clean_up = run.clean().await;
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    let deleted: BTreeSet<_> = run.kinds_deleted().into_iter().collect();
    assert_eq!(deleted, BTreeSet::from(["security_group", "project"]));
}

/// As a Keystone whose users are kept elsewhere.
#[tokio::test]
async fn what_a_service_says_is_gone_is_believed_where_it_cannot_list_any() {
    let run = Run::start(FOR_EVER, |_, request| is(request, "GET", "/users").then(|| error(500, "no backend"))).await;
    run.make_named::<User>().await;
    let started = Instant::now();
    let clean_up = run.clean().await;
    assert!(clean_up.left.is_empty() && clean_up.deleted.len() == 1, "{clean_up:?}");
    assert!(started.elapsed() < LONG / 4, "nobody waits for what will not change");
}
