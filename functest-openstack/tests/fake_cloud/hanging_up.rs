// SPDX-License-Identifier: Apache-2.0
//! A server that takes a request and hangs up without a word.

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// Reads requests whole, does something with their bodies, and closes the connection.
pub struct HangsUp {
    pub url: Url,
}

impl HangsUp {
    /// Calls `deed` with each request's body, then says `last_words` (which may be nothing) and hangs up.
    pub async fn after(deed: impl Fn(Value) + Send + 'static, last_words: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                if let Some(body) = whole_request(&mut stream).await {
                    deed(body);
                    let _ = stream.write_all(last_words.as_bytes()).await;
                }
            }
        });
        Self { url }
    }
}

/// The body of a request: null when it has none.
async fn whole_request(stream: &mut TcpStream) -> Option<Value> {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                return Some(serde_json::from_str(body).unwrap_or_default());
            }
        }
        if stream.read_buf(&mut request).await.ok()? == 0 {
            return None;
        }
    }
}
