// SPDX-License-Identifier: Apache-2.0
//! The endpoints of a cloud's services, and how catalogs write them.

pub use functest_core::service::Service;
use url::Url;

/// What a service's endpoints have in common.
pub(crate) trait Endpoint: Copy {
    /// The version to add to an endpoint that has none.
    fn version(self) -> Option<&'static str>;

    /// The type to put before a microversion in `OpenStack-API-Version`.
    fn microversion_name(self) -> &'static str;

    /// The URL that routes of this service are appended to, without a slash at its end.
    ///
    /// Catalogs may or may not have the version in their endpoints, and the project behind it; an endpoint below
    /// another path (`https://cloud/identity`) is common.
    fn root(self, endpoint: &Url) -> String {
        let trimmed = endpoint.as_str().trim_end_matches('/').to_owned();
        match self.version() {
            Some(version) => match endpoint.path_segments().and_then(|mut parts| parts.find(|part| is_version(part))) {
                None => format!("{trimmed}/{version}"),
                Some(listed) if major(listed) == major(version) => trimmed,
                // A catalog from before: what stands behind the version belongs to that one.
                Some(_) => format!("{}{version}", versions_url(endpoint)),
            },
            None => trimmed,
        }
    }
}

impl Endpoint for Service {
    fn version(self) -> Option<&'static str> {
        match self {
            Self::Identity | Self::BlockStorage => Some("v3"),
            Self::Image => Some("v2"),
            Self::Compute => Some("v2.1"),
            Self::Network => Some("v2.0"),
            Self::Orchestration => Some("v1"),
            // Placement has its version in its microversions alone; what is not known is asked as it is listed.
            _ => None,
        }
    }

    fn microversion_name(self) -> &'static str {
        match self {
            Self::BlockStorage => "volume",
            other => other.name(),
        }
    }
}

/// Where a service lists its versions: its endpoint up to the version.
pub(crate) fn versions_url(endpoint: &Url) -> Url {
    let mut before = String::new();
    for segment in endpoint.path().split('/').take_while(|segment| !is_version(segment)) {
        before = before + segment + "/";
    }
    let mut url = endpoint.clone();
    url.set_path(&format!("{}/", before.trim_end_matches('/')));
    url
}

/// `2` of `v2.1`.
fn major(version: &str) -> &str {
    version.trim_start_matches('v').split('.').next().unwrap_or_default()
}

fn is_version(segment: &str) -> bool {
    segment.strip_prefix('v').is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_digit()) && rest.chars().all(|c| c.is_ascii_digit() || c == '.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_get_their_version_once() {
        let root = |service: Service, url: &str| service.root(&url.parse().unwrap());
        assert_eq!(root(Service::Identity, "http://c:5000"), "http://c:5000/v3");
        assert_eq!(root(Service::Identity, "https://c/identity/v3/"), "https://c/identity/v3");
        assert_eq!(root(Service::Network, "http://c:9696/"), "http://c:9696/v2.0");
        assert_eq!(root(Service::Compute, "http://c:8774/v2.1/abc"), "http://c:8774/v2.1/abc");
        assert_eq!(root(Service::Image, "https://vault.c/image"), "https://vault.c/image/v2");
        assert_eq!(root(Service::Identity, "http://c:5000/v2.0"), "http://c:5000/v3");
        assert_eq!(root(Service::Image, "http://c:9292/v1"), "http://c:9292/v2");
        assert_eq!(root(Service::Image, "https://v1.cloud/image/v1/"), "https://v1.cloud/image/v2");
        assert_eq!(root(Service::BlockStorage, "http://c:8776/v2/abc"), "http://c:8776/v3");
        assert_eq!(root(Service::Compute, "http://c:8774/v2/abc"), "http://c:8774/v2/abc");
    }

    #[test]
    fn versions_are_listed_before_the_version() {
        for (endpoint, url) in [
            ("http://c:9292/v2", "http://c:9292/"),
            ("http://c:8776/v3/project", "http://c:8776/"),
            ("http://c:8778", "http://c:8778/"),
            ("https://c/identity/v3/", "https://c/identity/"),
            ("https://c//identity//v3/", "https://c//identity/"),
        ] {
            assert_eq!(versions_url(&endpoint.parse().unwrap()).as_str(), url);
        }
    }
}
