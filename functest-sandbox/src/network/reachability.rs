// SPDX-License-Identifier: Apache-2.0
//! Stand-in until the network service is merged.
#![allow(unused_variables)]
use crate::cloud::Cloud;
use std::net::IpAddr;
pub(crate) enum Source {
    External(IpAddr),
    Port(String),
}
pub(crate) fn may_receive(cloud: &Cloud, port_id: &str, protocol: &str, port: Option<u16>, from: &Source) -> bool {
    true
}
pub(crate) fn floating_target(cloud: &Cloud, floating_ip_id: &str) -> Option<String> {
    None
}
pub(crate) fn path(cloud: &Cloud, from: &str, to: IpAddr) -> Option<String> {
    None
}
pub(crate) fn dhcp_answer(cloud: &Cloud, port_id: &str) -> Option<(IpAddr, IpAddr, u8)> {
    None
}
