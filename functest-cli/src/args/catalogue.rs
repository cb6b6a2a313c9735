// SPDX-License-Identifier: Apache-2.0
//! `functest tier` and `functest testcase`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use functest::CatalogueRequest;

/// Which catalogue, and what is known about the system under test.
#[derive(Clone, Debug, Args)]
pub(crate) struct CatalogueArgs {
    /// A testcases.yaml of any generation [default: functest's own].
    #[arg(long, value_name = "FILE")]
    pub(crate) catalogue: Option<PathBuf>,
    /// What deployed the cloud [default: $INSTALLER_TYPE].
    #[arg(long, value_name = "NAME")]
    pub(crate) installer: Option<String>,
    /// What was deployed [default: $DEPLOY_SCENARIO].
    #[arg(long, value_name = "NAME")]
    pub(crate) scenario: Option<String>,
}

impl CatalogueArgs {
    pub(crate) fn request(self) -> CatalogueRequest {
        CatalogueRequest { catalogue: self.catalogue, installer: self.installer, scenario: self.scenario }
    }
}

/// Whether the answer is a document.
#[derive(Clone, Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) catalogue: CatalogueArgs,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// One of a catalogue.
#[derive(Clone, Debug, Args)]
pub(crate) struct ShowArgs {
    /// Its name.
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) list: ListArgs,
}

/// `functest tier`.
#[derive(Debug, Subcommand)]
pub(crate) enum TierCommand {
    /// List the tiers and what would become of their cases here.
    #[command(after_help = "Example:
  functest tier list --catalogue testcases.yaml --installer apex")]
    List(ListArgs),
    /// Show one tier.
    #[command(after_help = "Example:
  functest tier show healthcheck")]
    Show(ShowArgs),
}

/// `functest testcase`.
#[derive(Debug, Subcommand)]
pub(crate) enum TestCaseCommand {
    /// List the test cases and what would become of them here.
    #[command(after_help = "Example:
  functest testcase list --json")]
    List(ListArgs),
    /// Show one test case: what it checks, what it needs, what can be set.
    #[command(after_help = "Example:
  functest testcase show snaps_health_check")]
    Show(ShowArgs),
}
