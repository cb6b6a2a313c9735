// SPDX-License-Identifier: Apache-2.0
//! Settings of the run itself, and the one that every case has. They are set like a case's: `--set run.KEY=VALUE`.

use std::time::Duration;

use functest_core::settings::{CaseSettings, Seconds, SettingsSpec};
use functest_openstack::Service;
use functest_openstack::rest::Policy;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The name under which the run's settings are set, as if it were a case.
pub(crate) const RUN: &str = "run";

/// The key that every case has.
pub(crate) const CASE_DEADLINE: &str = "case_deadline";

/// Settings of the run itself.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RunSettings {
    /// Multiplies every deadline: 2 for a slow cloud. Above 0, at most 1000.
    pub deadline_factor: f64,
    /// For connecting to a service, in seconds.
    pub connect_deadline: Seconds,
    /// For one request, its answer included, in seconds.
    pub request_deadline: Seconds,
    /// For how long a request that was given up may still take effect, held by a proxy or a service, in seconds. What
    /// it may have made is looked for until then.
    pub late_deadline: Seconds,
    /// For how long deleting is tried again after a case, in seconds. What the cloud forbids is tried a few times only.
    pub clean_deadline: Seconds,
    /// For one thing that is deleted to be gone, in seconds. A clean-up gives a service up that says nothing at all for a
    /// third of it.
    pub delete_deadline: Seconds,
    /// Types of services that the cloud must have, such as `orchestration`: checks that need one of them fail without it,
    /// where they would be skipped.
    pub required_services: Vec<String>,
    /// The role of users that are made for cases, in place of `member` or `_member_`.
    pub new_user_role: Option<String>,
    /// Whether cases work in the project that the credential names, one at a time, though it is an administrator's, who could
    /// make a project for each.
    pub given_project: bool,
    /// How often a case that does not pass is tried in all, from 1 to 100. One that passes only when it is tried again is flaky.
    pub attempts: u32,
}

impl Default for RunSettings {
    fn default() -> Self {
        Self {
            deadline_factor: 1.0,
            connect_deadline: Seconds(10.0),
            request_deadline: Seconds(60.0),
            late_deadline: Seconds(90.0),
            clean_deadline: Seconds(300.0),
            delete_deadline: Seconds(120.0),
            required_services: Vec::new(),
            new_user_role: None,
            given_project: false,
            attempts: 1,
        }
    }
}

impl CaseSettings for RunSettings {
    const ENVIRONMENT: &'static [(&'static str, &'static str)] =
        &[("deadline_factor", "FUNCTEST_DEADLINE_FACTOR"), ("new_user_role", "NEW_USER_ROLE")];

    fn problem(&self) -> Option<(&'static str, String)> {
        if !(self.deadline_factor > 0.0 && self.deadline_factor <= 1000.0) {
            return Some(("deadline_factor", format!("{} is not above 0 and at most 1000", self.deadline_factor)));
        }
        if !(1..=100).contains(&self.attempts) {
            return Some(("attempts", format!("{} is not a number from 1 to 100", self.attempts)));
        }
        let unknown = self.required_services.iter().find(|name| Service::from_name(name).is_none())?;
        let known: Vec<&str> = Service::ALL.iter().map(|service| service.name()).collect();
        Some(("required_services", format!("`{unknown}` is not a service type; known: {}", known.join(", "))))
    }
}

impl RunSettings {
    pub(crate) fn policy(&self) -> Policy {
        let required_services = self.required_services.iter().filter_map(|name| Service::from_name(name)).collect();
        let (connect, request) = (self.connect_deadline.into(), self.request_deadline.into());
        let deletion = self.delete_deadline.into();
        Policy { connect, request, deletion, required_services, ..Policy::default() }.scaled(self.deadline_factor)
    }

    /// For how long after its intent a request may still take effect.
    pub(crate) fn settle(&self) -> Duration {
        self.policy().request + self.scaled(self.late_deadline)
    }

    pub(crate) fn scaled(&self, deadline: Seconds) -> Duration {
        Duration::from(deadline).mul_f64(self.deadline_factor)
    }
}

/// After how long a case is ended of which nobody says anything else, in seconds.
const USUAL_DEADLINE: Duration = Duration::from_secs(1800);

/// What a case can be set to: its own keys, and the one that every case has.
pub(crate) fn with_deadline(mut spec: SettingsSpec) -> SettingsSpec {
    let deadline = spec.deadline.unwrap_or(USUAL_DEADLINE).as_secs_f64();
    spec.defaults.entry(CASE_DEADLINE).or_insert(json!(deadline));
    spec
}
