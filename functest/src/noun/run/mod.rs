// SPDX-License-Identifier: Apache-2.0
//! `run`: test cases against a cloud.

mod installer;
mod plan;
mod request;
mod settings;
mod start;

pub use self::plan::Plan;
pub use self::request::RunRequest;
pub use self::settings::RunSettings;
pub(crate) use self::settings::with_deadline;
pub use self::start::{RunHandle, RunSummary};

use functest_installers::Sut;

use crate::embed::Functest;
use crate::error::Error;
use crate::noun::sut::SutRequest;

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
    /// Plans a run; [`Plan::start`] runs it.
    ///
    /// # Errors
    /// As [`Functest::plan`].
    pub fn plan(&self, request: &RunRequest) -> Result<Plan, Error> {
        self.functest.plan(request)
    }

    /// The system under test, for a run that asks it what nobody has said. A run can do without: where nothing says where
    /// the system is, there is none, and where only variables do and lead nowhere, there is none and the second part says
    /// why. A run that wants something `needed` of it cannot.
    ///
    /// # Errors
    /// When what is given is wrong or no installer is recognised, where the request itself says where it is, or it is
    /// needed.
    pub async fn sut(&self, request: &SutRequest, needed: bool) -> Result<(Option<Sut>, Option<String>), Error> {
        self.functest.sut_for_run(request, needed).await
    }

    /// Asks the installer of `request` for the facts that nobody has given: installer, scenario, pod. What it does not tell
    /// is said, and the run goes on without.
    pub async fn ask_installer(&self, request: &mut RunRequest) -> Vec<String> {
        self.functest.ask_installer(request).await
    }
}
