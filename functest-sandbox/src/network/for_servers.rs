// SPDX-License-Identifier: Apache-2.0
//! Stand-in until the network service is merged.
#![allow(unused_variables)]
use crate::api::{ApiError, Call, Document};
use crate::cloud::Cloud;
pub(crate) fn create_port(cloud: &mut Cloud, project_id: &str, request: Document) -> Result<Document, ApiError> {
    Err(ApiError::not_found(""))
}
pub(crate) fn port<'c>(cloud: &'c Cloud, id: &str) -> Option<&'c Document> {
    None
}
pub(crate) fn attach_port(cloud: &mut Cloud, port_id: &str, server_id: &str, zone: &str, host: &str) {}
pub(crate) fn detach_port(cloud: &mut Cloud, port_id: &str) {}
pub(crate) fn delete_port(cloud: &mut Cloud, port_id: &str) {}
pub(crate) fn ports_of_device(cloud: &Cloud, device_id: &str) -> Vec<Document> {
    Vec::new()
}
pub(crate) fn networks_of(cloud: &Cloud, project_id: &str) -> Vec<Document> {
    Vec::new()
}
pub(crate) fn security_group_named(cloud: &Cloud, project_id: &str, name: &str) -> Option<Document> {
    None
}
pub(crate) fn security_group(cloud: &Cloud, id: &str) -> Option<Document> {
    None
}
pub(crate) fn floating_ips_of_port(cloud: &Cloud, port_id: &str) -> Vec<Document> {
    Vec::new()
}
pub(crate) fn may_use_network(cloud: &Cloud, call: &Call, id: &str) -> bool {
    false
}
pub(crate) fn network_name(cloud: &Cloud, id: &str) -> String {
    String::new()
}
pub(crate) fn floating_ip_at(cloud: &Cloud, address: std::net::IpAddr) -> Option<Document> {
    None
}
