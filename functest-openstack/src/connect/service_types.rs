// SPDX-License-Identifier: Apache-2.0
//! The service types that keys of a cloud may begin with: the official ones and their aliases, as the service types authority
//! lists them (<https://service-types.openstack.org/service-types.json>).

use functest_core::suggest;

/// Official types and aliases.
const TYPES: &[&str] = &[
    "accelerator",
    "admin-logic",
    "alarm",
    "alarming",
    "application-catalog",
    "application-container",
    "application-deployment",
    "backup",
    "bare-metal",
    "baremetal",
    "baremetal-introspection",
    "block-storage",
    "block-store",
    "cluster",
    "clustering",
    "compute",
    "container",
    "container-infra",
    "container-infrastructure",
    "container-infrastructure-management",
    "data-processing",
    "data-protection-orchestration",
    "database",
    "dns",
    "ec2-api",
    "event",
    "events",
    "function-engine",
    "ha",
    "identity",
    "image",
    "infra-optim",
    "instance-ha",
    "key-manager",
    "load-balancer",
    "log-management",
    "message",
    "messaging",
    "meter",
    "metering",
    "monitoring",
    "monitoring-events",
    "monitoring-log-api",
    "monitoring-logging",
    "multi-region-network-automation",
    "network",
    "nfv-orchestration",
    "object-store",
    "operator-policy",
    "orchestration",
    "placement",
    "policy",
    "rating",
    "rca",
    "registration",
    "reservation",
    "resource-cluster",
    "resource-optimization",
    "root-cause-analysis",
    "search",
    "share",
    "shared-file-system",
    "sharev2",
    "telemetry",
    "tricircle",
    "volume",
    "volumev2",
    "volumev3",
    "workflow",
    "workflowv2",
];

/// Services whose projects' names are often taken for their types.
const PROJECTS: [(&str, &str); 12] = [
    ("barbican", "key-manager"),
    ("cinder", "block-storage"),
    ("designate", "dns"),
    ("glance", "image"),
    ("heat", "orchestration"),
    ("ironic", "baremetal"),
    ("keystone", "identity"),
    ("manila", "shared-file-system"),
    ("neutron", "network"),
    ("nova", "compute"),
    ("octavia", "load-balancer"),
    ("swift", "object-store"),
];

/// Whether `name`, as it stands in a key, is a service type.
pub(super) fn is_known(name: &str) -> bool {
    TYPES.contains(&name.replace('_', "-").as_str())
}

/// The type that is probably meant by `name`, as it stands in a key.
pub(super) fn meant_by(name: &str) -> Option<String> {
    let written = name.replace('_', "-");
    let of_project = PROJECTS.iter().find(|(project, _)| *project == written).map(|(_, service_type)| *service_type);
    of_project.or_else(|| suggest::nearest(&written, TYPES.iter().copied())).map(|found| found.replace('-', "_"))
}
