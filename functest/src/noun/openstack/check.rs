// SPDX-License-Identifier: Apache-2.0
//! A look at a cloud: what it offers, and what is missing for which case.

use functest_core::case::Needs;
use functest_core::event::CloudIdentity;
use functest_openstack::connect::ConnectionOptions;
use functest_openstack::inspect::CloudReport;
use functest_openstack::{Connection, Service};
use functest_runner::EventChannel;
use serde::{Deserialize, Serialize};

use crate::embed::Functest;
use crate::error::Error;
use crate::noun::run::RunRequest;

/// What a cloud offers, and what is missing for which case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckReport {
    /// The version of this document's form.
    pub version: u32,
    /// Which cloud.
    pub cloud: CloudIdentity,
    /// What a user must be told, such as that TLS certificates are not verified.
    pub notices: Vec<String>,
    /// What it offers, and to whom.
    #[serde(flatten)]
    pub report: CloudReport,
    /// Every case of the catalogue that functest implements.
    pub cases: Vec<CaseReadiness>,
}

/// Whether a case can run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseReadiness {
    /// The case's name.
    pub case_name: String,
    /// Without this it is skipped.
    pub missing: Vec<String>,
    /// Without this some of its checks are skipped.
    pub missing_for_some_checks: Vec<String>,
}

impl Functest {
    /// Connects to the cloud that `request` names, and looks at it. Nothing is made.
    ///
    /// # Errors
    /// When the cloud is not described, refuses, or does not answer.
    pub(crate) async fn check(&self, request: &RunRequest) -> Result<CheckReport, Error> {
        let plan = self.plan(request)?;
        let chosen = self.choose_cloud(request.cloud.as_deref(), &request.sandbox).await?.ok_or(Error::NoCloud)?;
        let events = EventChannel::default();
        let options = ConnectionOptions { policy: plan.run_settings.policy(), events: events.emitter.clone() };
        let connection = Connection::open(&chosen.config, options).await?;
        let report = connection.inspect().await?;
        let usable: Vec<Service> = report
            .services
            .iter()
            .filter(|service| service.url.is_some() && service.problem.is_none())
            .filter_map(|service| Service::from_name(&service.service_type))
            .collect();
        let cases = plan.tiers.iter().flat_map(|tier| &tier.cases);
        let cases = cases.map(|case| readiness(&case.name, &case.needs, &usable, connection.is_admin)).collect();
        let (cloud, notices) = (connection.identity, connection.notices);
        Ok(CheckReport { version: 1, cloud, notices, report, cases })
    }
}

fn readiness(case_name: &str, needs: &Needs, usable: &[Service], is_admin: bool) -> CaseReadiness {
    let lacking = |names: &[&str]| -> Vec<String> {
        let unusable = |name: &&&str| !Service::from_name(name).is_some_and(|service| usable.contains(&service));
        names.iter().filter(unusable).map(|name| format!("the {name} service")).collect()
    };
    let mut missing = lacking(&needs.services);
    if needs.admin && !is_admin {
        missing.push("an administrator's credential".into());
    }
    let mut missing_for_some_checks = lacking(&needs.optional_services);
    if needs.optional_admin && !is_admin {
        missing_for_some_checks.push("an administrator's credential".into());
    }
    CaseReadiness { case_name: case_name.to_owned(), missing, missing_for_some_checks }
}
