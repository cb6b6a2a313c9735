// SPDX-License-Identifier: Apache-2.0
//! What the provider of a cloud does for a run beside its cases.

use functest_core::event::Emitter;
use functest_core::provider::Provider;
use functest_openstack::connect::{Connection, ConnectionOptions};
use functest_openstack::provider::{CloudOffers, CloudProvider};

use super::*;

async fn provider(run: &Run) -> CloudProvider {
    let options = ConnectionOptions { policy: patient(), events: Emitter::discarding() };
    let connection = Connection::open(&run.cloud.config(password(), Some(by_id(PROJECT))), options).await.unwrap();
    CloudProvider::new(CloudOffers::new(connection).await.unwrap(), Arc::clone(&run.journal), LONG)
}

#[tokio::test]
async fn what_is_written_down_after_a_case_s_clean_up_is_deleted_at_the_end() {
    let run = Run::start(FOR_EVER, |_, _| None).await;
    let provider = provider(&run).await;
    run.make::<Network>(json!({})).await;
    let clean_up = provider.end().await;
    assert!(clean_up.left.is_empty() && clean_up.deleted.len() == 1, "{clean_up:?}");
    assert_eq!(run.kinds_deleted(), ["network"]);
    assert_eq!(provider.end().await, CleanUp::default());
}

#[tokio::test]
async fn what_was_said_to_be_left_is_not_tried_once_more() {
    let run = Run::start(FOR_EVER, |_, request| is(request, "DELETE", "/network-0").then(|| error(403, "no"))).await;
    let provider = provider(&run).await;
    run.make::<Network>(json!({})).await;
    let clean_up = provider.close("a-case", &Default::default()).await;
    assert_eq!(clean_up.left.len(), 1, "{clean_up:?}");
    let before = run.cloud.server_requests().await.len();
    assert_eq!(provider.end().await, CleanUp::default());
    assert_eq!(run.cloud.server_requests().await.len(), before);
}

#[tokio::test]
async fn a_clean_up_that_is_given_up_says_what_may_be_there_and_what_finishes_it() {
    let run = Run::start(FOR_EVER, |_, _| None).await;
    let provider = provider(&run).await;
    run.make::<Network>(json!({"name": "n"})).await;
    let left = provider.left("a-case");
    assert_eq!(left.iter().map(|left| &left.thing).collect::<Vec<_>>(), [&thing("network", "network-0", "n")]);
    assert!(left[0].reason.contains("`functest openstack clean 20260101-abcdef` finishes it"), "{left:?}");
    assert!(provider.left("another-case").is_empty());
}
