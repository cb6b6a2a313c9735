// SPDX-License-Identifier: Apache-2.0
//! What a user asks to run. All of it is written into the head of the run, so that the run can be repeated from its record.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use functest_core::record::RunRecord;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::secret;
use crate::error::Error;
use crate::noun::sandbox::SandboxRequest;
use crate::noun::sut::SutRequest;

/// What to run, where, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RunRequest {
    /// Cases and tiers by name; none is the whole catalogue.
    pub names: Vec<String>,
    /// A `testcases.yaml` of any generation; left out, it is functest's own.
    pub catalogue: Option<PathBuf>,
    /// A name in `clouds.yaml`, or the path of an openrc file; left out, it is that of `OS_CLOUD` or of the `OS_*` variables.
    pub cloud: Option<String>,
    /// What the sandbox is like, where `cloud` is one.
    pub sandbox: SandboxRequest,
    /// The installer; left out, it is that of `INSTALLER_TYPE`.
    pub installer: Option<String>,
    /// The scenario; left out, it is that of `DEPLOY_SCENARIO`.
    pub scenario: Option<String>,
    /// Globs of cases and tiers that are left out.
    pub exclude: Vec<String>,
    /// A regular expression over the names of checks: only those are made.
    pub scope: Option<String>,
    /// How many cases may run at a time; 1 runs them in the published order. Left out, it is 4.
    pub jobs: Option<NonZeroUsize>,
    /// Settings, each as `CASE.KEY=VALUE`.
    pub set: Vec<String>,
    /// A settings file.
    pub settings: Option<PathBuf>,
    /// The folder of this very run; left out, one is made in the state folder.
    pub run_dir: Option<PathBuf>,
    /// How the system under test is reached, where its installer is to be asked, or cases need its nodes.
    pub sut: SutRequest,
    /// Take the cloud's credentials from the installer.
    pub fetch_credentials: bool,
    /// Collect the logs of all nodes into the run folder when a case does not pass.
    pub collect_logs: bool,
    /// The command line that this was made of, for whoever reads the record; empty where there was none.
    pub command: Vec<String>,
}

impl RunRequest {
    /// How many cases may run at a time.
    pub(crate) fn at_a_time(&self) -> usize {
        self.jobs.map_or(4, NonZeroUsize::get)
    }

    /// The facts that are given, by the variables that carry them.
    pub(crate) fn facts(&self) -> Vec<(String, String)> {
        let pairs = [("INSTALLER_TYPE", &self.installer), ("DEPLOY_SCENARIO", &self.scenario)];
        let is_said = |value: &String| !value.is_empty();
        let said = |(name, value): (&str, &Option<String>)| Some((name.to_owned(), value.clone().filter(is_said)?));
        pairs.into_iter().filter_map(said).collect()
    }

    /// The document that the head of a run holds: with paths that mean the same from everywhere, with what the sandbox was like
    /// that it ran on, and without secrets.
    pub(super) fn to_record(&self, sandbox: Option<&SandboxRequest>, typed: &secret::Typed) -> Value {
        let mut kept = self.clone();
        kept.sandbox = sandbox.unwrap_or(&kept.sandbox).clone();
        for path in [&mut kept.catalogue, &mut kept.settings, &mut kept.sandbox.faults, &mut kept.sut.file] {
            *path = path.as_deref().map(absolute);
        }
        for path in [&mut kept.sut.key_file, &mut kept.sut.inventory, &mut kept.sut.known_hosts] {
            *path = path.as_deref().map(absolute);
        }
        kept.sut.node_key_file = kept.sut.node_key_file.as_deref().map(absolute);
        kept.set = kept.set.iter().map(|setting| typed.hide_in_setting(setting)).collect();
        // It stands beside the request.
        kept.command = Vec::new();
        serde_json::to_value(kept).unwrap_or_default()
    }

    /// The request of a run, to be made again. It gets a folder of its own.
    ///
    /// # Errors
    /// When the run does not say what was asked of it, or what was asked had a secret in it, which no record holds.
    pub(super) fn of_record(record: &RunRecord) -> Result<Self, Error> {
        let run = record.head.run_id.clone();
        let refused = |reason: String| Error::NotRepeatable { run: run.clone(), reason };
        let Some(request) = record.head.request.clone() else {
            return Err(refused(format!("functest {} did not write down what it was asked", record.head.functest)));
        };
        let request: Self = serde_json::from_value(request).map_err(|error| refused(error.to_string()))?;
        if let Some(hidden) = request.set.iter().find(|setting| secret::is_hidden(setting)) {
            return Err(refused(format!("its setting `{hidden}` was a secret, which no record holds")));
        }
        Ok(Self { run_dir: None, ..request })
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use functest_core::event::{Event, EventBody, RunHead};
    use functest_core::record::Fold;

    use super::*;

    fn record(request: Option<Value>) -> RunRecord {
        let head = RunHead { run_id: "r".into(), functest: "0.1.0".into(), request, ..RunHead::default() };
        let body = EventBody::RunStarted(Box::new(head));
        Fold::begin(&Event { v: 2, seq: 0, at: chrono::Utc::now(), body }).unwrap().record()
    }

    #[test]
    fn a_request_comes_back_from_a_record() {
        let request = RunRequest {
            names: vec!["healthcheck".into()],
            catalogue: Some("testcases.yaml".into()),
            cloud: Some("sandbox".into()),
            run_dir: Some("here".into()),
            set: vec!["api_check.image=cirros".into()],
            command: vec!["functest".into(), "run".into()],
            ..RunRequest::default()
        };
        let sandbox = SandboxRequest { seed: Some(7), ..SandboxRequest::default() };
        let again =
            RunRequest::of_record(&record(Some(request.to_record(Some(&sandbox), &Default::default())))).unwrap();
        assert_eq!((again.names, again.set, again.cloud), (request.names, request.set, request.cloud));
        assert_eq!((again.sandbox.seed, again.run_dir, again.command.len()), (Some(7), None, 0));
        assert!(again.catalogue.unwrap().is_absolute());
    }

    #[test]
    fn what_cannot_be_repeated_says_why() {
        let refused = |request| RunRequest::of_record(&record(request)).unwrap_err().to_string();
        assert!(refused(None).contains("did not write down what it was asked"));
        let secret = RunRequest { set: vec!["script.api_password=swordfish".into()], ..RunRequest::default() };
        let document = secret.to_record(None, &Default::default());
        assert!(!document.to_string().contains("swordfish"));
        assert!(refused(Some(document)).contains("`script.api_password=(hidden)` was a secret"));
        assert!(refused(Some(serde_json::json!({"nmes": []}))).contains("unknown field `nmes`"));
    }
}
