// SPDX-License-Identifier: Apache-2.0
//! `bashfeature`: a line of shell as a test case, as Functest and Xtesting have it. It passes when the line ends with 0.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use functest_core::case::{CaseError, CheckSpec, Ended};
use functest_core::catalogue::{CaseSpec, DriverName};
use functest_core::driver::{Checks, Claim, Driver, Prepared};
use functest_core::event::{Audience, Level};
use functest_core::need::Needs;
use functest_core::settings::{CaseSettings, Seconds, Settings, SettingsError, SettingsSpec};
use functest_core::verdict::CheckOutcome;
use functest_core::{Ctx, TestCase};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::exclusion::exclusion;
use crate::program::{Ending, Program};

/// The entry point of Xtesting.
const NAME: &str = "bashfeature";

/// The classes of Danube, Euphrates and Xtesting.
const CLASSES: [(&str, &str); 3] = [
    ("functest.core.feature_base", "BashFeature"),
    ("functest.core.feature", "BashFeature"),
    ("xtesting.core.feature", "BashFeature"),
];

/// Nobody knows how long a project's script takes; where `max_duration` is not set, this is long enough for any.
const DEADLINE: Duration = Duration::from_secs(4 * 60 * 60);

/// What its end may take, beyond `max_duration`.
const MARGIN: Duration = Duration::from_secs(60);

/// The one check.
const COMMAND: CheckSpec = CheckSpec::new("command", "the command ends with 0");

/// Settings of a case of `bashfeature`; the keys are Xtesting's.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
struct BashFeatureSettings {
    /// The line, for `/bin/sh`.
    cmd: String,
    /// `false`: the line is only split into words, as a shell does it, and nothing in them is expanded.
    shell: Shell,
    /// Whether what it writes is shown while it runs; it is in the case's log in any case.
    console: bool,
    /// After this it is ended with everything that it started, in seconds. Default: never, but for `case_deadline`.
    max_duration: Option<Seconds>,
}

/// Whether there is a shell between us and the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
struct Shell(bool);

impl Default for Shell {
    /// Danube and Euphrates have one; Xtesting only where it is asked for, but what works without one works with it.
    fn default() -> Self {
        Self(true)
    }
}

impl CaseSettings for BashFeatureSettings {
    fn problem(&self) -> Option<(&'static str, String)> {
        let reason = match (self.cmd.trim(), self.shell) {
            ("", _) => "there is no command to run: set it in the entry's `run.args`",
            (line, Shell(false)) if shlex::split(line).is_none() => "it has a quotation mark without a second one",
            _ => return None,
        };
        Some(("cmd", reason.into()))
    }
}

impl BashFeatureSettings {
    fn program(&self) -> Program {
        let words = if self.shell.0 { None } else { shlex::split(&self.cmd) };
        match words.as_deref() {
            Some([program, arguments @ ..]) => Program::new(program).args(arguments),
            _ => Program::shell(&self.cmd),
        }
    }
}

/// Runs lines of shell.
#[derive(Clone, Copy, Debug, Default)]
pub struct BashFeatureDriver;

impl Driver for BashFeatureDriver {
    fn claims(&self, name: &DriverName) -> Claim {
        let is_this = match name {
            DriverName::Name { name } => name == NAME,
            DriverName::Class { module, class } => CLASSES.contains(&(module, class)),
            DriverName::Unsaid => false,
        };
        if is_this { Claim::Exact } else { Claim::No }
    }

    fn settings(&self, _entry: &CaseSpec) -> SettingsSpec {
        SettingsSpec::of::<BashFeatureSettings>().with_deadline(DEADLINE)
    }

    fn checks(&self, _entry: &CaseSpec) -> Checks {
        Checks::Known(vec![COMMAND])
    }

    fn prepare(&self, entry: &CaseSpec, settings: Settings) -> Result<Prepared, SettingsError> {
        let settings: BashFeatureSettings = settings.read()?;
        let needs = Needs::default().excluding(exclusion(entry)?);
        let deadline = settings.max_duration.map(|time| Duration::from(time) + MARGIN);
        let body = BashFeature { settings, env: entry.env.clone() };
        Ok(Prepared { needs, deadline, body: Box::new(body) })
    }
}

struct BashFeature {
    settings: BashFeatureSettings,
    env: BTreeMap<String, String>,
}

#[async_trait]
impl TestCase for BashFeature {
    async fn run(&self, ctx: &Ctx) -> Result<Ended, CaseError> {
        let Some(check) = ctx.start(&COMMAND.name) else { return Ok(Ended::default()) };
        let time = self.settings.max_duration.map(|time| ctx.deadline(time.into()));
        ctx.log(Level::Info, format!("$ {}", self.settings.cmd));
        let program = self.settings.program().default_env(&self.env).time(time);
        let audience = if self.settings.console { Audience::Console } else { Audience::Log };
        match program.audience(audience).run(ctx).await {
            Ok(ending) => {
                check.end(outcome(&ending, time));
                Ok(Ended { return_code: Some(ending.code), ..Ended::default() })
            }
            Err(error) => {
                check.end(CheckOutcome::errored(error.to_string()));
                Ok(Ended::default())
            }
        }
    }
}

fn outcome(ending: &Ending, time: Option<Duration>) -> CheckOutcome {
    let last = ending.last_words();
    match (ending.timed_out, time) {
        (true, Some(time)) => CheckOutcome::failed(format!("the command was ended after {time:.0?}{last}")),
        _ if ending.code == 0 => CheckOutcome::Passed,
        _ => CheckOutcome::failed(format!("the command ended with {}{last}", ending.code)),
    }
}
