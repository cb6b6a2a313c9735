// SPDX-License-Identifier: Apache-2.0
//! The proxy that stands between us and a cloud, for messages: who has one in the environment rarely thinks of it.

use hyper_util::client::proxy::matcher::Matcher;
use url::{Host, Url};

/// The proxy that the environment names for that URL, without a user's name and password. There is none on the way to this machine.
pub(super) fn on_the_way_to(url: &Url) -> Option<String> {
    proxy(url, &Matcher::from_env())
}

fn proxy(url: &Url, matcher: &Matcher) -> Option<String> {
    if is_this_machine(url) {
        return None;
    }
    let found = matcher.intercept(&url.as_str().parse().ok()?)?;
    let (scheme, host) = (found.uri().scheme_str()?, found.uri().host()?);
    let port = found.uri().port_u16().map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("{scheme}://{host}{port}"))
}

/// Whether a URL leads to the machine that we are on.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proxy_is_the_one_that_is_used() {
        let matcher = Matcher::builder()
            .http("http://me:geheim@plain.proxy:3128")
            .https("http://secret.proxy")
            .no("inside.example,10.0.0.0/8")
            .build();
        for (url, expected) in [
            ("http://cloud.example:5000/v3", Some("http://plain.proxy:3128")),
            ("https://cloud.example/v3", Some("http://secret.proxy")),
            ("https://keystone.inside.example/v3", None),
            ("http://10.1.2.3:5000/v3", None),
            ("http://127.0.0.1:5000/v3", None),
            ("http://[::1]:5000/v3", None),
        ] {
            assert_eq!(proxy(&url.parse().unwrap(), &matcher).as_deref(), expected, "{url}");
        }
    }
}
