// SPDX-License-Identifier: Apache-2.0
//! Deleting: in order, again when needed, and nothing else.

use super::*;

#[tokio::test]
async fn adopted_things_stay() {
    let run = Run::start(FOR_EVER, |_, _| None).await;
    let project: Project = run.make_named().await;
    run.cloud.state().add("network", json!({"id": "found", "name": "", "project_id": project.id}));
    let found: Network = run.rest.get("found").await.unwrap();
    run.scope.adopt(&found).await.unwrap();
    let clean_up = run.clean().await;
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    assert_eq!(run.kinds_deleted(), ["project"]);
    assert_eq!(run.cloud.state().ids("network"), ["found"]);
}

#[tokio::test]
async fn the_order_is_that_of_the_kinds() {
    let run = Run::start(FOR_EVER, |_, _| None).await;
    run.make_named::<Project>().await;
    run.make_named::<User>().await;
    run.make_named::<Flavor>().await;
    run.make_named::<Image>().await;
    run.make_named::<Keypair>().await;
    run.make::<Network>(json!({})).await;
    run.make::<Port>(json!({})).await;
    run.make::<Router>(json!({})).await;
    run.make_named::<Server>().await;
    let clean_up = run.clean().await;
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    let order = ["server", "router", "port", "network", "keypair", "image", "flavor", "user", "project"];
    assert_eq!(run.kinds_deleted(), order);
    assert_eq!(clean_up.deleted.len(), order.len());
    assert!(run.journal.open_in(CLOUD, None).is_empty());
    // A second time there is nothing to do.
    assert_eq!(run.clean().await, CleanUp::default());
}

#[tokio::test]
async fn a_conflict_is_tried_again() {
    let run = Run::start(FOR_EVER, |state, request| {
        let conflict = is(request, "DELETE", "/network-0") && state.count("deletions") < 2;
        conflict.then(|| error(409, "One or more ports have an IP allocation"))
    })
    .await;
    let network: Network = run.make(json!({})).await;
    let project: Project = run.make_named().await;
    let clean_up = run.clean().await;
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    assert_eq!(run.deleted(), [("network", network.id), ("project", project.id)]);
    assert_eq!(run.cloud.requests("DELETE", "/network-0").await.len(), 3);
}

#[tokio::test]
async fn what_is_asked_to_go_is_watched_until_it_is_gone() {
    let run = Run::start(FOR_EVER, |state, request| {
        if is(request, "DELETE", "/server-0") {
            return Some(ResponseTemplate::new(204));
        }
        if is(request, "GET", "/server-0") && state.count("looks") == 2 {
            state.things.remove("server");
        }
        None
    })
    .await;
    run.make_named::<Server>().await;
    run.make::<Network>(json!({})).await;
    let clean_up = run.clean().await;
    assert_eq!(clean_up.deleted.len(), 2, "{clean_up:?}");
    let requests = run.cloud.server_requests().await;
    let place = |method: &str, end: &str| requests.iter().rposition(|request| is(request, method, end)).unwrap();
    assert!(place("GET", "/server-0") < place("DELETE", "/network-0"));
}

#[tokio::test]
async fn what_the_cloud_will_not_delete_is_left_with_its_reason() {
    let run =
        Run::start(FOR_EVER, |_, request| is(request, "DELETE", "/image-0").then(|| error(403, "It is protected.")))
            .await;
    let image: Image = run.make_named().await;
    let project: Project = run.make_named().await;
    // It ends by itself, long before the deadline: nothing can change any more.
    let clean_up = run.clean().await;
    assert!(clean_up.deleted.is_empty(), "{clean_up:?}");
    let left: Vec<_> = clean_up.left.iter().map(|left| (left.thing.clone(), left.reason.as_str())).collect();
    let (image, project) = (thing("image", "image-0", &image.name), thing("project", "project-0", &project.name));
    assert_eq!(left.iter().map(|(thing, _)| thing.clone()).collect::<Vec<_>>(), [image, project]);
    assert!(left[0].1.contains("It is protected.") && left[0].1.contains("req-of-the-error"), "{left:?}");
    // One refusal alone may be a proxy's word.
    assert_eq!(run.cloud.requests("DELETE", "/image-0").await.len(), 4);
    assert!(run.cloud.requests("DELETE", "/project-0").await.is_empty());
    assert_eq!(run.journal.open_in(CLOUD, None).len(), 2);
}

#[tokio::test]
async fn one_cases_leftover_does_not_keep_anothers_project() {
    let run =
        Run::start(FOR_EVER, |_, request| is(request, "DELETE", "/image-0").then(|| error(403, "protected"))).await;
    run.make_named::<Image>().await;
    run.make_named::<Project>().await;
    let other = Scope::new(run.rest.clone(), Arc::clone(&run.journal), "other-case");
    other.create::<Project>(json!({"name": other.unique_name("project")})).await.unwrap();
    let clean_up = run.cleaner(LONG).clean(None).await;
    assert_eq!(run.deleted(), [("project", "project-1".to_owned())]);
    assert_eq!(clean_up.left.len(), 2, "{clean_up:?}");
}

#[tokio::test]
async fn a_case_is_cleaned_without_touching_another() {
    let run = Run::start(FOR_EVER, |_, _| None).await;
    run.make::<Network>(json!({})).await;
    let other = Scope::new(run.rest.clone(), Arc::clone(&run.journal), "other-case");
    other.create::<Network>(json!({})).await.unwrap();
    run.clean().await;
    assert_eq!(run.cloud.state().ids("network"), ["network-1"]);
    assert_eq!(run.cleaner(LONG).clean(None).await.deleted.len(), 1);
}

#[tokio::test]
async fn what_is_in_a_project_of_the_run_is_found_by_its_project() {
    let run = Run::start(FOR_EVER, |_, _| None).await;
    run.make_named::<Project>().await;
    for project_id in ["project-0", "another-project"] {
        let id = |what: &str| format!("{what}-of-{project_id}");
        let mut state = run.cloud.state();
        state.add("security_group", json!({"id": id("default"), "name": "default", "project_id": project_id}));
        state.add("port", json!({"id": id("port"), "project_id": project_id, "device_owner": "compute:nova"}));
        state.add("server", json!({"id": id("server"), "tenant_id": project_id}));
        state.add("image", json!({"id": id("image"), "owner": project_id}));
    }
    run.cloud.state().add("port", json!({"id": "dhcp", "project_id": "project-0", "device_owner": "network:dhcp"}));
    let clean_up = run.clean().await;
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    assert_eq!(run.kinds_deleted(), ["server", "port", "security_group", "image", "project"]);
    let ids = |kind: &str| run.cloud.state().ids(kind);
    assert_eq!(ids("port"), ["port-of-another-project", "dhcp"]);
    assert_eq!(ids("security_group"), ["default-of-another-project"]);
    // Among the groups of a large cloud, with all their rules, they would be looked for a long time.
    for request in run.cloud.requests("GET", "/security-groups").await {
        let query = request.url.query().unwrap_or_default();
        assert!(query.contains("project_id=project-0") && query.contains("fields=id"), "{query}");
    }
}

#[tokio::test]
async fn a_project_stays_while_its_contents_cannot_be_listed() {
    let run = Run::start(FOR_EVER, |state, request| {
        (is(request, "GET", "/servers/detail") && state.count("lists") < 5).then(|| error(503, "starting"))
    })
    .await;
    run.make_named::<Project>().await;
    run.cloud.state().add("server", json!({"id": "s", "tenant_id": "project-0"}));
    let clean_up = run.clean().await;
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    assert_eq!(run.kinds_deleted(), ["server", "project"]);
}

#[tokio::test]
async fn a_cloud_that_is_away_is_reported_at_the_deadline() {
    let run = Run::start(FOR_EVER, |_, request| {
        request
            .url
            .path()
            .contains("/network/")
            .then(|| error(503, "away"))
            .filter(|_| request.method.as_str() != "POST")
    })
    .await;
    run.make::<Network>(json!({"name": "n"})).await;
    run.make_named::<Project>().await;
    let clean_up = run.cleaner(Duration::ZERO).clean(None).await;
    assert!(clean_up.deleted.is_empty(), "{clean_up:?}");
    assert_eq!(clean_up.left.len(), 2, "{clean_up:?}");
    assert!(clean_up.left.iter().any(|left| left.reason.contains("away")), "{clean_up:?}");
}

#[tokio::test]
async fn routers_are_parted_first() {
    let run = Run::start(FOR_EVER, |state, request| {
        if is(request, "PUT", "/remove_router_interface") {
            state.deleted.push(("interface", request.body_json::<Value>().unwrap()["port_id"].to_string()));
            return Some(ResponseTemplate::new(200).set_body_json(json!({})));
        }
        None
    })
    .await;
    run.make::<Router>(json!({})).await;
    for (id, owner) in [
        ("a", "network:router_interface"),
        ("b", "network:router_interface_distributed"),
        ("c", "network:router_gateway"),
    ] {
        run.cloud.state().add("port", json!({"id": id, "device_id": "router-0", "device_owner": owner}));
    }
    run.clean().await;
    assert_eq!(run.kinds_deleted(), ["interface", "interface", "router"]);
}

#[tokio::test]
async fn who_is_no_administrator_does_not_declare_anothers_things_gone() {
    let run = Run::start(0.0, |_, _| None).await;
    run.make_named::<Project>().await;
    let in_project = run.scope.with(run.rest.clone(), &[("project", "project-0")]);
    in_project.create::<Network>(json!({})).await.unwrap();
    // To the weaker credential, nothing of that is there.
    run.cloud.state().things.clear();
    let cleaner = Cleaner { is_admin: false, ..run.cleaner(LONG) };
    let clean_up = cleaner.clean(None).await;
    assert!(clean_up.deleted.is_empty(), "{clean_up:?}");
    assert_eq!((clean_up.left.len(), run.journal.open_in(CLOUD, None).len()), (2, 2), "{clean_up:?}");
}

#[tokio::test]
async fn kinds_of_a_later_functest_are_left_and_said() {
    let run = Run::start(FOR_EVER, |_, _| None).await;
    let intent = |seq| Intent {
        place: CLOUD.into(),
        seq,
        scope: "a-case".into(),
        kind: "hologram".into(),
        name: "h".into(),
        mark: "h".into(),
        within: Default::default(),
        at: chrono::Utc::now(),
    };
    run.journal.intend(intent).await.unwrap();
    run.make::<Network>(json!({})).await;
    let clean_up = run.clean().await;
    assert_eq!((clean_up.deleted.len(), clean_up.left.len()), (1, 1), "{clean_up:?}");
    assert!(clean_up.left[0].reason.contains("hologram"));
}
