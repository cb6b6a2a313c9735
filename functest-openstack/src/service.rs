// SPDX-License-Identifier: Apache-2.0
//! The services of a cloud, and how catalogs name them.

use url::Url;

/// A service type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Service {
    /// Keystone.
    Identity,
    /// Glance.
    Image,
    /// Nova.
    Compute,
    /// Neutron.
    Network,
    /// Cinder.
    BlockStorage,
    /// Heat.
    Orchestration,
    /// Placement.
    Placement,
}

impl Service {
    /// Every service that functest knows.
    pub const ALL: [Self; 7] = [
        Self::Identity,
        Self::Image,
        Self::Compute,
        Self::Network,
        Self::BlockStorage,
        Self::Orchestration,
        Self::Placement,
    ];

    /// The official service type.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Image => "image",
            Self::Compute => "compute",
            Self::Network => "network",
            Self::BlockStorage => "block-storage",
            Self::Orchestration => "orchestration",
            Self::Placement => "placement",
        }
    }

    /// The service of that type.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.name() == name || service.aliases().contains(&name))
    }

    /// Other types under which catalogs list it, best first.
    pub const fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::BlockStorage => &["volumev3", "block-store", "volume"],
            _ => &[],
        }
    }

    /// The version to add to an endpoint that has none.
    const fn version(self) -> Option<&'static str> {
        match self {
            Self::Identity | Self::BlockStorage => Some("v3"),
            Self::Image => Some("v2"),
            Self::Compute => Some("v2.1"),
            Self::Network => Some("v2.0"),
            Self::Orchestration => Some("v1"),
            Self::Placement => None,
        }
    }

    /// The type to put before a microversion in `OpenStack-API-Version`.
    pub(crate) const fn microversion_name(self) -> &'static str {
        match self {
            Self::BlockStorage => "volume",
            other => other.name(),
        }
    }

    /// Where the service lists its versions: its endpoint up to the version.
    pub(crate) fn versions_url(endpoint: &Url) -> Url {
        let mut url = endpoint.clone();
        let before: Vec<String> = endpoint
            .path_segments()
            .map(|parts| parts.take_while(|part| !is_version(part)).map(str::to_owned).collect())
            .unwrap_or_default();
        if let Ok(mut path) = url.path_segments_mut() {
            path.clear().extend(before).pop_if_empty().push("");
        }
        url
    }

    /// The URL that routes of this service are appended to, without a slash at its end.
    ///
    /// Catalogs may or may not have the version in their endpoints, and the project behind it; an endpoint below
    /// another path (`https://cloud/identity`) is common.
    pub(crate) fn root(self, endpoint: &Url) -> String {
        let trimmed = endpoint.as_str().trim_end_matches('/').to_owned();
        match self.version() {
            Some(version) if !endpoint.path_segments().is_some_and(|mut parts| parts.any(is_version)) => {
                format!("{trimmed}/{version}")
            }
            _ => trimmed,
        }
    }
}

fn is_version(segment: &str) -> bool {
    segment.strip_prefix('v').is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_digit()) && rest.chars().all(|c| c.is_ascii_digit() || c == '.')
    })
}

impl std::fmt::Display for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
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
    }

    #[test]
    fn versions_are_listed_before_the_version() {
        for (endpoint, url) in [
            ("http://c:9292/v2", "http://c:9292/"),
            ("http://c:8776/v3/project", "http://c:8776/"),
            ("http://c:8778", "http://c:8778/"),
            ("https://c/identity/v3/", "https://c/identity/"),
        ] {
            assert_eq!(Service::versions_url(&endpoint.parse().unwrap()).as_str(), url);
        }
    }
}
