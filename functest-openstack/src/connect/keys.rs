// SPDX-License-Identifier: Apache-2.0
//! The keys that OpenStack's SDK gives a meaning, and what becomes of each here. Nothing is passed over that decides who logs in,
//! where and how: it is honoured, or refused by its name.

use super::service_types;

/// What becomes of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It means what it means to the SDK.
    Honoured,
    /// It would change who logs in, where or how, and functest cannot do it.
    Refused,
    /// It is about how requests are made, for which functest has settings of its own. It has no effect, and that is said.
    Unheeded,
    /// It is about something that functest does not do.
    WithoutEffect,
}

/// Where a key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In `auth`.
    Auth,
    /// Beside `auth`.
    Cloud,
    /// Beside `auth`, behind a service's type: `compute_endpoint_override`.
    Service,
}

/// The keys of `auth`. They may stand beside it, too.
pub(super) const AUTH: &[(&str, Fate)] = &[
    ("auth_url", Fate::Honoured),
    ("username", Fate::Honoured),
    ("user_id", Fate::Honoured),
    ("password", Fate::Honoured),
    ("token", Fate::Honoured),
    ("project_name", Fate::Honoured),
    ("project_id", Fate::Honoured),
    ("tenant_name", Fate::Honoured),
    ("tenant_id", Fate::Honoured),
    ("user_domain_name", Fate::Honoured),
    ("user_domain_id", Fate::Honoured),
    ("project_domain_name", Fate::Honoured),
    ("project_domain_id", Fate::Honoured),
    ("domain_name", Fate::Honoured),
    ("domain_id", Fate::Honoured),
    ("default_domain", Fate::Honoured),
    ("default_domain_name", Fate::Honoured),
    ("default_domain_id", Fate::Honoured),
    ("application_credential_id", Fate::Honoured),
    ("application_credential_name", Fate::Honoured),
    ("application_credential_secret", Fate::Honoured),
    ("system_scope", Fate::Honoured),
    ("trust_id", Fate::Honoured),
    ("passcode", Fate::Refused),
    ("auth_methods", Fate::Refused),
    ("identity_provider", Fate::Refused),
    ("protocol", Fate::Refused),
    ("access_token", Fate::Refused),
    ("client_id", Fate::Refused),
    ("client_secret", Fate::Refused),
    ("discovery_endpoint", Fate::Refused),
    ("service_provider", Fate::Refused),
    ("endpoint", Fate::Refused),
    ("reauthenticate", Fate::WithoutEffect),
    ("include_catalog", Fate::WithoutEffect),
];

/// The keys of a cloud.
pub(super) const CLOUD: &[(&str, Fate)] = &[
    ("auth", Fate::Honoured),
    ("auth_type", Fate::Honoured),
    ("region_name", Fate::Honoured),
    ("regions", Fate::Honoured),
    ("interface", Fate::Honoured),
    ("endpoint_type", Fate::Honoured),
    ("verify", Fate::Honoured),
    ("insecure", Fate::Honoured),
    ("cacert", Fate::Honoured),
    ("cert", Fate::Honoured),
    ("key", Fate::Honoured),
    ("profile", Fate::Honoured),
    ("cloud", Fate::Honoured),
    ("api_timeout", Fate::Unheeded),
    ("app_name", Fate::WithoutEffect),
    ("app_version", Fate::WithoutEffect),
    ("auth_token", Fate::Honoured),
    ("cache", Fate::WithoutEffect),
    ("client", Fate::WithoutEffect),
    ("database_api_version", Fate::WithoutEffect),
    ("disable_vendor_agent", Fate::WithoutEffect),
    ("floating_ip_source", Fate::WithoutEffect),
    ("force_ipv4", Fate::Unheeded),
    // The sandbox tells it, for whoever logs in to a guest.
    ("guest_ssh_port", Fate::WithoutEffect),
    ("image_api_use_tasks", Fate::WithoutEffect),
    ("image_format", Fate::WithoutEffect),
    ("message", Fate::WithoutEffect),
    ("metrics", Fate::WithoutEffect),
    ("name", Fate::WithoutEffect),
    ("nat_destination", Fate::WithoutEffect),
    ("nat_source", Fate::WithoutEffect),
    ("networks", Fate::WithoutEffect),
    ("external_network", Fate::WithoutEffect),
    ("internal_network", Fate::WithoutEffect),
    ("password_hash", Fate::WithoutEffect),
    ("prefer_ipv6", Fate::Unheeded),
    ("private", Fate::WithoutEffect),
    ("requires_floating_ip", Fate::WithoutEffect),
    ("secgroup_source", Fate::WithoutEffect),
    ("status", Fate::WithoutEffect),
    ("use_direct_get", Fate::WithoutEffect),
    ("vendor_hook", Fate::WithoutEffect),
];

/// The keys of one service, behind its type: `compute_endpoint_override`.
pub(super) const SERVICE: &[(&str, Fate)] = &[
    ("endpoint_override", Fate::Honoured),
    ("endpoint", Fate::Honoured),
    ("interface", Fate::Honoured),
    ("endpoint_type", Fate::Honoured),
    ("region_name", Fate::Honoured),
    ("service_type", Fate::Refused),
    ("service_name", Fate::Refused),
    ("api_version", Fate::WithoutEffect),
    ("default_microversion", Fate::Unheeded),
    ("min_version", Fate::Unheeded),
    ("max_version", Fate::Unheeded),
    ("status_code_retries", Fate::Unheeded),
    ("connect_retries", Fate::Unheeded),
    ("retriable_status_codes", Fate::Unheeded),
    ("concurrency", Fate::WithoutEffect),
];

/// Every key that the SDK gives a meaning: where it stands (`auth`, a cloud, or behind a service's type), and what becomes of it.
pub fn known_keys() -> impl Iterator<Item = (Place, &'static str, Fate)> {
    let of = |place: Place, table: &'static [(&'static str, Fate)]| {
        table.iter().map(move |(key, fate)| (place, *key, *fate))
    };
    of(Place::Auth, AUTH).chain(of(Place::Cloud, CLOUD)).chain(of(Place::Service, SERVICE))
}

/// What becomes of a key of `auth`.
pub(super) fn of_auth(key: &str) -> Option<Fate> {
    find(AUTH, key)
}

/// What becomes of a key of a cloud, beside those of `auth`.
pub(super) fn of_cloud(key: &str) -> Option<Fate> {
    find(CLOUD, key).or_else(|| of_service(key).map(|(_, _, fate)| fate))
}

/// The service, what about it, and what becomes of the key.
pub(super) fn of_service(key: &str) -> Option<(&str, &'static str, Fate)> {
    parts(key).filter(|(service, _, _)| service_types::is_known(service))
}

/// The key that is probably meant by one that begins with what is no service type.
pub(super) fn meant_by(key: &str) -> Option<String> {
    let (service, about, _) = parts(key)?;
    service_types::meant_by(service).map(|service| format!("{service}_{about}"))
}

fn parts(key: &str) -> Option<(&str, &'static str, Fate)> {
    let fits = SERVICE.iter().filter_map(|(suffix, fate)| {
        let service = key.strip_suffix(suffix)?.strip_suffix('_')?;
        (!service.is_empty()).then_some((service, *suffix, *fate))
    });
    // The longest suffix is meant: an endpoint_type is no type.
    fits.max_by_key(|(_, suffix, _)| suffix.len())
}

fn find(table: &[(&str, Fate)], key: &str) -> Option<Fate> {
    table.iter().find(|(known, _)| *known == key).map(|(_, fate)| *fate)
}
