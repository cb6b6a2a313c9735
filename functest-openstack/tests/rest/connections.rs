// SPDX-License-Identifier: Apache-2.0
//! Which endpoints of a catalog a connection uses, and what it says of them.

use functest_openstack::connect::ServiceChoice;

use super::*;

/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:9/";

/// A service of a catalog, with the region, the interface and the URL of each of its endpoints.
fn service(name: &str, endpoints: &[(&str, &str, &str)]) -> Value {
    let endpoint =
        |(region, interface, url): &(&str, &str, &str)| json!({"interface": interface, "region": region, "url": url});
    json!({"type": name, "endpoints": endpoints.iter().map(endpoint).collect::<Vec<_>>()})
}

/// A cloud with the regions A and B, of which the first is A. Where its network service is listed, B comes first.
async fn of_two_regions() -> FakeCloud {
    let cloud = FakeCloud::start().await;
    let at = |path: &str| format!("{}/{path}", cloud.url());
    let catalog = vec![
        service("identity", &[("A", "public", &at("identity")), ("B", "public", &at("identity"))]),
        service("network", &[("B", "public", &at("b/network")), ("A", "public", &at("a/network"))]),
        service("image", &[("B", "public", &at("b/image")), ("A", "public", &at("a/image"))]),
    ];
    cloud.state().catalog = catalog;
    cloud
}

#[tokio::test]
async fn of_several_regions_the_first_is_used_for_every_service_and_that_is_said() {
    let cloud = of_two_regions().await;
    let connection = connect(&cloud, |config| config.region = None).await.unwrap();
    for (service, root) in [(Service::Network, "a/network/v2.0"), (Service::Image, "a/image/v2")] {
        assert_eq!(connection.rest.root(service).await.unwrap(), format!("{}/{root}", cloud.url()));
    }
    assert_eq!(connection.identity.region.as_deref(), Some("A"));
    let said = "a test: the catalog has the regions A, B; A is used, because no region_name is given";
    assert_eq!(connection.notices, [said]);
}

#[tokio::test]
async fn a_region_that_is_named_or_the_only_one_is_used_without_a_word() {
    let cloud = of_two_regions().await;
    let connection = connect(&cloud, |config| config.region = Some("B".into())).await.unwrap();
    assert_eq!(connection.rest.root(Service::Image).await.unwrap(), format!("{}/b/image/v2", cloud.url()));
    assert_eq!((connection.identity.region.as_deref(), connection.notices.len()), (Some("B"), 0));
    let cloud = FakeCloud::start().await;
    let connection = connect(&cloud, |config| config.region = None).await.unwrap();
    assert!(connection.notices.is_empty(), "{:?}", connection.notices);
    assert_eq!(connection.rest.send(networks()).await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_service_may_be_in_a_region_and_behind_an_interface_of_its_own() {
    let cloud = FakeCloud::start().await;
    let at = |path: &str| format!("{}/{path}", cloud.url());
    let catalog = vec![
        service("identity", &[("A", "public", &at("identity"))]),
        service("image", &[("A", "internal", NOWHERE), ("B", "public", NOWHERE), ("A", "public", &at("image"))]),
        service("compute", &[("A", "public", NOWHERE), ("A", "internal", &at("compute"))]),
        service(
            "network",
            &[
                ("A", "public", NOWHERE),
                ("A", "internal", NOWHERE),
                ("B", "public", NOWHERE),
                ("B", "internal", &at("network")),
            ],
        ),
    ];
    cloud.state().catalog = catalog;
    let choice = |region: Option<&str>| ServiceChoice {
        region: region.map(str::to_owned),
        interface: Some("internal".to_owned()),
    };
    for region in [Some("A".to_owned()), None] {
        let connection = connect(&cloud, |config| {
            config.region = region;
            config.choices = BTreeMap::from([(Service::Network, choice(Some("B"))), (Service::Compute, choice(None))]);
        })
        .await
        .unwrap();
        for (service, root) in
            [(Service::Network, "network/v2.0"), (Service::Compute, "compute/v2.1"), (Service::Image, "image/v2")]
        {
            assert_eq!(connection.rest.root(service).await.unwrap(), at(root));
        }
    }
    // What is missing is said of where it was looked for.
    let connection = connect(&cloud, |config| {
        config.region = Some("A".into());
        config.choices =
            BTreeMap::from([(Service::Compute, ServiceChoice { region: Some("B".into()), interface: None })]);
    })
    .await
    .unwrap();
    let text = connection.rest.root(Service::Compute).await.unwrap_err().to_string();
    assert!(text.ends_with("no compute service with the interface public in region B"), "{text}");
}

#[tokio::test]
async fn an_identity_service_that_is_not_listed_there_is_asked_where_it_let_us_in() {
    let network = entry("network", "http://127.0.0.1:9/network");
    for identity in [
        None,
        Some(service("identity", &[("Q", "public", NOWHERE)])),
        Some(service("identity", &[("R", "admin", NOWHERE)])),
        Some(service("identity", &[("R", "public", "nonsense")])),
    ] {
        let cloud = FakeCloud::start().await;
        cloud.state().catalog = identity.into_iter().chain([network.clone()]).collect();
        let connection = connect(&cloud, |_| {}).await.unwrap();
        let root = connection.rest.root(Service::Identity).await.unwrap();
        assert_eq!(root, format!("{}/identity/v3", cloud.url()));
        assert_eq!(cloud.requests("GET", "/identity/v3/users").await.len(), 1);
        // No other service is.
        assert!(matches!(connection.rest.root(Service::Image).await, Err(Error::NoService { .. })));
    }
}

#[tokio::test]
async fn a_region_that_is_mistyped_is_an_error_that_names_those_there_are() {
    let cloud = FakeCloud::start().await;
    let endpoints = [("RegionOne", "public", NOWHERE), ("RegionTwo", "public", NOWHERE)];
    cloud.state().catalog = vec![service("network", &endpoints)];
    let mistyped = |config: &mut CloudConfig| config.region = Some("RegionTow".into());
    let of_a_service = |config: &mut CloudConfig| {
        config.region = Some("RegionOne".into());
        let choice = ServiceChoice { region: Some("RegionTow".into()), interface: None };
        config.choices = BTreeMap::from([(Service::Network, choice)]);
    };
    for failed in [connect(&cloud, mistyped).await, connect(&cloud, of_a_service).await] {
        let error = failed.unwrap_err();
        assert!(error.is_usage(), "{error:?}");
        let text = error.to_string();
        assert!(text.starts_with("a test: the catalog has no region `RegionTow`"), "{text}");
        assert!(text.contains("did you mean `RegionTwo`") && text.ends_with("it has RegionOne, RegionTwo"), "{text}");
    }
}

#[tokio::test]
async fn a_catalog_without_regions_does_not_make_a_region_wrong() {
    // So is that of a token which is for no project.
    let cloud = FakeCloud::start().await;
    cloud.state().catalog = vec![json!({"type": "image", "endpoints": []})];
    assert!(connect(&cloud, |config| config.region = Some("R".into())).await.unwrap().is_admin);
}
