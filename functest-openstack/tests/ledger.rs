// SPDX-License-Identifier: Apache-2.0
//! Everything that is made is in the ledger first, and all of it is deleted: what was lost, too, and nothing else.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic and speak")]

mod fake_cloud;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use functest_core::event::{CleanUp, Thing};
use functest_core::ledger::{Book, Intent, Journal, State as EntryState};
use functest_openstack::clean::Cleaner;
use functest_openstack::resource::{
    self, Flavor, Image, Keypair, Network, Port, Project, Resource, Router, Server, User,
};
use functest_openstack::{Error, Rest, Scope};
use serde_json::{Value, json};
use tempfile::TempDir;
use wiremock::{Request, ResponseTemplate};

use crate::fake_cloud::{FakeCloud, HangsUp, State, error, journal};

/// No test waits for so long.
const FOR_EVER: f64 = 1e6;
const LONG: Duration = Duration::from_secs(600);

/// A run with one case.
struct Run {
    cloud: FakeCloud,
    rest: Rest,
    folder: TempDir,
    journal: Arc<Journal>,
    scope: Scope,
}

impl Run {
    async fn start(
        settle_seconds: f64,
        interference: impl Fn(&mut State, &Request) -> Option<ResponseTemplate> + Send + Sync + 'static,
    ) -> Self {
        let cloud = FakeCloud::with(interference).await;
        let (rest, _) = cloud.log_in().await;
        let folder = tempfile::tempdir().unwrap();
        let journal = journal(folder.path(), settle_seconds);
        let scope = Scope::new(rest.clone(), Arc::clone(&journal), "a-case");
        Self { cloud, rest, folder, journal, scope }
    }

    fn cleaner(&self, deadline: Duration) -> Cleaner {
        let (rest, journal) = (self.rest.clone(), Arc::clone(&self.journal));
        Cleaner { rest, is_admin: true, journal, deadline }
    }

    async fn clean(&self) -> CleanUp {
        self.cleaner(LONG).clean(Some("a-case")).await
    }

    fn book(&self) -> Book {
        Book::read(self.folder.path()).unwrap().unwrap()
    }

    fn state(&self, seq: u64) -> EntryState {
        self.book().entries[&seq].state.clone()
    }

    /// Makes one of a kind whose names are free.
    async fn make<R: Resource>(&self, attributes: Value) -> R {
        self.scope.create(attributes).await.unwrap()
    }

    /// Makes one of a kind that is found by its name.
    async fn make_named<R: Resource>(&self) -> R {
        self.make(json!({"name": self.scope.unique_name(R::KIND.name)})).await
    }

    fn deleted(&self) -> Vec<(&'static str, String)> {
        self.cloud.state().deleted.clone()
    }

    fn kinds_deleted(&self) -> Vec<&'static str> {
        self.deleted().into_iter().map(|(kind, _)| kind).collect()
    }
}

fn is(request: &Request, method: &str, end: &str) -> bool {
    request.method.as_str() == method && request.url.path().ends_with(end)
}

fn thing(kind: &str, id: &str, name: &str) -> Thing {
    Thing { kind: kind.into(), id: id.into(), name: name.into() }
}

/// A server that hangs up after having made the network it was asked for.
async fn makes_and_hangs_up(cloud: &FakeCloud) -> HangsUp {
    let state = cloud.shared_state();
    let deed = move |body| drop(state.lock().unwrap().make_from(resource::kind("network").unwrap(), body));
    HangsUp::after(deed, "").await
}

mod making {
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
            Run::start(FOR_EVER, |_, request| is(request, "POST", "/networks").then(|| error(409, "Quota exceeded")))
                .await;
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
}

mod lost_answers {
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
}

mod cleaning {
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
        assert!(run.journal.open(None).is_empty());
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
        let run = Run::start(FOR_EVER, |_, request| {
            is(request, "DELETE", "/image-0").then(|| error(403, "It is protected."))
        })
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
        assert_eq!(run.cloud.requests("DELETE", "/image-0").await.len(), 1);
        assert!(run.cloud.requests("DELETE", "/project-0").await.is_empty());
        assert_eq!(run.journal.open(None).len(), 2);
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
        let state = run.cloud.state();
        assert_eq!(state.ids("port"), ["port-of-another-project", "dhcp"]);
        assert_eq!(state.ids("security_group"), ["default-of-another-project"]);
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
        assert_eq!((clean_up.left.len(), run.journal.open(None).len()), (2, 2), "{clean_up:?}");
    }

    #[tokio::test]
    async fn kinds_of_a_later_functest_are_left_and_said() {
        let run = Run::start(FOR_EVER, |_, _| None).await;
        let intent = |seq| Intent {
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
}
