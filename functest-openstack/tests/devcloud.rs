// SPDX-License-Identifier: Apache-2.0
//! Against a real OpenStack: the one of `devcloud/up`. Without it every test says so and passes.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic and speak")]

mod real_cloud;

use std::collections::BTreeSet;
use std::sync::Arc;

use functest_core::Provider;
use functest_core::case::Resources;
use functest_core::event::CleanUp;
use functest_core::ledger::{CLOUD, Journal};
use functest_core::need::{Needs, Requirement};
use functest_core::provider::ForCase;
use functest_openstack::clean::Cleaner;
use functest_openstack::connect::{Connection, Credential, Domain, Named};
use functest_openstack::provider::CloudOffers;
use functest_openstack::resource::{
    self, Flavor, FloatingIp, Image, Keypair, KeypairSecret, Network, Port, Project, Router, SecurityGroup, Server,
    Subnet, User,
};
use functest_openstack::rest::Call;
use functest_openstack::{CaseCloud, CloudProvider, Error, Scope, Service};
use reqwest::Method;
use serde_json::{Value, json};

use crate::real_cloud::{
    LONG, config, connect, everything, journal, options, token_of, when_unlocked, with_marks, words,
};

/// What a case of that name is given.
async fn open(provider: &CloudProvider, case_name: &str) -> Resources {
    let needs = Needs::of([Requirement::service(Service::Identity)]);
    let mut resources = Resources::default();
    provider.open(ForCase { case_name, attempt: 1, needs: &needs }, &mut resources).await.unwrap();
    resources
}

#[tokio::test]
async fn an_administrator_is_known_by_what_it_may_do() {
    let Some(admin) = connect("devcloud-admin").await else { return };
    let Some(demo) = connect("devcloud-demo").await else { return };
    assert!(admin.is_admin && !demo.is_admin);
    assert_eq!(demo.identity.project.as_deref(), Some("demo"));
    assert!(demo.identity.project_id.is_some());
    assert_eq!(demo.rest.token().await.unwrap().project.as_ref().unwrap().name, "demo");
}

#[tokio::test]
async fn a_wrong_login_is_said_without_the_password() {
    let Some(mut config) = config("devcloud-demo").await else { return };
    // A user that does not exist: Keystone locks those that do.
    let user = Named::Name { name: "functest-nobody".into(), domain: Domain::Name("Default".into()) };
    config.credential = Credential::Password { user, password: "swordfish".to_owned().into() };
    let refused = Connection::open(&config, options()).await.unwrap_err();
    assert!(matches!(refused, Error::Login { .. }), "{refused:?}");
    let text = words(&refused, "swordfish");
    assert!(text.contains("functest-nobody") && text.contains("req-"), "{text}");
}

#[tokio::test]
async fn a_cloud_that_is_not_there_does_not_answer() {
    let Some(mut config) = config("devcloud-demo").await else { return };
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    config.auth_url = format!("http://{}/v3", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let mut options = options();
    options.policy.first_delay = std::time::Duration::from_millis(1);
    let failed = Connection::open(&config, options).await.unwrap_err();
    assert!(matches!(failed, Error::NoAnswer { sent: false, .. }), "{failed:?}");
    assert!(failed.is_transient());
}

#[tokio::test]
async fn a_token_works_until_it_is_revoked() {
    let Some(mut config) = config("devcloud-demo").await else { return };
    let token = token_of(&config, "demo", "devcloud", "demo").await;
    config.credential = Credential::Token(token.clone().into());
    config.scope = None;
    let connection = Connection::open(&config, options()).await.unwrap();
    assert!(!connection.is_admin);
    assert_eq!(connection.identity.user.as_deref(), Some("demo"));
    let user = connection.rest.token().await.unwrap().user.id.clone();
    connection.rest.get::<User>(&user).await.unwrap();
    let revoke = Call::delete(Service::Identity, "/auth/tokens", &[]).header("X-Subject-Token", &token);
    connection.rest.send(revoke).await.unwrap();
    let refused = connection.rest.get::<User>(&user).await.unwrap_err();
    assert!(matches!(refused, Error::TokenRefused(_)), "{refused:?}");
    words(&refused, &token);
}

#[tokio::test]
async fn a_token_is_exchanged_for_one_of_a_project() {
    let Some(mut config) = config("devcloud-demo").await else { return };
    let token = token_of(&config, "demo", "devcloud", "demo").await;
    config.credential = Credential::Token(token.into());
    let connection = Connection::open(&config, options()).await.unwrap();
    assert_eq!(connection.identity.project.as_deref(), Some("demo"));
    assert!(connection.rest.all::<Network>(&[]).await.is_ok());
}

#[tokio::test]
async fn an_application_credential_works() {
    let Some(mut config) = config("devcloud-demo").await else { return };
    let demo = Connection::open(&config, options()).await.unwrap();
    let user = demo.rest.token().await.unwrap().user.id.clone();
    let name = format!("functest-{}", uuid::Uuid::new_v4().simple());
    let body = json!({"application_credential": {"name": name}});
    let route = "/users/{user}/application_credentials";
    let made = demo.rest.send(Call::post(Service::Identity, route, &[&user], body)).await.unwrap();
    let made: Value = made.read("application_credential").unwrap();
    let (id, secret) = (made["id"].as_str().unwrap(), made["secret"].as_str().unwrap());
    config.scope = None;
    let mut results = Vec::new();
    for which in [Ok(id.to_owned()), Err((name.clone(), Named::Id(user.clone())))] {
        config.credential = Credential::ApplicationCredential { id: which, secret: secret.to_owned().into() };
        results.push(Connection::open(&config, options()).await);
    }
    config.credential = Credential::ApplicationCredential { id: Ok(id.into()), secret: "swordfish".to_owned().into() };
    results.push(Connection::open(&config, options()).await);
    let item = "/users/{user}/application_credentials/{id}";
    demo.rest.send(Call::delete(Service::Identity, item, &[&user, id])).await.unwrap();
    let refused = results.pop().unwrap().unwrap_err();
    assert!(matches!(refused, Error::Login { .. }), "{refused:?}");
    words(&refused, "swordfish");
    for connection in results {
        assert_eq!(connection.unwrap().identity.project.as_deref(), Some("demo"));
    }
}

#[tokio::test]
async fn a_revoked_login_is_renewed() {
    let Some(demo) = connect("devcloud-demo").await else { return };
    let before = demo.rest.token().await.unwrap();
    // What else this user is logged in with stays: only this one token is revoked.
    let session = demo.rest.session();
    let request = reqwest::Client::new().get("http://127.0.0.1:1/");
    let header = session.auth_type().authenticate(session.client().inner(), request).await.unwrap().build().unwrap();
    let token = header.headers()["x-auth-token"].to_str().unwrap().to_owned();
    let revoke = Call::delete(Service::Identity, "/auth/tokens", &[]).header("X-Subject-Token", &token);
    demo.rest.send(revoke).await.unwrap();
    let user = before.user.id.clone();
    let users = futures::future::join_all((0..8).map(|_| demo.rest.get::<User>(&user))).await;
    assert!(users.iter().all(Result::is_ok), "{users:?}");
    assert!(!Arc::ptr_eq(&before, &demo.rest.token().await.unwrap()));
}

#[tokio::test]
async fn services_are_listed_with_their_versions() {
    let Some(admin) = connect("devcloud-admin").await else { return };
    let report = admin.inspect().await.unwrap();
    assert!(report.is_admin && report.roles.iter().any(|role| role == "admin"));
    for name in ["identity", "image", "compute", "network", "volumev3", "orchestration", "placement"] {
        let service = report.services.iter().find(|service| service.service_type == name).unwrap();
        assert_eq!(service.problem, None, "{service:?}");
        assert!(service.url.is_some(), "{service:?}");
        assert!(service.versions.as_ref().is_some_and(|versions| versions.starts_with('v')), "{service:?}");
    }
    assert!(report.services.iter().all(|service| service.problem.is_none()), "{report:?}");
}

#[tokio::test]
async fn the_typed_calls_share_the_login() {
    let Some(demo) = connect("devcloud-demo").await else { return };
    assert!(!demo.rest.typed().list_networks().await.unwrap().is_empty());
    assert!(!demo.rest.typed().list_flavors().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_provider_that_is_closed_leaves_nothing() {
    let Some(admin) = connect("devcloud-admin").await else { return };
    let (_folder, journal) = journal(&admin);
    let provider = CloudProvider::new(CloudOffers::new(admin.clone()).await.unwrap(), Arc::clone(&journal), LONG);
    let resources = open(&provider, "empty").await;
    let cloud = resources.get::<CaseCloud>().unwrap();
    // Looking at its groups and making a network gives the project its default group.
    cloud.user.rest().all::<SecurityGroup>(&[]).await.unwrap();
    cloud.user.rest().all::<Network>(&[]).await.unwrap();
    let marks = [cloud.project_id.as_str(), cloud.user_id.as_str(), &journal.head().run_id];
    let open = everything(&admin.rest, &[&cloud.user_id]).await;
    let kinds: BTreeSet<_> = with_marks(&open, &marks).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, BTreeSet::from(["project", "user", "security_group"]));
    let clean_up = provider.close("empty", &resources).await;
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    assert_eq!(clean_up.deleted.len(), 3, "{clean_up:?}");
    assert!(journal.open_in(CLOUD, None).is_empty());
    let left = with_marks(&everything(&admin.rest, &[&cloud.user_id]).await, &marks);
    assert!(left.is_empty(), "{left:?}");
}

/// One of every kind. The server is not waited for: a clean-up must cope with one that is being built.
async fn one_of_each(admin: &Connection, cloud: &CaseCloud) -> Vec<&'static str> {
    let (user, root) = (&cloud.user, cloud.admin.as_ref().unwrap());
    let image: Image = user.rest().named("cirros").await.unwrap().remove(0);
    let flavor: Flavor = user.rest().named("m1.nano").await.unwrap().remove(0);
    let external = Network::external(user.rest(), None).await.unwrap();
    user.adopt(&image).await.unwrap();
    user.adopt(&flavor).await.unwrap();
    user.adopt(&external).await.unwrap();
    let network: Network = user.create(json!({"name": "any"})).await.unwrap();
    let subnet = json!({"network_id": network.id, "ip_version": 4, "cidr": "10.77.0.0/24"});
    let subnet: Subnet = user.create(subnet).await.unwrap();
    let gateway = json!({"external_gateway_info": {"network_id": external.id}});
    let router: Router = user.create(gateway).await.unwrap();
    Router::add_interface(user.rest(), &router.id, json!({"subnet_id": subnet.id})).await.unwrap();
    let group: SecurityGroup = user.create(json!({"name": "any"})).await.unwrap();
    let rule = json!({"direction": "ingress", "protocol": "icmp", "ethertype": "IPv4"});
    group.add_rule(user.rest(), rule).await.unwrap();
    let port = json!({"network_id": network.id, "security_groups": [group.id]});
    let port: Port = user.create(port).await.unwrap();
    let address = json!({"floating_network_id": external.id, "port_id": port.id});
    user.create::<FloatingIp>(address).await.unwrap();
    let key = KeypairSecret::generate().unwrap();
    let key = json!({"name": user.unique_name("key"), "public_key": key.public_key});
    let key: Keypair = user.create(key).await.unwrap();
    let server = json!({"name": user.unique_name("server"), "imageRef": image.id, "flavorRef": flavor.id,
        "key_name": key.name, "networks": [{"port": port.id}]});
    user.create::<Server>(server).await.unwrap();
    let image = json!({"name": user.unique_name("image"), "disk_format": "raw", "container_format": "bare"});
    user.create::<Image>(image).await.unwrap();
    let flavor = json!({"name": root.unique_name("flavor"), "ram": 64, "vcpus": 1, "disk": 0});
    root.create::<Flavor>(flavor).await.unwrap();
    let project = json!({"name": root.unique_name("second"), "domain_id": cloud.domain_id});
    root.create::<Project>(project).await.unwrap();
    let second = json!({"name": root.unique_name("second"), "domain_id": cloud.domain_id});
    root.create::<User>(second).await.unwrap();
    let open = user.journal().open_in(CLOUD, None);
    let made: BTreeSet<_> = open.iter().map(|entry| entry.intent.kind.as_str()).collect();
    assert_eq!(made.len(), resource::KINDS.len(), "{made:?}");
    let marks = [cloud.project_id.as_str(), &user.journal().head().run_id, run_part(user.journal())];
    let there = with_marks(&everything(&admin.rest, &[&cloud.user_id]).await, &marks);
    let there: BTreeSet<_> = there.into_iter().map(|(kind, _)| kind).collect();
    there.into_iter().collect()
}

/// What of the run's id is in names.
fn run_part(journal: &Journal) -> &str {
    journal.head().run_id.rsplit('-').next().unwrap()
}

fn assert_all_gone(clean_up: &CleanUp) {
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    let kinds: BTreeSet<_> = clean_up.deleted.iter().map(|thing| thing.kind.as_str()).collect();
    assert_eq!(kinds.len(), resource::KINDS.len(), "{kinds:?}");
}

#[tokio::test]
async fn one_of_each_kind_is_cleaned() {
    let Some(admin) = connect("devcloud-admin").await else { return };
    let (_folder, journal) = journal(&admin);
    let provider = CloudProvider::new(CloudOffers::new(admin.clone()).await.unwrap(), Arc::clone(&journal), LONG);
    let resources = open(&provider, "each").await;
    let cloud = resources.get::<CaseCloud>().unwrap();
    let marks = [cloud.project_id.as_str(), cloud.user_id.as_str(), run_part(&journal)];
    // In a task of its own: when it panics, what it made is cleaned all the same.
    let made = {
        let (admin, cloud) = (admin.clone(), Arc::clone(&cloud));
        tokio::spawn(async move { one_of_each(&admin, &cloud).await }).await
    };
    let clean_up = provider.close("each", &resources).await;
    assert_eq!(made.unwrap().len(), resource::KINDS.len());
    assert_all_gone(&clean_up);
    let left = with_marks(&everything(&admin.rest, &[&cloud.user_id]).await, &marks);
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn what_a_dead_run_left_is_cleaned_from_its_folder() {
    let Some(admin) = connect("devcloud-admin").await else { return };
    let (folder, journal) = journal(&admin);
    let provider = CloudProvider::new(CloudOffers::new(admin.clone()).await.unwrap(), Arc::clone(&journal), LONG);
    let resources = open(&provider, "dead").await;
    let cloud = resources.get::<CaseCloud>().unwrap();
    let (project, user) = (cloud.project_id.clone(), cloud.user_id.clone());
    let run = run_part(&journal).to_owned();
    let made = {
        let (admin, cloud) = (admin.clone(), Arc::clone(&cloud));
        tokio::spawn(async move { one_of_each(&admin, &cloud).await }).await
    };
    // Nobody cleans up.
    drop((cloud, resources, provider, journal));
    let journal = when_unlocked(|| Journal::resume(folder.path()));
    let again = connect("devcloud-admin").await.unwrap();
    let cleaner =
        Cleaner { rest: again.rest.clone(), is_admin: true, own: None, journal: Arc::new(journal), deadline: LONG };
    let clean_up = cleaner.clean(None).await;
    assert!(made.is_ok());
    assert_all_gone(&clean_up);
    let left = with_marks(&everything(&admin.rest, &[&user]).await, &[&project, &user, &run]);
    assert!(left.is_empty(), "{left:?}");
    drop(cleaner);
    let book = functest_core::ledger::Book::read(folder.path()).unwrap().unwrap();
    assert_eq!(book.open().count(), 0);
}

#[tokio::test]
async fn without_an_administrator_the_given_project_is_used_and_kept() {
    let Some(demo) = connect("devcloud-demo").await else { return };
    let (_folder, journal) = journal(&demo);
    let provider = CloudProvider::new(CloudOffers::new(demo.clone()).await.unwrap(), Arc::clone(&journal), LONG);
    assert_eq!(provider.capacity(), Some(1));
    let resources = open(&provider, "given").await;
    let cloud = resources.get::<CaseCloud>().unwrap();
    assert!(cloud.admin.is_none());
    assert_eq!(Some(&cloud.project_id), demo.identity.project_id.as_ref());
    let network: Network = cloud.user.create(json!({"name": "any"})).await.unwrap();
    let key = KeypairSecret::generate().unwrap();
    let key = json!({"name": cloud.user.unique_name("key"), "public_key": key.public_key});
    let key: Keypair = cloud.user.create(key).await.unwrap();
    let clean_up = provider.close("given", &resources).await;
    assert!(clean_up.left.is_empty(), "{clean_up:?}");
    let deleted: Vec<_> = clean_up.deleted.iter().map(|thing| thing.id.clone()).collect();
    assert_eq!(deleted, [network.id, key.name]);
}

#[tokio::test]
async fn lost_things_are_found_by_an_administrator_and_by_the_user() {
    for name in ["devcloud-admin", "devcloud-demo"] {
        let Some(connection) = connect(name).await else { return };
        let (folder, journal) = journal(&connection);
        let scope = Scope::new(connection.rest.clone(), Arc::clone(&journal), "lost");
        scope.create::<Network>(json!({"name": "any"})).await.unwrap();
        scope.create::<SecurityGroup>(json!({"name": "any"})).await.unwrap();
        let image = json!({"name": scope.unique_name("image"), "disk_format": "raw", "container_format": "bare"});
        scope.create::<Image>(image).await.unwrap();
        let key = KeypairSecret::generate().unwrap();
        scope.create::<Keypair>(json!({"name": scope.unique_name("key"), "public_key": key.public_key})).await.unwrap();
        drop((scope, journal));
        // As if the run had died before the answers came: the ids are not in the ledger.
        let ledger = folder.path().join(functest_core::ledger::FILE_NAME);
        let text = std::fs::read_to_string(&ledger).unwrap();
        let lines: Vec<&str> = text.lines().filter(|line| !line.contains(r#""record":"made""#)).collect();
        std::fs::write(&ledger, lines.join("\n") + "\n").unwrap();
        let journal = when_unlocked(|| Journal::resume(folder.path()));
        let cleaner = Cleaner {
            own: None,
            rest: connection.rest.clone(),
            is_admin: connection.is_admin,
            journal: Arc::new(journal),
            deadline: LONG,
        };
        let clean_up = cleaner.clean(None).await;
        let kinds: Vec<_> = clean_up.deleted.iter().map(|thing| thing.kind.as_str()).collect();
        assert_eq!(kinds, ["network", "security_group", "keypair", "image"], "{clean_up:?}");
        assert!(clean_up.left.is_empty(), "{clean_up:?}");
    }
}

#[tokio::test]
async fn names_with_special_characters_are_found_again() {
    let Some(demo) = connect("devcloud-demo").await else { return };
    let odd = "a/b?c=d&e ü %2f [x] \"y\" ..";
    let found = demo.rest.named::<Network>(odd).await.unwrap();
    assert!(found.is_empty());
    let answer = demo.rest.send(Call::new(Service::Network, Method::GET, "/networks/{id}", &[odd])).await;
    assert_eq!(answer.unwrap_err().status(), Some(404));
}
