// SPDX-License-Identifier: Apache-2.0
//! What a user asks for.

use std::path::PathBuf;

use functest_installers::Sut;

use crate::noun::sandbox::SandboxRequest;

/// What to run, where, and how.
#[derive(Clone, Debug, Default)]
pub struct RunRequest {
    /// Cases and tiers by name; none is the whole catalogue.
    pub names: Vec<String>,
    /// A `testcases.yaml` of any generation; `None` is functest's own catalogue.
    pub catalogue: Option<PathBuf>,
    /// A name in `clouds.yaml`, or the path of an openrc file; `None` takes `OS_CLOUD` or the `OS_*` variables.
    pub cloud: Option<String>,
    /// What the sandbox is like, where `cloud` is one.
    pub sandbox: SandboxRequest,
    /// The installer; `None` takes `INSTALLER_TYPE`.
    pub installer: Option<String>,
    /// The scenario; `None` takes `DEPLOY_SCENARIO`.
    pub scenario: Option<String>,
    /// Globs of cases and tiers that are left out.
    pub exclude: Vec<String>,
    /// A regular expression over the names of checks: only those are made.
    pub scope: Option<String>,
    /// How many cases may run at a time; 1 runs them in the published order. `None` is 4.
    pub jobs: Option<usize>,
    /// Settings, each as `CASE.KEY=VALUE`.
    pub set: Vec<String>,
    /// A settings file.
    pub settings: Option<PathBuf>,
    /// The folder of this very run; `None` makes one in the state folder.
    pub run_dir: Option<PathBuf>,
    /// The system under test, where its installer is to be asked.
    pub sut: Option<Sut>,
    /// What the installer has told, by the variables that carry it; see [`RunVerbs::ask_installer`].
    ///
    /// [`RunVerbs::ask_installer`]: crate::RunVerbs::ask_installer
    pub told: Vec<(String, String)>,
    /// Take the cloud's credentials from the installer.
    pub fetch_credentials: bool,
    /// Collect the logs of all nodes into the run folder when a case does not pass.
    pub collect_logs: bool,
}

impl RunRequest {
    /// How many cases may run at a time.
    pub(crate) fn places(&self) -> usize {
        self.jobs.unwrap_or(4).max(1)
    }

    /// The facts that are given, by the variables that carry them.
    pub(crate) fn facts(&self) -> Vec<(String, String)> {
        let pairs = [("INSTALLER_TYPE", &self.installer), ("DEPLOY_SCENARIO", &self.scenario)];
        pairs.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?))).collect()
    }
}
