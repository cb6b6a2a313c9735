// SPDX-License-Identifier: Apache-2.0
//! What a run wants of the installer.

use functest_core::Installer;
use functest_installers::Sut;

use super::request::RunRequest;
use crate::embed::Functest;
use crate::error::Error;
use crate::noun::sut::SutRequest;

impl Functest {
    /// See [`RunVerbs::sut`](super::RunVerbs::sut).
    pub(crate) async fn sut_for_run(
        &self,
        request: &SutRequest,
        needed: bool,
    ) -> Result<(Option<Sut>, Option<String>), Error> {
        let by_variables = ["FUNCTEST_SUT", "INSTALLER_IP"].iter().any(|name| self.variable(name).is_some());
        if needed || request.says_where() {
            return Ok((Some(self.open_sut(request).await?), None));
        }
        if !by_variables {
            return Ok((None, None));
        }
        // Variables are often those of a shell's profile: a run does not fail because they lead nowhere.
        match self.open_sut(request).await {
            Ok(sut) => Ok((Some(sut), None)),
            Err(error) => Ok((None, Some(format!("the installer is not asked: {error}")))),
        }
    }

    /// See [`RunVerbs::ask_installer`](super::RunVerbs::ask_installer).
    pub(crate) async fn ask_installer(&self, request: &mut RunRequest) -> Vec<String> {
        let Some(sut) = request.sut.clone() else { return Vec::new() };
        let known = |name: &str, given: &Option<String>| given.is_some() || self.variable(name).is_some();
        let mut told = vec![("INSTALLER_TYPE".to_owned(), sut.name().to_owned())];
        let mut problems = Vec::new();
        if !known("DEPLOY_SCENARIO", &request.scenario) || !known("NODE_NAME", &None) {
            match sut.deployment().await {
                Ok(deployment) => {
                    let facts = [("DEPLOY_SCENARIO", deployment.scenario), ("NODE_NAME", deployment.pod)];
                    told.extend(facts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
                }
                Err(error) => problems.push(format!("the installer does not tell what was deployed: {error}")),
            }
        }
        request.told = told;
        problems
    }
}
