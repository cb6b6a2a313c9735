// SPDX-License-Identifier: Apache-2.0
//! The service catalog of a token.

use std::collections::BTreeMap;

use serde::Deserialize;
use url::Url;

use crate::connect::ServiceChoice;
use crate::error::Error;
use crate::service::Service;

/// What a cloud says it offers.
#[derive(Clone, Debug, Default)]
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
    #[serde(default, deserialize_with = "readable")]
    endpoints: Vec<Endpoint>,
}

/// What of a list can be read. What cannot is somebody else's, or will be missed by its name.
fn readable<'de, D: serde::Deserializer<'de>, T: serde::de::DeserializeOwned>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let items = Option::<Vec<serde_json::Value>>::deserialize(deserializer)?.unwrap_or_default();
    Ok(items.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect())
}

impl<'de> Deserialize<'de> for Catalog {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { entries: readable(deserializer)? })
    }
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
    /// Services for which others are meant.
    pub choices: BTreeMap<Service, ServiceChoice>,
}

impl EndpointFilter {
    /// The region and the interface that are meant for a service.
    fn of(&self, service: Service) -> (Option<&str>, &str) {
        let choice = self.choices.get(&service);
        let region = choice.and_then(|choice| choice.region.as_deref()).or(self.region.as_deref());
        let interface = choice.and_then(|choice| choice.interface.as_deref()).unwrap_or(&self.interface);
        (region, interface)
    }
}

impl Endpoint {
    /// The URL, if it is one that a request can be sent to.
    fn url(&self) -> Option<Url> {
        self.url.parse().ok().filter(|url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host())
    }

    fn region(&self) -> Option<&str> {
        self.region.as_deref().or(self.region_id.as_deref())
    }

    fn fits(&self, (region, interface): (Option<&str>, &str)) -> bool {
        self.interface == interface && region.is_none_or(|wanted| self.region() == Some(wanted))
    }
}

impl Catalog {
    /// The service's endpoint.
    ///
    /// # Errors
    /// [`Error::NoService`] when there is none for this region and interface.
    pub fn endpoint(&self, service: Service, filter: &EndpointFilter) -> Result<Url, Error> {
        self.find(service, filter).ok_or_else(|| {
            let (region, interface) = filter.of(service);
            let known = self.regions();
            let region = match region {
                Some(region) if known.contains(&region) || known.is_empty() => format!(" in region {region}"),
                Some(region) => {
                    format!(" in region {region}, which the catalog does not have; it has {}", known.join(", "))
                }
                None => String::new(),
            };
            Error::NoService {
                service: service.name(),
                detail: format!(" with the interface {interface}{region}"),
                required: false,
            }
        })
    }

    /// Whether the service has an entry for this region and interface, usable or not.
    pub fn lists(&self, service: Service, filter: &EndpointFilter) -> bool {
        let entries = self.entries.iter().filter(|entry| Service::from_name(&entry.service_type) == Some(service));
        entries.flat_map(|entry| &entry.endpoints).any(|endpoint| endpoint.fits(filter.of(service)))
    }

    /// Every region, in the order of the catalog.
    pub fn regions(&self) -> Vec<&str> {
        let mut regions = Vec::new();
        for region in self.entries.iter().flat_map(|entry| &entry.endpoints).filter_map(Endpoint::region) {
            if !regions.contains(&region) {
                regions.push(region);
            }
        }
        regions
    }

    fn find(&self, service: Service, filter: &EndpointFilter) -> Option<Url> {
        let wanted = filter.of(service);
        let names = std::iter::once(service.name()).chain(service.aliases().iter().copied());
        names
            .flat_map(|name| self.entries.iter().filter(move |entry| entry.service_type == name))
            .find_map(|entry| entry.endpoints.iter().filter(|endpoint| endpoint.fits(wanted)).find_map(Endpoint::url))
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
            {"type": "image"},
            {"type": null, "endpoints": []},
            "nonsense",
            {"type": "compute", "endpoints": [{"interface": "public", "url": null}, {"interface": "public", "url": "http://n/"}]}
        ]))
        .unwrap();
        let filter = |region: Option<&str>, interface: &str| EndpointFilter {
            region: region.map(str::to_owned),
            interface: interface.to_owned(),
            choices: BTreeMap::new(),
        };
        let url = catalog.endpoint(Service::BlockStorage, &filter(Some("B"), "public")).unwrap();
        assert_eq!(url.host_str(), Some("b"));
        assert!(catalog.endpoint(Service::BlockStorage, &filter(None, "admin")).is_err());
        assert!(catalog.endpoint(Service::Compute, &filter(None, "public")).is_ok(), "its other endpoint can be read");
        let error = catalog.endpoint(Service::Compute, &filter(Some("C"), "public")).unwrap_err().to_string();
        assert!(error.ends_with("in region C, which the catalog does not have; it has A, B"), "{error}");
        let error = catalog.endpoint(Service::Image, &filter(Some("A"), "internal")).unwrap_err().to_string();
        assert_eq!(error, "the cloud's catalog has no image service with the interface internal in region A");
    }
}
