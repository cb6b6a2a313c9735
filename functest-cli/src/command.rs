// SPDX-License-Identifier: Apache-2.0
//! What can be typed: flags that every command has, and a noun. What is particular to a noun is in its folder.

use clap::{CommandFactory, Parser, Subcommand};
use functest::{Config, Functest};

use crate::completions;
use crate::error::Error;
use crate::global::Global;
use crate::noun::{config, nodes, openstack, report, run, sandbox, sut, testcase, tier};
use crate::output::Output;

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
pub(crate) struct CommandLine {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do. What the help says of a noun, its examples included, stands at the noun's own type.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(Box<run::Args>),
    #[command(subcommand)]
    Tier(tier::Verb),
    #[command(subcommand, name = "testcase")]
    TestCase(testcase::Verb),
    #[command(subcommand, name = "openstack")]
    OpenStack(openstack::Verb),
    #[command(subcommand)]
    Nodes(nodes::Verb),
    #[command(subcommand)]
    Sut(sut::Verb),
    #[command(subcommand)]
    Sandbox(sandbox::Verb),
    Report(report::Args),
    #[command(subcommand)]
    Config(config::Verb),
    Completions(completions::Args),
}

/// Functest with the configuration of the user and of the folder here.
fn configured() -> Result<Functest, Error> {
    let here = std::env::current_dir().unwrap_or_default();
    let config = Config::find(&here, &|name| std::env::var_os(name))?;
    Ok(Functest::new().with_config(config))
}

/// Does what was typed; returns the exit code.
pub(crate) fn execute(command: Command, output: &Output) -> Result<u8, Error> {
    match command {
        Command::Run(args) => run::execute(&configured()?, *args, output),
        Command::Tier(verb) => tier::execute(&configured()?, verb, output),
        Command::TestCase(verb) => testcase::execute(&configured()?, verb, output),
        Command::OpenStack(verb) => openstack::execute(&configured()?, verb, output),
        Command::Nodes(verb) => nodes::execute(&configured()?, verb, output),
        Command::Sut(verb) => sut::execute(&configured()?, verb, output),
        Command::Sandbox(verb) => sandbox::execute(&configured()?, verb, output),
        Command::Report(args) => report::execute(&configured()?, args, output),
        Command::Config(verb) => config::execute(&configured()?, verb, output),
        // A configuration that is wrong is no reason for a shell to complete nothing.
        Command::Completions(args) => completions::execute(&args, CommandLine::command(), output),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// What only this front end has, and why no other needs it.
    const FRONT_END_ONLY: &[(&str, &str)] = &[("completions", "shells complete a command line, and nothing else")];

    #[test]
    fn the_flags_do_not_contradict_each_other() {
        CommandLine::command().debug_assert();
    }

    /// Every command that does something, as a noun and perhaps a verb.
    fn typed() -> Vec<(String, Option<String>)> {
        let mut typed = Vec::new();
        for noun in CommandLine::command().get_subcommands() {
            let name = noun.get_name().to_owned();
            if noun.has_subcommands() {
                typed.extend(noun.get_subcommands().map(|verb| (name.clone(), Some(verb.get_name().to_owned()))));
            } else {
                typed.push((name, None));
            }
        }
        typed
    }

    #[test]
    fn what_can_be_typed_is_what_the_library_does() {
        let is_common = |noun: &str| FRONT_END_ONLY.iter().all(|(name, _)| *name != noun);
        let typed = typed();
        let common: Vec<(&str, Option<&str>)> = typed
            .iter()
            .filter(|(noun, _)| is_common(noun))
            .map(|(noun, verb)| (noun.as_str(), verb.as_deref()))
            .collect();
        assert_eq!(common, functest::VERBS);
        let nouns: BTreeSet<&str> = typed.iter().map(|(noun, _)| noun.as_str()).collect();
        for (name, reason) in FRONT_END_ONLY {
            assert!(nouns.contains(name), "{name} ({reason}) is not there any more");
        }
    }
}
