// SPDX-License-Identifier: Apache-2.0
//! Where runs are kept: one folder, with a folder per run or a link to one, and `latest`.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use functest_core::suggest;
use functest_core::variables::{self, Variables};

use crate::error::Error;

const RUNS: &str = "runs";
const LATEST: &str = "latest";
const CERTIFICATES: &str = "certificates";

/// The state folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateFolder(PathBuf);

/// A run that the state folder knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRun {
    /// The run's id.
    pub run_id: String,
    /// Where its files are.
    pub folder: PathBuf,
}

impl StateFolder {
    /// The state folder at this path.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// `$FUNCTEST_STATE_DIR`, else `functest` in `$XDG_STATE_HOME` or `~/.local/state`.
    pub fn from_environment(environment: Variables<'_>) -> Self {
        let set = |variable: &str| variables::path(environment, variable);
        let home = || set("HOME").unwrap_or_else(|| PathBuf::from("."));
        let state_home = || set("XDG_STATE_HOME").unwrap_or_else(|| home().join(".local/state"));
        Self(set("FUNCTEST_STATE_DIR").unwrap_or_else(|| state_home().join("functest")))
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Makes the folder of a new run, here or at `run_dir`, and makes it known.
    pub(crate) fn make_run(&self, run_id: &str, run_dir: Option<&Path>) -> Result<PathBuf, Error> {
        let runs = self.0.join(RUNS);
        std::fs::create_dir_all(&runs).map_err(at(&runs))?;
        let entry = runs.join(run_id);
        let Some(run_dir) = run_dir else {
            std::fs::create_dir(&entry).map_err(at(&entry))?;
            return Ok(entry);
        };
        let folder = empty_folder(run_dir)?;
        std::os::unix::fs::symlink(&folder, &entry).map_err(at(&entry))?;
        Ok(folder)
    }

    /// Makes `latest` that run, in one step: a reader never finds none.
    pub(crate) fn point_latest_at(&self, run_id: &str) -> Result<(), Error> {
        let (latest, new) = (self.0.join(LATEST), self.0.join(format!(".{LATEST}-{run_id}")));
        std::os::unix::fs::symlink(Path::new(RUNS).join(run_id), &new).map_err(at(&new))?;
        std::fs::rename(&new, &latest).map_err(at(&latest))
    }

    /// Keeps the certificate of an authority that a system has made of its own; returns its file.
    pub(crate) fn keep_certificate(&self, system: &str, pem: &str) -> Result<PathBuf, Error> {
        let folder = self.0.join(CERTIFICATES);
        std::fs::create_dir_all(&folder).map_err(at(&folder))?;
        let file = folder.join(format!("{system}.pem"));
        functest_results::write(&file, pem.as_bytes())?;
        Ok(file)
    }

    /// Every run that is known, the oldest first. A run whose own folder is gone is passed over.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn runs(&self) -> Result<Vec<StoredRun>, Error> {
        let runs = self.0.join(RUNS);
        let entries = match std::fs::read_dir(&runs) {
            Ok(entries) => entries,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(Error::State { path: runs, source }),
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.map_err(at(&runs))?;
            if let Ok(folder) = entry.path().canonicalize() {
                found.push(StoredRun { run_id: entry.file_name().to_string_lossy().into_owned(), folder });
            }
        }
        found.sort_by(|a, b| a.run_id.cmp(&b.run_id));
        Ok(found)
    }

    /// The run of that name: `latest`, an id, or the path of a run's folder.
    ///
    /// # Errors
    /// [`Error::UnknownRun`] when there is none.
    pub fn find(&self, name: &str) -> Result<StoredRun, Error> {
        let folder = match name {
            LATEST => self.0.join(LATEST),
            name if name.contains('/') || Path::new(name).is_dir() => PathBuf::from(name),
            name => self.0.join(RUNS).join(name),
        };
        match folder.canonicalize() {
            Ok(folder) if holds_a_run(&folder) => {
                // A folder of the user's own has another name than its run.
                let known = self.runs()?.into_iter().find(|run| run.folder == folder).map(|run| run.run_id);
                let name = || folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                Ok(StoredRun { run_id: known.unwrap_or_else(name), folder })
            }
            _ => {
                let known: Vec<String> = self.runs()?.into_iter().map(|run| run.run_id).collect();
                let suggestion = suggest::did_you_mean(name, known.iter().map(String::as_str));
                Err(Error::UnknownRun { name: name.to_owned(), suggestion, folder: self.0.join(RUNS) })
            }
        }
    }
}

/// The folder at this path, made when it does not exist. Two runs in one folder could not be told apart.
fn empty_folder(path: &Path) -> Result<PathBuf, Error> {
    if path.exists() && !path.is_dir() {
        return Err(Error::FolderInUse { folder: path.to_owned() });
    }
    std::fs::create_dir_all(path).map_err(at(path))?;
    let folder = path.canonicalize().map_err(at(path))?;
    if std::fs::read_dir(&folder).map_err(at(&folder))?.next().is_some() {
        return Err(Error::FolderInUse { folder });
    }
    Ok(folder)
}

fn holds_a_run(folder: &Path) -> bool {
    [functest_results::EVENTS_FILE, functest_core::ledger::FILE_NAME].iter().any(|file| folder.join(file).exists())
}

fn at(path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::State { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_found_by_every_name() {
        let root = tempfile::tempdir().unwrap();
        let own = root.path().join("own");
        let state = StateFolder::new(root.path().join("state"));
        assert_eq!(state.runs().unwrap(), []);
        let first = state.make_run("20260101-000000-aaaa", None).unwrap();
        std::fs::create_dir(&own).unwrap();
        let second = state.make_run("20260102-000000-bbbb", Some(&own)).unwrap();
        for folder in [&first, &second] {
            std::fs::write(folder.join(functest_results::EVENTS_FILE), "").unwrap();
        }
        state.point_latest_at("20260102-000000-bbbb").unwrap();
        assert_eq!(state.runs().unwrap().len(), 2);
        assert_eq!(state.find(own.to_str().unwrap()).unwrap().run_id, "20260102-000000-bbbb");
        assert_eq!(state.find("latest").unwrap().folder, second);
        assert_eq!(state.find("20260101-000000-aaaa").unwrap().folder, first);
        assert_eq!(state.find(own.to_str().unwrap()).unwrap().folder, second);
        let error = state.find("20260101-000000-aaab").unwrap_err().to_string();
        assert!(error.contains("did you mean `20260101-000000-aaaa`?"), "{error}");
        assert!(matches!(state.make_run("c", Some(&own)), Err(Error::FolderInUse { .. })));
    }
}
