// SPDX-License-Identifier: Apache-2.0
//! Under which project Danube pushed a case's results: its catalogue does not say, its classes did.

/// Cases of other projects than Functest itself.
const PROJECTS: [(&str, &str); 11] = [
    ("promise", "promise"),
    ("doctor", "doctor"),
    ("bgpvpn", "sdnvpn"),
    ("security_scan", "securityscanning"),
    ("odl-sfc", "sfc"),
    ("parser", "parser"),
    ("domino", "domino"),
    ("netready", "netready"),
    ("barometer", "barometer"),
    ("copper", "copper"),
    ("moon", "moon"),
];

pub(super) fn project_of(case_name: &str) -> &'static str {
    PROJECTS.iter().find(|(case, _)| *case == case_name).map_or("functest", |(_, project)| project)
}
