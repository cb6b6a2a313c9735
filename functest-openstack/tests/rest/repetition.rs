// SPDX-License-Identifier: Apache-2.0
//! What is sent again, and what is not.

use super::*;

#[tokio::test]
async fn a_get_is_repeated_while_the_cloud_is_away() {
    let cloud = answering(&[503, 503]).await;
    let (rest, mut heard) = cloud.log_in().await;
    assert_eq!(rest.send(networks()).await.unwrap().status(), 200);
    let calls = heard.calls();
    let seen: Vec<_> = calls.iter().map(|call| (call.attempt, call.status)).collect();
    assert_eq!(seen, [(1, Some(503)), (2, Some(503)), (3, Some(200))]);
}

#[tokio::test]
async fn repetition_ends() {
    let cloud = answering(&[503; 100]).await;
    let (rest, mut heard) = cloud.log_in().await;
    assert_eq!(rest.send(networks()).await.unwrap_err().status(), Some(503));
    assert_eq!(heard.calls().len(), 1 + patient().repetitions);
}

#[tokio::test]
async fn what_may_have_been_done_is_not_sent_twice() {
    for status in [500, 502, 503, 504] {
        let answers: &'static [u16] = Box::leak(Box::new([status]));
        let cloud = answering(answers).await;
        let (rest, mut heard) = cloud.log_in().await;
        let refused = rest.send(new_network()).await.unwrap_err();
        assert_eq!((refused.status(), refused.is_refusal(), heard.calls().len()), (Some(status), false, 1));
    }
}

#[tokio::test]
async fn a_server_error_and_a_refusal_are_not_repeated() {
    for status in [400, 403, 404, 409, 500] {
        let answers: &'static [u16] = Box::leak(Box::new([status]));
        let cloud = answering(answers).await;
        let (rest, mut heard) = cloud.log_in().await;
        assert_eq!(rest.send(networks()).await.unwrap_err().status(), Some(status));
        assert_eq!(heard.calls().len(), 1);
    }
}

#[tokio::test]
async fn a_post_is_repeated_when_the_cloud_says_later() {
    let cloud = answering(&[429, 429]).await;
    let (rest, mut heard) = cloud.log_in().await;
    assert_eq!(rest.send(new_network()).await.unwrap().status(), 201);
    assert_eq!(heard.calls().len(), 3);
    assert_eq!(cloud.state().ids("network").len(), 1);
}

#[tokio::test]
async fn what_is_too_much_for_now_is_sent_again_when_the_cloud_says_so() {
    for (retry_after, status, sent) in [(Some("0"), None, 2), (Some("later"), Some(413), 1), (None, Some(413), 1)] {
        let cloud = FakeCloud::with(move |state, request| {
            let is_first = request.url.path().ends_with("/networks") && state.count("answers") == 0;
            let refusal = error(413, "over the limit");
            is_first.then(|| retry_after.into_iter().fold(refusal, |it, value| it.insert_header("Retry-After", value)))
        })
        .await;
        let (rest, mut heard) = cloud.log_in().await;
        let sent_once = rest.send(new_network()).await;
        assert_eq!(sent_once.err().and_then(|error| error.status()), status, "{retry_after:?}");
        assert_eq!(heard.calls().len(), sent, "{retry_after:?}");
        assert_eq!(cloud.state().ids("network").len(), sent - 1);
    }
}

#[tokio::test]
async fn a_repetition_waits_until_the_time_that_the_cloud_names() {
    // A date has no fractions: two seconds from now is one at least.
    let in_two_seconds = || (chrono::Utc::now() + chrono::TimeDelta::seconds(2)).to_rfc2822();
    for as_date in [false, true] {
        let cloud = FakeCloud::with(move |state, request| {
            let is_first = request.url.path().ends_with("/networks") && state.count("answers") == 0;
            let when = if as_date { in_two_seconds() } else { "1".to_owned() };
            is_first.then(|| error(503, "starting").insert_header("Retry-After", when))
        })
        .await;
        let (rest, _) = cloud.log_in().await;
        let started = std::time::Instant::now();
        assert_eq!(rest.send(networks()).await.unwrap().status(), 200);
        let took = started.elapsed();
        assert!(took > Duration::from_millis(900), "{took:?}");
    }
}

#[tokio::test]
async fn a_post_that_certainly_did_not_arrive_is_repeated() {
    let cloud = FakeCloud::start().await;
    let (rest, mut heard) = cloud.log_in_with("network", refusing()).await;
    let failed = rest.send(new_network()).await.unwrap_err();
    assert!(matches!(failed, Error::NoAnswer { sent: false, .. }), "{failed:?}");
    assert!(failed.is_refusal() && failed.is_transient());
    assert!(failed.to_string().contains("Connection refused"), "{failed}");
    let calls = heard.calls();
    assert_eq!(calls.len(), 1 + patient().repetitions);
    assert!(calls.iter().all(|call| call.status.is_none() && call.error.is_some()), "{calls:?}");
}

#[tokio::test]
async fn a_silent_cloud_ends_at_the_deadline() {
    let cloud = FakeCloud::with(|_, request| {
        let silent = ResponseTemplate::new(200).set_delay(Duration::from_secs(3600));
        request.url.path().ends_with("/networks").then_some(silent)
    })
    .await;
    let policy = Policy { request: Duration::from_secs(2), ..patient() };
    let (rest, mut heard) = cloud.try_log_in(password(), Some(by_id(PROJECT)), policy, BTreeMap::new()).await.unwrap();
    let failed = rest.send(new_network()).await.unwrap_err();
    assert!(matches!(failed, Error::NoAnswer { sent: true, .. }), "{failed:?}");
    assert!(!failed.is_refusal() && failed.to_string().contains("deadline of 2s"), "{failed}");
    assert_eq!(heard.calls().len(), 1);
    let get = networks().deadline(Duration::from_millis(1));
    assert!(matches!(rest.send(get).await.unwrap_err(), Error::NoAnswer { .. }));
    assert_eq!(heard.calls().len(), 1 + patient().repetitions);
}

#[tokio::test]
async fn a_connection_that_is_cut_leaves_open_what_was_done() {
    let cloud = FakeCloud::start().await;
    for last_words in ["", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"networks\":"] {
        let server = HangsUp::after(drop, last_words).await;
        let (rest, mut heard) = cloud.log_in_with("network", server.url.clone()).await;
        let failed = rest.send(new_network()).await.unwrap_err();
        assert!(matches!(failed, Error::NoAnswer { sent: true, .. }), "{failed:?}");
        assert_eq!(heard.calls().len(), 1);
        assert!(rest.send(networks()).await.is_err());
        assert_eq!(heard.calls().len(), 1 + patient().repetitions);
    }
}

#[tokio::test]
async fn what_may_have_been_done_before_is_no_refusal_after() {
    // The first attempt arrives and is cut; the cloud is then switched off, so the others do not arrive.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        drop(listener);
        stream.readable().await.unwrap();
    });
    let (rest, _) = FakeCloud::start().await.log_in_with("network", url).await;
    let failed = rest.send(Call::put(Service::Network, "/networks/{id}", &["x"], json!({}))).await.unwrap_err();
    assert!(matches!(failed, Error::NoAnswer { sent: true, .. }), "{failed:?}");
    assert!(!failed.is_refusal());
}

#[tokio::test]
async fn a_request_that_cannot_be_built_is_not_repeated() {
    let cloud = FakeCloud::start().await;
    let (rest, mut heard) = cloud.log_in().await;
    let failed = rest.send(networks().header("X-Broken", "two\nlines")).await.unwrap_err();
    assert_eq!(failed.status(), None);
    assert!(heard.calls().len() <= 1, "{failed}");
}
