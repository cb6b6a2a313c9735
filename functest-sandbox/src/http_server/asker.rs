// SPDX-License-Identifier: Apache-2.0
//! Who may ask: programs on this machine, and no page that a browser here has loaded from elsewhere.

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, StatusCode, Uri};
use serde_json::json;

use crate::api::Reply;

/// The refusal of a request that names the sandbox as somebody else's server, or comes from another server's page.
///
/// A name of somebody's own may be led to this machine after its page was loaded (DNS rebinding); an address cannot.
pub(super) fn refusal(headers: &HeaderMap) -> Option<Reply> {
    let text = |name| headers.get(name).map(|value: &http::HeaderValue| value.to_str().unwrap_or_default());
    let host = text(HOST).unwrap_or("127.0.0.1");
    if !is_address(host) {
        return Some(refuse(format!(
            "the sandbox is not a server of the name {host:?}: ask for its address, or for localhost"
        )));
    }
    match text(ORIGIN) {
        Some(origin) if origin.strip_prefix("http://") != Some(host) => {
            Some(refuse(format!("pages of {origin:?} may not ask the sandbox")))
        }
        _ => None,
    }
}

fn is_address(host: &str) -> bool {
    let Ok(uri) = host.parse::<Uri>() else { return false };
    let name = uri.host().unwrap_or_default().to_ascii_lowercase();
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<std::net::IpAddr>().is_ok() || name == "localhost" || name.ends_with(".localhost")
}

fn refuse(problem: String) -> Reply {
    Reply::json(StatusCode::FORBIDDEN, &json!({ "error": problem }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_may_ask_and_pages_may_not() {
        let asks = |host: &str, origin: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, host.parse().unwrap());
            if let Some(origin) = origin {
                headers.insert(ORIGIN, origin.parse().unwrap());
            }
            refusal(&headers).is_none()
        };
        for host in ["127.0.0.1:8080", "localhost:1", "LOCALHOST", "keystone.localhost:5", "[::1]:8080", "10.0.0.5:80"]
        {
            assert!(asks(host, None) && asks(host, Some(&format!("http://{host}"))), "{host}");
        }
        for host in ["evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example", "", "a b"]
        {
            assert!(!asks(host, None), "{host}");
        }
        for origin in ["http://evil.example", "null", "http://127.0.0.1:8081", "https://127.0.0.1:8080"] {
            assert!(!asks("127.0.0.1:8080", Some(origin)), "{origin}");
        }
        assert!(refusal(&HeaderMap::new()).is_none(), "HTTP/1.0 names no host");
    }
}
