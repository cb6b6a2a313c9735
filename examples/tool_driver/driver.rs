// SPDX-License-Identifier: Apache-2.0
//! The driver: catalogue entries that name `soundcheck` are runs of the tool.

use std::time::Duration;

use async_trait::async_trait;
use functest::core::case::{CaseError, CheckSpec, Ended};
use functest::core::catalogue::{CaseSpec, DriverName};
use functest::core::driver::{Checks, Claim, Driver, Prepared};
use functest::core::event::{Audience, Level};
use functest::core::need::{Needs, Requirement};
use functest::core::provider::WorkingFolder;
use functest::core::settings::{Settings, SettingsError, SettingsSpec};
use functest::core::{Ctx, TestCase};
use functest::drivers::{Ending, Program, exclusion};

use crate::results::{self, Results};
use crate::settings::{SoundcheckSettings, options};

/// The name by which catalogues call for it.
const NAME: &str = "soundcheck";

/// The first version that has `--results`.
const VERSION: &str = "2.0";

/// The file that the tool writes its results to.
const RESULTS: &str = "results.jsonl";

/// What a case may take when nobody says it.
const DEADLINE: Duration = Duration::from_secs(15 * 60);

/// Makes cases of the tool.
pub(crate) struct SoundcheckDriver;

impl Driver for SoundcheckDriver {
    fn claims(&self, name: &DriverName) -> Claim {
        let is_this = matches!(name, DriverName::Name { name } if name == NAME);
        if is_this { Claim::Exact } else { Claim::No }
    }

    /// Open, so that keys which are not among the driver's reach the tool.
    fn settings(&self, _entry: &CaseSpec) -> SettingsSpec {
        SettingsSpec::of::<SoundcheckSettings>().open().with_deadline(DEADLINE)
    }

    /// Nobody but the tool knows its tests.
    fn checks(&self, _entry: &CaseSpec) -> Checks {
        Checks::Listed
    }

    fn prepare(&self, entry: &CaseSpec, settings: Settings) -> Result<Prepared, SettingsError> {
        let options = options(&settings)?;
        let settings: SoundcheckSettings = settings.read()?;
        let tool = Requirement::Tool { name: settings.tool.clone(), version: Some(VERSION.into()) };
        let needs = Needs::of([Requirement::WorkingFolder, tool]).excluding(exclusion(entry)?);
        Ok(Prepared::new(needs, Soundcheck { settings, options }))
    }
}

/// A run of the tool.
struct Soundcheck {
    settings: SoundcheckSettings,
    options: Vec<String>,
}

#[async_trait]
impl TestCase for Soundcheck {
    /// Each test that is listed and asked for has to have a result at the end; functest sees to it.
    async fn list(&self, ctx: &Ctx) -> Result<Vec<CheckSpec>, CaseError> {
        let program = Program::new(&self.settings.tool).args(["--list"]).keeping_stdout();
        let ending = program.time(Some(ctx.deadline(self.settings.each.into()))).run(ctx).await;
        let ending = ending.map_err(|error| CaseError(error.to_string()))?;
        match ending.stdout {
            Some(text) if ending.code == 0 && !ending.timed_out => Ok(results::listed(&text)),
            _ => Err(CaseError(format!("the tool does not list its tests: {}", how(&ending.last_line, ending.code)))),
        }
    }

    async fn run(&self, ctx: &Ctx) -> Result<Ended, CaseError> {
        let wanted = ctx.to_make();
        if wanted.is_empty() {
            return Ok(Ended::default());
        }
        let folder = ctx.get::<WorkingFolder>()?;
        let ending = self.run_tool(ctx, &wanted, &folder).await?;
        // A tool that died has left results too.
        let text = std::fs::read_to_string(folder.path().join(RESULTS)).unwrap_or_default();
        let Results { tests, summary } = results::read(&text)?;
        for test in tests {
            ctx.record(test.into_check(&folder));
        }
        if let Some(file) = results::attachment("results", "application/jsonl", RESULTS, &folder) {
            ctx.attach(file);
        }
        if summary.is_none() {
            let how = how(&ending.last_line, ending.code);
            ctx.log(Level::Error, format!("the tool did not come to its end: {how}"));
        }
        let success_rate = summary.as_ref().map(|summary| summary.passed_percent);
        let details = summary.map(results::Summary::details);
        Ok(Ended { return_code: Some(ending.code), success_rate, details })
    }
}

impl Soundcheck {
    /// Runs the tests that are asked for, in the folder that the case was given.
    async fn run_tool(&self, ctx: &Ctx, tests: &[CheckSpec], folder: &WorkingFolder) -> Result<Ending, CaseError> {
        let audience = if self.settings.console { Audience::Console } else { Audience::Log };
        let count = u32::try_from(tests.len()).unwrap_or(u32::MAX);
        let time = ctx.deadline(Duration::from(self.settings.each).saturating_mul(count));
        let program = Program::new(&self.settings.tool)
            .args(["--results", RESULTS])
            .args(&self.options)
            .args(tests.iter().map(|test| test.name.as_ref()))
            .folder(&folder.path())
            .audience(audience)
            .time(Some(time));
        program.run(ctx).await.map_err(|error| CaseError(error.to_string()))
    }
}

fn how(last_line: &str, code: i64) -> String {
    let said = if last_line.is_empty() { "it says nothing" } else { last_line };
    format!("{said} (it ended with {code})")
}
