// SPDX-License-Identifier: Apache-2.0
//! What sort of error it is: from this follow the exit code, the HTTP status, and the exception of other languages.

use functest_core::exit_code;
use functest_core::selection::RequestError;
use functest_core::sut::InstallerError;
#[cfg(feature = "sandbox")]
use functest_sandbox::StartError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Error;

/// What sort of error it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// What the user gave is wrong: a request, a file, a setting, a flag.
    Input,
    /// What is named does not exist: a run, a case, a cloud, a node.
    NotFound,
    /// What is wanted is somebody else's at this moment: a folder, a port.
    Conflict,
    /// It must be allowed by somebody first.
    NotPermitted,
    /// The cloud or a node does not let us in, or refuses what it was asked.
    Refused,
    /// The cloud or a node does not answer.
    Unreachable,
    /// The cloud or a node answers something else than it should.
    Unexpected,
    /// The cloud, the installer or the node has no such thing.
    Unsupported,
    /// A failure of functest itself, or of the machine that it runs on.
    Internal,
    /// Somebody has ended it.
    Interrupted,
}

impl ErrorKind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Input,
        Self::NotFound,
        Self::Conflict,
        Self::NotPermitted,
        Self::Refused,
        Self::Unreachable,
        Self::Unexpected,
        Self::Unsupported,
        Self::Internal,
        Self::Interrupted,
    ];

    /// What a process that stops because of it ends with.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Input | Self::NotFound | Self::Conflict | Self::NotPermitted => exit_code::USAGE,
            // A cloud or a node that refuses or does not answer is a verdict about the system under test.
            Self::Refused | Self::Unreachable | Self::Unexpected | Self::Unsupported => exit_code::NOT_PASSED,
            Self::Internal => exit_code::INTERNAL,
            Self::Interrupted => exit_code::INTERRUPTED,
        }
    }

    /// The status of an HTTP response that says so (RFC 9110). To its client, functest is a gateway to the system under
    /// test.
    pub fn http_status(self) -> u16 {
        match self {
            Self::Input => 400,
            Self::NotPermitted => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::Unsupported => 422,
            Self::Internal => 500,
            Self::Refused | Self::Unexpected => 502,
            Self::Interrupted => 503,
            Self::Unreachable => 504,
        }
    }
}

/// An error, as a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// The version of this document's form.
    pub version: u32,
    /// What sort of error it is.
    pub kind: ErrorKind,
    /// What was attempted, on what, what came, and what to do about it.
    pub message: String,
}

impl Error {
    /// What sort of error it is.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Config { .. }
            | Self::Variable(_)
            | Self::Catalogue(_)
            | Self::Settings(_)
            | Self::SettingsFile { .. }
            | Self::NothingSelected { .. }
            | Self::NoCloud
            | Self::NotTheSandbox
            | Self::WithoutSandbox
            | Self::NoInstaller
            | Self::NotRepeatable { .. }
            | Self::Read { .. } => ErrorKind::Input,
            Self::Request(error) => of_request(error),
            Self::UnknownRun { .. } => ErrorKind::NotFound,
            Self::FolderInUse { .. } | Self::WouldBeLost { .. } => ErrorKind::Conflict,
            Self::Disruption => ErrorKind::NotPermitted,
            Self::State { .. } | Self::Ledger(_) | Self::Write { .. } | Self::Run(_) => ErrorKind::Internal,
            Self::Cloud(error) => of_cloud(error),
            #[cfg(feature = "sandbox")]
            Self::Faults(_) => ErrorKind::Input,
            #[cfg(feature = "sandbox")]
            Self::Sandbox(error) => of_sandbox(error),
            Self::Sut(error) => of_sut(error),
            Self::Installer(error) => of_installer(error),
            Self::Results(error) => of_results(error),
        }
    }

    /// What a process that stops because of this ends with.
    pub fn exit_code(&self) -> u8 {
        self.kind().exit_code()
    }

    /// The error, as a document.
    pub fn problem(&self) -> Problem {
        Problem { version: 1, kind: self.kind(), message: self.to_string() }
    }
}

fn of_request(error: &RequestError) -> ErrorKind {
    match error {
        RequestError::UnknownName { .. } => ErrorKind::NotFound,
        RequestError::Glob { .. } | RequestError::Scope(_) => ErrorKind::Input,
    }
}

fn of_cloud(error: &functest_openstack::Error) -> ErrorKind {
    use functest_openstack::Error as Cloud;
    match error {
        Cloud::Config { .. } | Cloud::File { .. } => ErrorKind::Input,
        Cloud::UnknownCloud { .. } => ErrorKind::NotFound,
        Cloud::Login { .. } | Cloud::TokenRefused(_) | Cloud::Answer { .. } => ErrorKind::Refused,
        Cloud::NoAnswer { .. } => ErrorKind::Unreachable,
        Cloud::Unexpected { .. } | Cloud::Wait { .. } | Cloud::NotOurs { .. } => ErrorKind::Unexpected,
        Cloud::NoService { .. } => ErrorKind::Unsupported,
        Cloud::Ledger(_) | Cloud::Internal(_) => ErrorKind::Internal,
    }
}

#[cfg(feature = "sandbox")]
fn of_sandbox(error: &StartError) -> ErrorKind {
    match error {
        StartError::Listen { .. } | StartError::Floating(_) => ErrorKind::Conflict,
        StartError::Routes(_) => ErrorKind::Internal,
    }
}

fn of_sut(error: &functest_installers::Error) -> ErrorKind {
    use functest_installers::Error as Sut;
    match error {
        Sut::Input { .. } | Sut::File { .. } => ErrorKind::Input,
        Sut::UnknownInstaller { .. } | Sut::UnknownNode { .. } => ErrorKind::NotFound,
        Sut::Ssh(_) | Sut::Program { .. } => ErrorKind::Unreachable,
        Sut::Output { .. } => ErrorKind::Unexpected,
        Sut::Missing { .. } | Sut::NoAccess { .. } | Sut::NothingDetected { .. } => ErrorKind::Unsupported,
    }
}

fn of_installer(error: &InstallerError) -> ErrorKind {
    match error {
        InstallerError::Input(_) => ErrorKind::Input,
        InstallerError::Unreachable(_) => ErrorKind::Unreachable,
        InstallerError::Unexpected(_) => ErrorKind::Unexpected,
        InstallerError::Unsupported(_) => ErrorKind::Unsupported,
    }
}

fn of_results(error: &functest_results::Error) -> ErrorKind {
    use functest_results::Error as Results;
    match error {
        Results::Taken { .. } => ErrorKind::Conflict,
        Results::Read { .. } | Results::Events { .. } => ErrorKind::Input,
        Results::MakeFolder { .. }
        | Results::Append { .. }
        | Results::Write { .. }
        | Results::Json { .. }
        | Results::Junit { .. }
        | Results::Html { .. } => ErrorKind::Internal,
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn every_kind_has_a_status_of_an_error() {
        for kind in ErrorKind::ALL {
            assert!((400..600).contains(&kind.http_status()), "{kind:?}");
            assert_ne!(kind.exit_code(), exit_code::OK, "{kind:?}");
        }
    }

    #[test]
    fn the_fault_is_laid_where_it_belongs() {
        let refused = || io::Error::from(io::ErrorKind::PermissionDenied);
        let table: [(Error, ErrorKind, u8); 8] = [
            (Error::NoCloud, ErrorKind::Input, 2),
            (Error::Disruption, ErrorKind::NotPermitted, 2),
            (Error::FolderInUse { folder: PathBuf::from("/x") }, ErrorKind::Conflict, 2),
            (Error::Write { path: PathBuf::from("/x"), source: refused() }, ErrorKind::Internal, 3),
            (Error::Read { path: PathBuf::from("/x"), source: refused() }, ErrorKind::Input, 2),
            (InstallerError::Unreachable("x".into()).into(), ErrorKind::Unreachable, 1),
            (functest_openstack::Error::Internal("x".into()).into(), ErrorKind::Internal, 3),
            (
                functest_installers::Error::NoAccess { node: "x".into(), reason: "y".into() }.into(),
                ErrorKind::Unsupported,
                1,
            ),
        ];
        for (error, kind, code) in table {
            assert_eq!((error.kind(), error.exit_code()), (kind, code), "{error}");
            assert_eq!(error.problem().message, error.to_string());
        }
    }
}
