// SPDX-License-Identifier: Apache-2.0
//! Which catalogue is meant.

use std::path::PathBuf;

use clap::Args;
use functest::CatalogueRequest;

/// Which catalogue, and what is known about the system under test.
#[derive(Clone, Debug, Args)]
pub(crate) struct CatalogueArgs {
    /// A testcases.yaml of any generation [default: functest's own].
    #[arg(long, value_name = "FILE")]
    catalogue: Option<PathBuf>,
    /// What deployed the cloud [default: $INSTALLER_TYPE].
    #[arg(long, value_name = "NAME")]
    installer: Option<String>,
    /// What was deployed [default: $DEPLOY_SCENARIO].
    #[arg(long, value_name = "NAME")]
    scenario: Option<String>,
}

impl CatalogueArgs {
    pub(crate) fn request(self) -> CatalogueRequest {
        CatalogueRequest { catalogue: self.catalogue, installer: self.installer, scenario: self.scenario }
    }
}
