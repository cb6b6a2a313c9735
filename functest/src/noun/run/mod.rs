// SPDX-License-Identifier: Apache-2.0
//! `run`: test cases against a cloud.

mod installer;
mod no_cloud;
mod plan;
mod planner;
mod providers;
mod request;
mod secret;
mod settings;
mod start;

pub use self::plan::Plan;
pub(crate) use self::providers::cloud_offers;
pub use self::request::RunRequest;
pub(crate) use self::secret::hide_in_value;
pub use self::settings::RunSettings;
pub(crate) use self::settings::with_deadline;
pub use self::start::{RunHandle, RunSummary};

use crate::embed::Functest;
use crate::error::Error;

/// What can be done about runs; see [`Functest::run`].
#[derive(Clone, Copy)]
pub struct RunVerbs<'a> {
    functest: &'a Functest,
}

impl Functest {
    /// Runs of test cases.
    pub fn run(&self) -> RunVerbs<'_> {
        RunVerbs { functest: self }
    }
}

impl RunVerbs<'_> {
    /// Plans a run without asking anybody; [`Plan::start`] runs it.
    ///
    /// # Errors
    /// As [`Functest::plan`].
    pub fn plan(&self, request: &RunRequest) -> Result<Plan, Error> {
        self.functest.plan(request)
    }

    /// Whether [`ask_and_plan`](Self::ask_and_plan) has an installer to ask, which takes a moment.
    ///
    /// # Errors
    /// When a variable that says where it is is not UTF-8.
    pub fn has_installer_to_ask(&self, request: &RunRequest) -> Result<bool, Error> {
        self.functest.has_installer_to_ask(request)
    }

    /// Plans a run, and asks the installer what nobody has said: itself, the scenario, the pod. Cases of the plan can be
    /// given the nodes of the system under test.
    ///
    /// # Errors
    /// As [`Functest::plan`]; and when the request says where the installer is, or needs it, and it is not there.
    pub async fn ask_and_plan(&self, request: &RunRequest) -> Result<Plan, Error> {
        let told = self.functest.ask_installer(request).await?;
        self.functest.plan_with(request, told)
    }

    /// The request of a run, to be made again.
    ///
    /// # Errors
    /// When there is no such run, or it does not say what was asked of it.
    pub fn again(&self, run: &str) -> Result<RunRequest, Error> {
        RunRequest::of_record(&self.functest.report().record(run)?)
    }
}
