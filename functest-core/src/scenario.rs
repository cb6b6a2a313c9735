// SPDX-License-Identifier: Apache-2.0
//! A scenario: what was deployed, as its name says it.

use std::fmt::{self, Debug};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What was deployed on the pod. OPNFV names are `os-<controller>-<features>-<ha|noha>`.
pub trait Scenario: Debug + Send + Sync {
    /// The whole name; conditions of catalogues are searched for in it.
    fn name(&self) -> &str;

    /// The SDN controller, such as `odl_l2`; `None` for `nosdn` or a name of another form.
    fn controller(&self) -> Option<&str> {
        let mut parts = self.name().split('-');
        (parts.next() == Some("os")).then(|| parts.next()).flatten().filter(|part| *part != "nosdn")
    }

    /// The features, such as `["ovs", "dpdk"]`; empty for `nofeature` or a name of another form.
    fn features(&self) -> Vec<&str> {
        let feature = self.name().split('-').nth(2).filter(|part| !["nofeature", "ha", "noha"].contains(part));
        feature.map(|part| part.split('_').collect()).unwrap_or_default()
    }

    /// Whether the control plane is redundant; `None` when the name does not say.
    fn high_availability(&self) -> Option<bool> {
        match self.name().rsplit('-').next() {
            Some("ha") => Some(true),
            Some("noha") => Some(false),
            _ => None,
        }
    }
}

/// A scenario of which nothing is known but its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ScenarioName(pub String);

impl Scenario for ScenarioName {
    fn name(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ScenarioName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_was_deployed() {
        let scenario = ScenarioName("os-odl_l2-ovs_dpdk-noha".into());
        assert_eq!(scenario.controller(), Some("odl_l2"));
        assert_eq!(scenario.features(), ["ovs", "dpdk"]);
        assert_eq!(scenario.high_availability(), Some(false));
        let plain = ScenarioName("os-nosdn-nofeature-ha".into());
        assert_eq!((plain.controller(), plain.features().len(), plain.high_availability()), (None, 0, Some(true)));
        assert_eq!(ScenarioName("mine".into()).controller(), None);
    }
}
