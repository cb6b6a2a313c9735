// SPDX-License-Identifier: Apache-2.0
//! What a run wants of the installer.

use functest_core::Installer;
use functest_core::variables;
use functest_installers::Sut;

use super::request::RunRequest;
use crate::embed::Functest;
use crate::error::Error;
use crate::noun::sut::SutRequest;

/// What the installer has to say about a run.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// The system under test; `None` where nothing says where it is.
    pub(crate) sut: Option<Sut>,
    /// The facts that it told and nobody had given, by the variables that carry them.
    pub(crate) facts: Vec<(String, String)>,
    /// What it did not tell, in words.
    pub(crate) problems: Vec<String>,
}

impl Told {
    /// What it told under this name.
    pub(crate) fn fact(&self, wanted: &str) -> Option<&str> {
        self.facts.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
    }
}

impl Functest {
    /// Whether a run of `request` has an installer to ask.
    pub(crate) fn has_installer_to_ask(&self, request: &RunRequest) -> Result<bool, Error> {
        let needed = request.fetch_credentials || request.collect_logs;
        Ok(needed || request.sut.says_where() || self.installer.is_some() || self.variables_say_where()?)
    }

    fn variables_say_where(&self) -> Result<bool, Error> {
        let by_file = variables::path(self.variables.as_ref(), "FUNCTEST_SUT").is_some();
        Ok(by_file || self.variable("INSTALLER_IP")?.is_some())
    }

    /// The system under test, for a run that asks it what nobody has said. A run can do without: where nothing says where
    /// the system is, or this functest has an installer of its own, there is none, and where only variables do and lead nowhere, there is none and the second part says
    /// why. A run that wants something `needed` of it cannot.
    pub(crate) async fn sut_for_run(
        &self,
        request: &SutRequest,
        needed: bool,
    ) -> Result<(Option<Sut>, Option<String>), Error> {
        if self.installer.is_some() && !request.says_where() {
            return Ok((None, None));
        }
        if needed || request.says_where() {
            return Ok((Some(self.open_sut(request).await?), None));
        }
        if !self.variables_say_where()? {
            return Ok((None, None));
        }
        // Variables are often those of a shell's profile: a run does not fail because they lead nowhere.
        match self.open_sut(request).await {
            Ok(sut) => Ok((Some(sut), None)),
            Err(error) => Ok((None, Some(format!("the installer is not asked: {error}")))),
        }
    }

    /// Asks the installer for the facts that nobody has given: installer, scenario, pod. What it does not tell is said, and
    /// the run goes on without.
    pub(crate) async fn ask_installer(&self, request: &RunRequest) -> Result<Told, Error> {
        let needed = request.fetch_credentials || request.collect_logs;
        let (sut, problem) = self.sut_for_run(&request.sut, needed).await?;
        let mut told = Told { sut: None, facts: Vec::new(), problems: problem.into_iter().collect() };
        let Some(installer) = sut.as_ref().map(|sut| sut as &dyn Installer).or(self.installer.as_deref()) else {
            return Ok(told);
        };
        told.facts.push(("INSTALLER_TYPE".to_owned(), installer.name().to_owned()));
        let scenario_is_given = request.scenario.as_deref().is_some_and(|scenario| !scenario.is_empty());
        let scenario_is_known = scenario_is_given || self.variable("DEPLOY_SCENARIO")?.is_some();
        if !scenario_is_known || self.variable("NODE_NAME")?.is_none() {
            match installer.deployment().await {
                Ok(deployment) => {
                    let facts = [("DEPLOY_SCENARIO", deployment.scenario), ("NODE_NAME", deployment.pod)];
                    let is_said = |value: &String| !value.is_empty();
                    let said = |(name, value): (&str, Option<String>)| Some((name.to_owned(), value.filter(is_said)?));
                    told.facts.extend(facts.into_iter().filter_map(said));
                }
                Err(error) => {
                    told.problems.push(format!("the installer does not tell what was deployed: {error}"));
                }
            }
        }
        if request.collect_logs && sut.is_none() {
            let name = installer.name();
            told.problems
                .push(format!("the logs of nodes are not collected: the installer {name} is not one of functest's"));
        }
        told.sut = sut;
        Ok(told)
    }
}
