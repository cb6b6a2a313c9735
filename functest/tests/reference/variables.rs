// SPDX-License-Identifier: Apache-2.0
//! What functest reads from its environment. The code names its variables where it reads them; a name that is not listed
//! here fails the test.

use std::collections::BTreeSet;
use std::path::Path;

use functest::RunSettings;
use functest::core::settings::CaseSettings;

use super::{repository, table};

const INTRODUCTION: &str = "\
## Variables

An empty one counts as not set, except where it is said. One that is not UTF-8 is an error where it decides something; paths may
have any bytes. Beside these, functest reads the variables of OpenStack's clients
(`OS_...`), those that conditions of a catalogue name, and those that settings name (above).
";

/// Every variable, and what it says.
const VARIABLES: &[(&str, &str)] = &[
    (
        "FUNCTEST_CONFIG",
        "the configuration file, in place of the user's and the project's; set to nothing, none is read",
    ),
    ("FUNCTEST_STATE_DIR", "where runs are kept; wins over `state_folder` of the configuration"),
    ("FUNCTEST_SUT", "the file that says how the system under test is reached: `--sut`"),
    ("FUNCTEST_PYTHON", "the Python interpreter of test cases that are classes of Python, in place of `python3`"),
    ("FUNCTEST_CASE", "set by functest for that interpreter: the case, in JSON"),
    ("XDG_CONFIG_HOME", "where the user's configuration is, in place of `~/.config`"),
    ("XDG_STATE_HOME", "where runs are kept when nobody says so: in `functest` below it, in place of `~/.local/state`"),
    ("HOME", "the user's home folder"),
    ("INSTALLER_TYPE", "what deployed the cloud: `--installer`"),
    ("INSTALLER_IP", "where the installer is: `--installer-ip`"),
    ("INSTALLER_PASSWORD", "with which password it is logged in to"),
    ("DEPLOY_SCENARIO", "what was deployed: `--scenario`"),
    ("CI_LOOP", "which loop of a CI system this is, for tiers that have a `ci_loop`"),
    ("BUILD_TAG", "the CI system's name of the build; kept with the run, and it may say which loop this is"),
    ("NODE_NAME", "the pod's name"),
    ("PATH", "where the tools of test cases are looked for"),
    ("SSH_AUTH_SOCK", "where the SSH agent listens"),
    ("NO_COLOR", "anything: no colours"),
    ("TERM", "`dumb`: no colours; handed on to shells on nodes"),
    ("FUNCTEST_PROCESS", "set by functest on nodes, to find what a command there has started"),
    ("FUNCTEST_STOP_AT", "a named moment at which functest ends itself as `kill -9` would, for tests of the clean-up"),
];

pub(super) fn section() -> String {
    let unlisted: Vec<String> = read_by_the_code().into_iter().filter(|name| !is_listed(name)).collect();
    assert!(unlisted.is_empty(), "functest/tests/reference/variables.rs lacks {unlisted:?}");
    let rows = VARIABLES.iter().map(|(name, meaning)| vec![format!("`{name}`"), (*meaning).to_owned()]);
    [INTRODUCTION.to_owned(), table(&["Variable", "Meaning"], rows)].join("\n")
}

fn is_listed(name: &str) -> bool {
    let of_settings = RunSettings::ENVIRONMENT.iter().any(|(_, variable)| *variable == name);
    of_settings || VARIABLES.iter().any(|(listed, _)| *listed == name)
}

/// The names that look like variables of ours, or are read as such, in what is not a test.
fn read_by_the_code() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(repository()).unwrap() {
        let source = entry.unwrap().path().join("src");
        if source.is_dir() {
            read_folder(&source, &mut names);
        }
    }
    names
}

fn read_folder(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_folder(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            names.extend(
                literals(code).filter(|(before, name)| is_variable(before, name)).map(|(_, name)| name.to_owned()),
            );
        }
    }
}

/// Every text in quotes, with what stands before it.
fn literals(code: &str) -> impl Iterator<Item = (&str, &str)> {
    let parts: Vec<&str> = code.split('"').collect();
    (1..parts.len()).map(move |part| (parts[part - 1], parts[part])).collect::<Vec<_>>().into_iter()
}

fn is_variable(before: &str, name: &str) -> bool {
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    let readers = [
        "env::var(",
        "env::var_os(",
        "variable(",
        "variables)(",
        "set(",
        "environment(",
        "environment, ",
        "as_ref(), ",
    ];
    let is_read = readers.iter().any(|reader| before.ends_with(reader));
    is_name && !name.starts_with("OS_") && (is_read || name.starts_with("FUNCTEST_"))
}
