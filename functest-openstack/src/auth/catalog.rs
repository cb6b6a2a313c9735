// SPDX-License-Identifier: Apache-2.0
//! The service catalog of a token.

use serde::Deserialize;
use url::Url;

use crate::error::Error;
use crate::service::Service;

/// What a cloud says it offers.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Catalog {
    /// Every service.
    pub entries: Vec<CatalogEntry>,
}

/// A service of the catalog.
#[derive(Clone, Debug, Deserialize)]
pub struct CatalogEntry {
    /// Its type, such as `compute`.
    #[serde(rename = "type")]
    pub service_type: String,
    /// Its name, such as `nova`.
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    endpoints: Vec<Endpoint>,
}

#[derive(Clone, Debug, Deserialize)]
struct Endpoint {
    interface: String,
    #[serde(default)]
    region: Option<String>,
    #[serde(default)]
    region_id: Option<String>,
    url: String,
}

/// Which endpoints are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndpointFilter {
    /// The region; `None` is any.
    pub region: Option<String>,
    /// `public`, `internal` or `admin`.
    pub interface: String,
}

impl Endpoint {
    /// The URL, if it is one that a request can be sent to.
    fn url(&self) -> Option<Url> {
        self.url.parse().ok().filter(|url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host())
    }

    fn fits(&self, filter: &EndpointFilter) -> bool {
        let region = self.region.as_ref().or(self.region_id.as_ref());
        self.interface == filter.interface && filter.region.as_ref().is_none_or(|wanted| region == Some(wanted))
    }
}

impl Catalog {
    /// The service's endpoint.
    ///
    /// # Errors
    /// [`Error::NoService`] when there is none for this region and interface.
    pub fn endpoint(&self, service: Service, filter: &EndpointFilter) -> Result<Url, Error> {
        self.find(service, filter).ok_or_else(|| {
            let region = filter.region.as_ref().map(|region| format!(" in region {region}")).unwrap_or_default();
            Error::NoService {
                service: service.name(),
                detail: format!(" with the interface {}{region}", filter.interface),
                required: false,
            }
        })
    }

    /// Whether the service has an entry for this region and interface, usable or not.
    pub fn lists(&self, service: Service, filter: &EndpointFilter) -> bool {
        let entries = self.entries.iter().filter(|entry| Service::from_name(&entry.service_type) == Some(service));
        entries.flat_map(|entry| &entry.endpoints).any(|endpoint| endpoint.fits(filter))
    }

    fn find(&self, service: Service, filter: &EndpointFilter) -> Option<Url> {
        let names = std::iter::once(service.name()).chain(service.aliases().iter().copied());
        names
            .flat_map(|name| self.entries.iter().filter(move |entry| entry.service_type == name))
            .find_map(|entry| entry.endpoints.iter().filter(|endpoint| endpoint.fits(filter)).find_map(Endpoint::url))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_regions_and_interfaces_are_honoured() {
        let catalog: Catalog = serde_json::from_value(serde_json::json!([
            {"type": "volumev3", "name": "cinder", "endpoints": [
                {"interface": "public", "region": "A", "url": "http://a:8776/v3/p"},
                {"interface": "public", "region": "B", "url": "http://b:8776/v3/p"},
                {"interface": "admin", "region": null, "url": "nonsense"}]},
            {"type": "image"}
        ]))
        .unwrap();
        let filter = |region: Option<&str>, interface: &str| EndpointFilter {
            region: region.map(str::to_owned),
            interface: interface.to_owned(),
        };
        let url = catalog.endpoint(Service::BlockStorage, &filter(Some("B"), "public")).unwrap();
        assert_eq!(url.host_str(), Some("b"));
        assert!(catalog.endpoint(Service::BlockStorage, &filter(None, "admin")).is_err());
        let error = catalog.endpoint(Service::Image, &filter(Some("A"), "internal")).unwrap_err().to_string();
        assert_eq!(error, "the cloud's catalog has no image service with the interface internal in region A");
    }
}
