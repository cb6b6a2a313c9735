// SPDX-License-Identifier: Apache-2.0
//! A folder for each case that wants one.

use std::path::{Path, PathBuf};

use async_trait::async_trait;

use super::{ForCase, Offer, Provider, ProviderError};
use crate::case::Resources;
use crate::event::CleanUp;
use crate::need::Requirement;
use crate::words::file_name;

/// The folder of a run's folder that the folders of cases are in.
const CASES_FOLDER: &str = "cases";

/// A case's folder. It is part of the run's folder, and stays when the run is over, unless it is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkingFolder {
    run: PathBuf,
    relative: String,
}

impl WorkingFolder {
    /// Its absolute path.
    pub fn path(&self) -> PathBuf {
        self.run.join(&self.relative)
    }

    /// The path of a file in it as attachments name it: relative to the run's folder.
    pub fn relative(&self, file: &str) -> String {
        format!("{}/{file}", self.relative)
    }
}

/// Makes a [`WorkingFolder`] for each case that requires one.
#[derive(Clone, Debug)]
pub struct WorkingFolderProvider {
    run: PathBuf,
}

impl WorkingFolderProvider {
    /// Folders in the folder of a run.
    pub fn new(run: &Path) -> Self {
        Self { run: run.to_owned() }
    }
}

#[async_trait]
impl Provider for WorkingFolderProvider {
    fn name(&self) -> &str {
        "working folder"
    }

    async fn offers(&self, requirement: &Requirement) -> Offer {
        if *requirement == Requirement::WorkingFolder { Offer::Met } else { Offer::NotMine }
    }

    async fn open(&self, case: ForCase<'_>, resources: &mut Resources) -> Result<(), ProviderError> {
        if !case.needs.requires(&Requirement::WorkingFolder) {
            return Ok(());
        }
        let mut name = file_name(case.case_name);
        if case.attempt > 1 {
            // A `~` stands for no letter of a case's name without a number behind it.
            name.push_str(&format!("~attempt-{}", case.attempt));
        }
        let folder = WorkingFolder { run: self.run.clone(), relative: format!("{CASES_FOLDER}/{name}") };
        let path = folder.path();
        std::fs::create_dir_all(&path).map_err(|error| {
            ProviderError::new(format!("cannot make the working folder {}: {error}", path.display()))
        })?;
        resources.insert(folder);
        Ok(())
    }

    async fn close(&self, _case_name: &str, resources: &Resources) -> CleanUp {
        if let Some(folder) = resources.get::<WorkingFolder>() {
            // Fails, and is meant to, where the case has put something into it.
            let _ = std::fs::remove_dir(folder.path());
        }
        CleanUp::default()
    }
}
