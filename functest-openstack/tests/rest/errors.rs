// SPDX-License-Identifier: Apache-2.0
//! What is said when a cloud answers with an error, or with something strange.

use super::*;

async fn error_of(answer: impl Fn() -> ResponseTemplate + Send + Sync + 'static) -> Error {
    let cloud = FakeCloud::with(move |_, request| request.url.path().ends_with("/networks").then(&answer)).await;
    let (rest, _) = cloud.log_in().await;
    rest.all::<Network>(&[]).await.unwrap_err()
}

#[tokio::test]
async fn a_text_says_request_status_words_and_id() {
    let text = error_of(|| error(409, "Quota exceeded.")).await.to_string();
    for part in ["GET", "/network/v2.0/networks", "409", "Quota exceeded.", "req-of-the-error"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[tokio::test]
async fn bodies_of_proxies_are_read() {
    let html = "<html><head><title>502</title></head><body><h1>Bad Gateway</h1></body></html>";
    let failed = error_of(move || ResponseTemplate::new(502).set_body_raw(html, "text/html")).await;
    assert!(failed.is_transient());
    let text = failed.to_string();
    assert!(text.contains("Bad Gateway") && !text.contains('<'), "{text}");
    let empty = error_of(|| ResponseTemplate::new(403)).await.to_string();
    assert!(empty.contains("403: without a word"), "{empty}");
    let binary = error_of(|| ResponseTemplate::new(400).set_body_bytes([0xff, 0xfe, 0x00])).await;
    assert_eq!(binary.status(), Some(400));
}

#[tokio::test]
async fn answers_that_the_api_does_not_promise() {
    let table: [(&str, &str); 5] = [
        ("{\"networks\": [", "no JSON"),
        ("", "no JSON"),
        ("[]", "no list `networks`"),
        ("{\"networks\": {\"id\": 1}}", "no list `networks`"),
        ("{\"nets\": []}", "no list `networks`"),
    ];
    for (body, words) in table {
        let text = error_of(move || ResponseTemplate::new(200).set_body_string(body)).await.to_string();
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_none() {
    let text = error_of(|| ResponseTemplate::new(200).set_body_bytes(vec![b'['; 33 << 20])).await.to_string();
    assert!(text.contains("the answer is larger than 32 MiB"), "{text}");
}

#[tokio::test]
async fn what_is_odd_in_a_list_hurts_only_who_asks_for_it() {
    let odd = json!({"id": "net-1", "name": "odd", "subnets": "none"});
    let networks = json!({"networks": [odd, {"id": "net-2", "name": "plain", "project_id": null, "status": null}]});
    let cloud = FakeCloud::with(move |_, request| {
        request.url.path().ends_with("/networks").then(|| ok(networks.clone())).flatten()
    })
    .await;
    let (events, mut heard) = Emitter::channel();
    let (rest, _) = cloud.log_in().await;
    let rest = rest.observed_by(Observer::new(events, Some("a-case".into())));
    let all = rest.all::<Network>(&[]).await.unwrap();
    assert_eq!(all.iter().map(|network| network.name.as_str()).collect::<Vec<_>>(), ["plain"]);
    let warnings: Vec<String> = std::iter::from_fn(|| heard.try_recv().ok())
        .filter_map(|incoming| match incoming {
            Incoming::Event(_, EventBody::Log { message, .. }) => Some(message),
            _ => None,
        })
        .collect();
    let [warning] = warnings.as_slice() else { panic!("{warnings:?}") };
    assert!(warning.contains("passed over in a list: `subnets` of the network net-1 is not what"), "{warning}");
    assert_eq!(rest.named::<Network>("plain").await.unwrap().len(), 1);
    let text = rest.named::<Network>("odd").await.unwrap_err().to_string();
    assert!(text.contains("GET") && text.contains("/networks") && text.contains("`subnets` of the network"), "{text}");
}

#[tokio::test]
async fn one_of_the_wrong_form() {
    let cloud = FakeCloud::with(|_, request| match request.url.path().rsplit('/').next() {
        Some("user-a") => ok(json!({"user": "a text"})),
        Some("user-b") => ok(json!({"person": {}})),
        _ => None,
    })
    .await;
    let (rest, _) = cloud.log_in().await;
    let text = rest.get::<User>("user-a").await.unwrap_err().to_string();
    assert!(text.contains("a `user` is not what the API promises"), "{text}");
    let text = rest.get::<User>("user-b").await.unwrap_err().to_string();
    assert!(text.contains("no `user` in the answer"), "{text}");
    assert_eq!(rest.get::<User>("user-c").await.unwrap_err().status(), Some(404));
}

#[tokio::test]
async fn redirections_are_not_followed() {
    let cloud = FakeCloud::start().await;
    let trap = HangsUp::after(|_| panic!("the token went to another host"), "").await;
    let url = trap.url.clone();
    let away = move || ResponseTemplate::new(302).insert_header("Location", url.as_str());
    drop(cloud);
    assert_eq!(error_of(away).await.status(), Some(302));
}

#[tokio::test]
async fn a_redirection_says_where_to() {
    let elsewhere = "https://cloud.example.org/network/v2.0/networks";
    let text = error_of(move || ResponseTemplate::new(301).insert_header("Location", elsewhere)).await.to_string();
    assert!(text.contains(&format!("it leads to {elsewhere}; if that is right, use that URL")), "{text}");
}

#[tokio::test]
async fn what_is_no_tls_is_said_once_and_plainly() {
    // An https URL that leads to an http port.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let counted = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = std::sync::Arc::clone(&counted);
    std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        for stream in listener.incoming().flatten() {
            count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let mut stream = stream;
            let _ = stream.read(&mut [0; 512]);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
        }
    });
    let cloud = FakeCloud::start().await;
    let (rest, _) = cloud.log_in_with("network", format!("https://{at}/").parse().unwrap()).await;
    let text = rest.all::<Network>(&[]).await.unwrap_err().to_string();
    assert!(text.contains("this is no TLS: is it an http URL?"), "{text}");
    assert_eq!(counted.load(std::sync::atomic::Ordering::SeqCst), 1, "what cannot change is not repeated");
}
