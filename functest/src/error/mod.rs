// SPDX-License-Identifier: Apache-2.0
//! What can keep a verb from being done.

mod kind;

pub use self::kind::{ErrorKind, Problem};

use std::path::PathBuf;

use functest_core::catalogue::CatalogueError;
use functest_core::ledger::LedgerError;
use functest_core::selection::RequestError;
use functest_core::settings::SettingsError;
use functest_core::variables::NotText;

/// Why a verb could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A configuration file is unreadable or wrong.
    #[error("{}: {message}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// An environment variable is not UTF-8.
    #[error(transparent)]
    Variable(#[from] NotText),
    /// The catalogue is unreadable or wrong.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The request names what does not exist, or is malformed.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// A setting is wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The settings file cannot be read.
    #[error("cannot read the settings {}: {source}", path.display())]
    SettingsFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No case is left to run.
    #[error("nothing is selected to run:\n{reasons}")]
    NothingSelected {
        /// Each case with the reason, a line each.
        reasons: String,
    },
    /// No cloud is named.
    #[error(
        "no cloud is named: use --cloud NAME (of clouds.yaml), OS_CLOUD, or the OS_* variables; --cloud sandbox is one to try functest on"
    )]
    NoCloud,
    /// The cloud refuses, does not answer, or is not described.
    #[error(transparent)]
    Cloud(#[from] functest_openstack::Error),
    /// A sandbox's faults are not what they should be.
    #[cfg(feature = "sandbox")]
    #[error(transparent)]
    Faults(#[from] functest_sandbox::FaultFileError),
    /// A sandbox does not start.
    #[cfg(feature = "sandbox")]
    #[error(transparent)]
    Sandbox(#[from] functest_sandbox::StartError),
    /// A sandbox is wanted of a functest that has none.
    #[error("this functest was built without the sandbox (the feature `sandbox` of the crate `functest`)")]
    WithoutSandbox,
    /// Something is wished of a sandbox, and another cloud is named.
    #[error("a seed and faults are for the sandbox: use them with --cloud sandbox")]
    NotTheSandbox,
    /// There is no such run.
    #[error("there is no run `{name}`{suggestion}: expected `latest`, a run's id, or its folder; runs are kept in {}", folder.display())]
    UnknownRun {
        /// The name.
        name: String,
        /// What was probably meant, as an appendix to the message.
        suggestion: String,
        /// Where runs are kept.
        folder: PathBuf,
    },
    /// The run folder is in use already.
    #[error("{} is not an empty folder: name one that is empty or does not exist", folder.display())]
    FolderInUse {
        /// The folder.
        folder: PathBuf,
    },
    /// The state folder cannot be used.
    #[error("cannot use {}: {source}", path.display())]
    State {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A run cannot be made again from its record.
    #[error("the run {run} cannot be repeated: {reason}")]
    NotRepeatable {
        /// The run's id.
        run: String,
        /// Why not.
        reason: String,
    },
    /// A ledger cannot be used.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The system under test cannot be asked.
    #[error(transparent)]
    Sut(#[from] functest_installers::Error),
    /// The installer does not answer.
    #[error(transparent)]
    Installer(#[from] functest_core::sut::InstallerError),
    /// A file of credentials or nodes cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file of the user's would be overwritten.
    #[error("{} holds more than the clouds of a sandbox, and that would be lost: name another file, or say --force", path.display())]
    WouldBeLost {
        /// The file.
        path: PathBuf,
    },
    /// A file of the user's cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A service is to be disturbed, and nobody has allowed it.
    #[error("the cloud's users may notice that: say --allow-disruption if they may")]
    Disruption,
    /// Credentials are wanted from an installer, and none is named.
    #[error("no installer is named that could be asked for credentials: use --installer-ip, --inventory or --sut")]
    NoInstaller,
    /// A report cannot be read or written.
    #[error(transparent)]
    Results(#[from] functest_results::Error),
    /// The run was lost.
    #[error(transparent)]
    Run(#[from] functest_runner::RunError),
}
