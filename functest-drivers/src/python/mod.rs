// SPDX-License-Identifier: Apache-2.0
//! Test cases that are classes of Python, as Functest and Xtesting have them: by the name that a package announces, or by module
//! and class. Each runs in an interpreter of its own, so that whatever becomes of it becomes of no other.

mod interpreter;
mod verdict;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use functest_core::case::{CaseError, CheckSpec, Ended};
use functest_core::catalogue::{CaseSpec, DriverName};
use functest_core::criteria::{Comparison, Criteria};
use functest_core::driver::{Checks, Claim, Driver, Prepared};
use functest_core::event::Attachment;
use functest_core::need::{Needs, Requirement};
use functest_core::provider::WorkingFolder;
use functest_core::settings::{Settings, SettingsError, SettingsSpec};
use functest_core::verdict::CheckOutcome;
use functest_core::{Ctx, TestCase};
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use self::interpreter::{Interpreter, VARIABLE};
use self::verdict::Word;
use crate::exclusion::exclusion;
use crate::program::{Ending, Program};

/// Runs a class, and says on a descriptor of its own what became of it.
const HOST: &str = include_str!("host.py");

/// Where it says it.
const CHANNEL: i32 = 3;

/// What it is told.
const ORDER: &str = "FUNCTEST_CASE";

/// As for scripts: nobody knows how long a project's case takes.
const DEADLINE: Duration = Duration::from_secs(4 * 60 * 60);

/// How long the word is waited for when the interpreter has ended: something that it left may hold the descriptor.
const REST_OF_WORDS: Duration = Duration::from_secs(2);

/// The one check.
const RUN: CheckSpec = CheckSpec::new("run", "the class says that it was successful");

/// Runs classes of Python.
#[derive(Clone, Debug, Default)]
pub struct PythonDriver {
    interpreter: Arc<Interpreter>,
}

impl Driver for PythonDriver {
    /// What is built in under the same name is preferred.
    fn claims(&self, name: &DriverName) -> Claim {
        if self.interpreter.has(name) { Claim::Fallback } else { Claim::No }
    }

    /// Open: whatever is set is an argument of the class's `run`.
    fn settings(&self, _entry: &CaseSpec) -> SettingsSpec {
        SettingsSpec::default().open().with_deadline(DEADLINE)
    }

    fn checks(&self, _entry: &CaseSpec) -> Checks {
        Checks::Known(vec![RUN])
    }

    fn prepare(&self, entry: &CaseSpec, settings: Settings) -> Result<Prepared, SettingsError> {
        let Ok(program) = Interpreter::program().into_string() else {
            return Err(settings.error("run", format!("the environment variable {VARIABLE} is not UTF-8")));
        };
        let python = Requirement::Tool { name: program.clone(), version: None };
        let needs = Needs::of([Requirement::WorkingFolder, python]).excluding(exclusion(entry)?);
        let run = match &entry.driver {
            DriverName::Name { name } => json!({ "name": name }),
            DriverName::Class { module, class } => json!({ "module": module, "class": class }),
            DriverName::Unsaid => return Err(settings.error("run", "the catalogue does not say what runs it")),
        };
        let body = PythonCase {
            program,
            run,
            case: of_class(entry),
            clean: entry.extra.get("clean_flag") != Some(&Value::Bool(false)),
            arguments: settings.values().clone(),
            env: entry.env.clone(),
        };
        Ok(Prepared { needs, deadline: None, body: Box::new(body) })
    }
}

/// What the class is made with: the entry, but for what is functest's own affair.
fn of_class(entry: &CaseSpec) -> Map<String, Value> {
    let mut case: Map<String, Value> = entry.extra.clone().into_iter().collect();
    case.insert("case_name".into(), entry.case_name.clone().into());
    case.insert("project_name".into(), entry.project_name.clone().into());
    case.insert("description".into(), entry.description.clone().into());
    case.insert("blocking".into(), entry.blocking.into());
    // Other forms are of a time before Xtesting; its classes compare with a number.
    if let Criteria::SuccessRate(Comparison::AtLeast, percent) = entry.criteria {
        case.insert("criteria".into(), percent.into());
    }
    case
}

struct PythonCase {
    program: String,
    /// What the catalogue names.
    run: Value,
    case: Map<String, Value>,
    clean: bool,
    arguments: Map<String, Value>,
    env: BTreeMap<String, String>,
}

#[async_trait]
impl TestCase for PythonCase {
    async fn run(&self, ctx: &Ctx) -> Result<Ended, CaseError> {
        let Some(check) = ctx.start(&RUN.name) else { return Ok(Ended::default()) };
        let folder = ctx.get::<WorkingFolder>()?;
        let (ending, word) = self.host(ctx, &folder).await?;
        attach_files(ctx, &folder);
        check.end(outcome(word.as_ref(), &ending));
        Ok(match word {
            Some(Word::Ended { return_code, success_rate, details, .. }) => {
                Ended { return_code, success_rate, details }
            }
            _ => Ended::default(),
        })
    }
}

impl PythonCase {
    /// Runs the interpreter to its end.
    async fn host(&self, ctx: &Ctx, folder: &WorkingFolder) -> Result<(Ending, Option<Word>), CaseError> {
        let order = json!({
            "run": self.run,
            "case": self.case,
            "args": self.arguments,
            "clean": self.clean,
            "folder": folder.path(),
        });
        let failed = |error: crate::ProgramError| CaseError(error.to_string());
        let program = Program::new(&self.program).args(["-c", HOST]).default_env(&self.env);
        let (program, channel) = program.env(ORDER, order.to_string()).speaking_on(CHANNEL).map_err(failed)?;
        let reading = verdict::read(channel);
        tokio::pin!(reading);
        let running = program.run(ctx);
        tokio::pin!(running);
        let (ending, word) = tokio::select! {
            word = &mut reading => (running.await, word),
            ending = &mut running => (ending, timeout(REST_OF_WORDS, reading).await.ok().flatten()),
        };
        Ok((ending.map_err(failed)?, word))
    }
}

fn outcome(word: Option<&Word>, ending: &Ending) -> CheckOutcome {
    match word {
        Some(Word::Skipped) => {
            CheckOutcome::Skipped { reason: "its class says that its requirements are not met".into() }
        }
        Some(Word::Errored { reason }) => CheckOutcome::errored(reason.clone()),
        Some(Word::Ended { successful: true, .. }) if ending.code == 0 => CheckOutcome::Passed,
        Some(Word::Ended { successful: false, result, .. }) => {
            CheckOutcome::failed(format!("the class says that it was not successful; its result is {result}"))
        }
        _ => {
            let last = ending.last_words();
            CheckOutcome::errored(format!("the interpreter ended with {} and without a verdict{last}", ending.code))
        }
    }
}

/// The files at the top of the case's folder; what is below them is theirs.
fn attach_files(ctx: &Ctx, folder: &WorkingFolder) {
    let Ok(entries) = std::fs::read_dir(folder.path()) else { return };
    let is_file = |entry: &std::fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_file());
    let mut names: Vec<String> =
        entries.flatten().filter(is_file).filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    for name in names {
        ctx.attach(Attachment { path: folder.relative(&name), media_type: media_type(&name).to_owned(), name });
    }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html",
        Some("json") => "application/json",
        Some("log" | "txt") => "text/plain",
        Some("xml") => "application/xml",
        _ => "application/octet-stream",
    }
}
