// SPDX-License-Identifier: Apache-2.0
//! The detection matrix: which case notices that a cloud is broken in which way.
//!
//! Each case runs on a sandbox that answers 200 and lies in one way. A fault is detected by the checks that pass on a
//! healthy sandbox and do not on the broken one, and by what the clean-up could not delete.

use std::collections::{BTreeMap, BTreeSet};

use functest_core::record::{CaseRecord, RunRecord};
use functest_core::verdict::CheckOutcome;
use functest_sandbox::Lie;
use futures::{StreamExt, TryStreamExt};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SandboxVerbs;
use crate::embed::Functest;
use crate::error::Error;
use crate::noun::openstack::SANDBOX;
use crate::noun::run::RunRequest;
use crate::noun::sandbox::SandboxRequest;
use crate::state::StateFolder;

/// Which case detects what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Matrix {
    /// The version of this document's form.
    pub version: u32,
    /// Every way of being broken.
    pub faults: Vec<FaultRow>,
}

/// Who detects one fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FaultRow {
    /// The fault, as it is written for a sandbox.
    pub fault: String,
    /// The cases that detect it; none is work to do on the cases.
    pub detections: Vec<Detection>,
}

/// How a case detects a fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Detection {
    /// The case.
    pub case_name: String,
    /// The checks that do not hold there.
    pub checks: Vec<String>,
}

/// What stands for the clean-up among a case's checks, and for the case itself.
const CLEAN_UP: &str = "(clean-up)";
const CASE: &str = "(case)";

/// Deadlines are for real clouds: a sandbox does at once what it does at all. Only for its answers it has its time, on a
/// machine that may be busy.
const SETTINGS: [&str; 3] = ["run.deadline_factor=0.03", "run.request_deadline=1000", "run.connect_deadline=500"];

/// How many broken clouds there are at a time: most of what is tried on them is waiting in vain.
const AT_A_TIME: usize = 4;

/// What went wrong, by case.
type Troubles = BTreeMap<String, BTreeSet<String>>;

/// What is tried on broken sandboxes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MatrixRequest {
    /// Cases and tiers by name; none is the whole catalogue.
    pub names: Vec<String>,
}

impl SandboxVerbs<'_> {
    /// Runs cases on sandboxes that are broken in one way each. `progress` is told the fault before its run.
    ///
    /// # Errors
    /// When nothing is selected, or a run cannot be started.
    pub async fn matrix(
        &self,
        request: &MatrixRequest,
        progress: &(dyn Fn(&str) + Send + Sync),
    ) -> Result<Matrix, Error> {
        self.functest.detection_matrix(&request.names, progress).await
    }
}

impl Functest {
    /// Runs cases on sandboxes that are broken in one way each. `progress` is told the fault before its run.
    ///
    /// # Errors
    /// When nothing is selected, or a run cannot be started.
    pub(crate) async fn detection_matrix(
        &self,
        names: &[String],
        progress: &(dyn Fn(&str) + Send + Sync),
    ) -> Result<Matrix, Error> {
        progress("no fault");
        let healthy = self.run_on_sandbox(names, None).await?;
        let healthy: Troubles =
            healthy.cases.iter().map(|case| (case.choice.case_name.clone(), troubles(case))).collect();
        let rows = futures::stream::iter(faults_to_try()).map(|fault| {
            progress(&fault);
            self.try_fault(names, fault, &healthy)
        });
        Ok(Matrix { version: 1, faults: rows.buffered(AT_A_TIME).try_collect().await? })
    }

    /// Who detects one fault, that did not complain of a healthy cloud.
    async fn try_fault(&self, names: &[String], fault: String, healthy: &Troubles) -> Result<FaultRow, Error> {
        let record = self.run_on_sandbox(names, Some(&fault)).await?;
        let detection = |case: &CaseRecord| {
            let name = &case.choice.case_name;
            let mut checks = troubles(case);
            checks.retain(|trouble| healthy.get(name).is_none_or(|before| !before.contains(trouble)));
            (!checks.is_empty()).then(|| Detection { case_name: name.clone(), checks: checks.into_iter().collect() })
        };
        Ok(FaultRow { detections: record.cases.iter().filter_map(detection).collect(), fault })
    }

    async fn run_on_sandbox(&self, names: &[String], fault: Option<&str>) -> Result<RunRecord, Error> {
        let folder = std::env::temp_dir().join(format!("functest-matrix-{}", uuid::Uuid::new_v4().simple()));
        let functest = self.clone().with_state(StateFolder::new(&folder));
        let request = RunRequest {
            names: names.to_vec(),
            cloud: Some(SANDBOX.to_owned()),
            sandbox: SandboxRequest {
                seed: Some(1),
                fault: fault.map(str::to_owned).into_iter().collect(),
                ..Default::default()
            },
            set: SETTINGS.map(str::to_owned).to_vec(),
            ..RunRequest::default()
        };
        let outcome = async { functest.plan(&request)?.start(Vec::new()).await?.join().await }.await;
        // Nobody asks for these runs again.
        let _ = std::fs::remove_dir_all(&folder);
        Ok(outcome?.record)
    }
}

fn faults_to_try() -> Vec<String> {
    let lies = Lie::ALL.iter().map(|lie| {
        let word = serde_json::to_value(lie).ok();
        word.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
    });
    lies.chain(["phantom_service service=orchestration".to_owned()]).collect()
}

/// What went wrong in a case, by name.
fn troubles(case: &CaseRecord) -> BTreeSet<String> {
    let bad = |outcome: &CheckOutcome| matches!(outcome, CheckOutcome::Failed(_) | CheckOutcome::Errored(_));
    let mut all: BTreeSet<String> =
        case.checks.iter().filter(|check| bad(&check.outcome)).map(|check| check.name.clone()).collect();
    if !case.clean_up.left.is_empty() {
        all.insert(CLEAN_UP.to_owned());
    }
    let passed = case.verdict.as_ref().is_none_or(|verdict| matches!(verdict.word(), "passed" | "skipped" | "not run"));
    if all.is_empty() && !passed {
        all.insert(CASE.to_owned());
    }
    all
}
