// SPDX-License-Identifier: Apache-2.0
//! What can be typed. Only flags: what they mean is the library's business.

mod catalogue;
mod nodes;
mod openstack;
mod report;
mod run;
mod sandbox;
mod sut;

use clap::{ArgAction, Parser, Subcommand, ValueEnum};

pub(crate) use self::catalogue::{CatalogueArgs, TestCaseCommand, TierCommand};
pub(crate) use self::nodes::{
    DetectArgs, ExecArgs, GetArgs, ListArgs, LogsArgs, NodesCommand, PutArgs, ServiceArgs, ShowArgs, SshArgs,
};
pub(crate) use self::openstack::{CheckArgs, CleanArgs, OpenStackCommand};
pub(crate) use self::report::ReportArgs;
pub(crate) use self::run::RunArgs;
pub(crate) use self::sandbox::{MatrixArgs, SandboxArgs, SandboxCommand, ServeArgs};
pub(crate) use self::sut::{CredentialsArgs, ReachArgs, SutArgs, SutCommand, SutInfoArgs};

/// Tells whether an OpenStack cloud works, how well, and since when not.
#[derive(Debug, Parser)]
#[command(
    name = "functest",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    after_help = "Examples:
  functest run healthcheck --cloud mycloud     run a tier
  functest run healthcheck --cloud sandbox     the same without a cloud, to see what it is like
  functest run --dry-run --installer apex      what would run there, and why the rest would not
  functest openstack check --cloud mycloud     what the cloud offers, and what is missing
  functest openstack clean                     delete what dead runs left
  functest nodes exec --role compute -- uptime on every compute node, whatever deployed it
  functest report latest --format junit        a run's report again

Exit codes:
  0    all selected passed
  1    a case failed, errored or was not run, nothing passed, something could not be deleted,
       or the cloud refuses or does not answer
  2    wrong usage or input, or nothing selected
  3    a failure of functest itself
  130  interrupted"
)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags that every command has.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Global {
    /// Say more: every request to the cloud; twice and thrice for functest's own doings.
    #[arg(short, long, global = true, action = ArgAction::Count, display_order = 900)]
    pub(crate) verbose: u8,
    /// Say less: no progress, only results and errors.
    #[arg(short, long, global = true, action = ArgAction::Count, display_order = 901)]
    pub(crate) quiet: u8,
    /// When to use colours; NO_COLOR is honoured.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", display_order = 902)]
    pub(crate) color: ColorChoice,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run test cases or tiers against a cloud.
    Run(Box<RunArgs>),
    /// List and show tiers.
    #[command(
        subcommand,
        after_help = "Example:
  functest tier list --catalogue testcases.yaml"
    )]
    Tier(TierCommand),
    /// List and show test cases.
    #[command(
        subcommand,
        name = "testcase",
        after_help = "Example:
  functest testcase show api_check"
    )]
    TestCase(TestCaseCommand),
    /// Look at a cloud, and clean up what dead runs left in it.
    #[command(
        subcommand,
        name = "openstack",
        after_help = "Example:
  functest openstack check --cloud mycloud"
    )]
    OpenStack(OpenStackCommand),
    /// The nodes of the system under test, whatever deployed it: list them, log in, run commands, copy files, see logs.
    #[command(
        subcommand,
        after_help = "Examples:
  functest nodes detect --installer-ip 192.0.2.1
  functest nodes exec --inventory pod.yaml --role compute -- uptime"
    )]
    Nodes(NodesCommand),
    /// What was deployed, by what, and how its cloud is logged in to.
    #[command(
        subcommand,
        after_help = "Example:
  functest sut info --installer apex --installer-ip 192.0.2.1"
    )]
    Sut(SutCommand),
    /// Serve a cloud of our own to try things on, and see what the cases notice on broken ones.
    #[command(
        subcommand,
        after_help = "Example:
  functest sandbox serve --port 5001 --write-clouds clouds.yaml"
    )]
    Sandbox(SandboxCommand),
    /// Make a run's report again, also of a run that died.
    Report(ReportArgs),
    /// Print the completions of a shell.
    #[command(after_help = "Example:
  functest completions bash > /etc/bash_completion.d/functest")]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_flags_do_not_contradict_each_other() {
        super::Args::command().debug_assert();
    }
}
