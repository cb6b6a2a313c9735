// SPDX-License-Identifier: Apache-2.0
//! A look at a cloud: what it offers, and what is missing for which case.

use functest_core::event::CloudIdentity;
use functest_core::exit_code;
use functest_core::need::Requirement;
use functest_core::provider::Providers;
use functest_openstack::Connection;
use functest_openstack::connect::ConnectionOptions;
use functest_openstack::inspect::CloudReport;
use functest_runner::{EventChannel, PlannedCase};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::OpenStackVerbs;
use crate::error::Error;
use crate::noun::run::{RunRequest, cloud_offers};
use crate::noun::sandbox::SandboxRequest;
use crate::noun::sut::SutRequest;

/// Which cloud is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CheckRequest {
    /// A name in `clouds.yaml`, or the path of an openrc file; left out, it is that of `OS_CLOUD` or of the `OS_*` variables.
    pub cloud: Option<String>,
    /// What the sandbox is like, where `cloud` is one.
    pub sandbox: SandboxRequest,
    /// Settings of the run, each as `run.KEY=VALUE`.
    pub set: Vec<String>,
}

/// What a cloud offers, and what is missing for which case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CaseReadiness {
    /// The case's name.
    pub case_name: String,
    /// Without this it is skipped.
    pub missing: Vec<String>,
    /// Without this some of its checks are skipped.
    pub missing_for_some_checks: Vec<String>,
}

impl CheckRequest {
    /// The whole catalogue on that cloud: which of its cases could run is part of the answer.
    fn as_run(&self) -> RunRequest {
        RunRequest {
            cloud: self.cloud.clone(),
            sandbox: self.sandbox.clone(),
            set: self.set.clone(),
            ..RunRequest::default()
        }
    }
}

impl CheckReport {
    /// What a process that looked ends with: whether every service that the cloud lists can be used.
    pub fn exit_code(&self) -> u8 {
        let healthy = self.report.services.iter().all(|service| service.problem.is_none());
        if healthy { exit_code::OK } else { exit_code::NOT_PASSED }
    }
}

impl OpenStackVerbs<'_> {
    /// Connects to the cloud that `request` names, and looks at it. Nothing is made.
    ///
    /// # Errors
    /// When the cloud is not described, refuses, or does not answer.
    pub async fn check(&self, request: &CheckRequest) -> Result<CheckReport, Error> {
        let functest = self.functest;
        let plan = functest.plan(&request.as_run())?;
        let chosen =
            functest.choose_cloud(plan.request.cloud.as_deref(), &request.sandbox).await?.ok_or(Error::NoCloud)?;
        let events = EventChannel::default();
        let options = ConnectionOptions { policy: plan.run_settings.policy(), events: events.emitter.clone() };
        let connection = Connection::open(&chosen.config, options).await?;
        let report = connection.inspect().await?;
        let (cloud, notices) = (connection.identity.clone(), connection.notices.clone());
        let (sut, _) = functest.sut_for_run(&SutRequest::default(), false).await?;
        let providers = cloud_offers(functest, connection, sut.as_ref()).await?;
        let mut cases = Vec::new();
        for case in plan.tiers.iter().flat_map(|tier| &tier.cases) {
            cases.push(readiness(case, &providers, &report).await);
        }
        Ok(CheckReport { version: 1, cloud, notices, report, cases })
    }
}

async fn readiness(case: &PlannedCase, providers: &Providers, cloud: &CloudReport) -> CaseReadiness {
    CaseReadiness {
        case_name: case.name.clone(),
        missing: missing(providers, cloud, &case.needs.requires).await,
        missing_for_some_checks: missing(providers, cloud, &case.needs.wishes).await,
    }
}

/// What of this is not there, or is there and cannot be used.
async fn missing(providers: &Providers, cloud: &CloudReport, requirements: &[Requirement]) -> Vec<String> {
    let lacks = providers.lacks(requirements).await;
    let out_of_order = requirements.iter().filter(|requirement| match requirement {
        Requirement::Service { service } | Requirement::Extension { service, .. } => {
            cloud.problem_of(*service).is_some()
        }
        _ => false,
    });
    let out_of_order = out_of_order.filter(|requirement| lacks.iter().all(|lack| lack.requirement != **requirement));
    let words = lacks.iter().map(|lack| lack.requirement.to_string());
    words.chain(out_of_order.map(|requirement| format!("{requirement} in working order"))).collect()
}
