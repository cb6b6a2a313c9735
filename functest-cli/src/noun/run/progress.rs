// SPDX-License-Identifier: Apache-2.0
//! Live progress, on standard error: moving lines on a terminal, plain ones elsewhere.

use std::collections::HashMap;
use std::io::{IsTerminal, Write};
use std::time::Duration;

use functest::core::Sink;
use functest::core::event::{ApiCall, Event, EventBody, Level};
use functest::core::sink::SinkError;
use functest::core::verdict::{CheckOutcome, Verdict};
use functest::core::words::{duration, visible};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use owo_colors::OwoColorize;

use crate::output::{Output, Styles};

/// How often a moving line moves.
const TICK: Duration = Duration::from_millis(120);

/// The sink for this standard error.
pub(crate) fn sink(output: &Output) -> Box<dyn Sink> {
    let styles = output.error_styles;
    let bars = std::io::stderr().is_terminal().then(MultiProgress::new);
    Box::new(Progress { styles, bars, verbose: output.verbose, running: HashMap::new() })
}

struct Progress {
    styles: Styles,
    /// `None` where lines cannot move.
    bars: Option<MultiProgress>,
    /// Whether to show every request to the cloud, too.
    verbose: bool,
    running: HashMap<String, Running>,
}

/// A case that runs.
struct Running {
    bar: Option<ProgressBar>,
    checks: u32,
    bad: u32,
}

/// What this sink is called in messages.
pub(super) const NAME: &str = "the progress on standard error";

impl Sink for Progress {
    fn name(&self) -> &str {
        NAME
    }

    /// Never fails: nobody to show progress to is no reason to stop a run.
    fn take(&mut self, event: &Event) -> Result<(), SinkError> {
        match &event.body {
            EventBody::RunStarted(head) => self.say(&format!("{} {}", "run".style(self.styles.strong), head.run_id)),
            EventBody::TierStarted { tier } => self.say(&format!("{} {tier}", "tier".style(self.styles.strong))),
            EventBody::CaseStarted { case_name, attempt } => self.start(case_name, *attempt),
            EventBody::CheckStarted { case_name, check, .. } => self.update(case_name, check),
            EventBody::CheckFinished { case_name, check, outcome, .. } => {
                self.check_finished(case_name, check, outcome);
            }
            EventBody::Log { case_name, level, message } => self.log(case_name.as_deref(), *level, message),
            EventBody::CleanedUp { case_name, clean_up } => {
                for leftover in &clean_up.left {
                    let case = case_name.as_deref().unwrap_or("run");
                    let word = "left".style(self.styles.bad);
                    self.say(&format!("  {case}: {word} {}: {}", leftover.thing, visible(&leftover.reason)));
                }
            }
            EventBody::AttemptFinished { case_name, attempt, verdict, duration_ms } => {
                self.ended(case_name, &format!("{case_name} (attempt {attempt})"), verdict, "", *duration_ms);
            }
            EventBody::CaseFinished { case_name, verdict, tally, duration_ms, .. } => {
                let checks = tally.tolerated().unwrap_or_else(|| tally.in_words());
                self.ended(case_name, case_name, verdict, &checks, *duration_ms);
            }
            EventBody::ApiCall { case_name, call } if self.verbose => self.api_call(case_name.as_deref(), call),
            EventBody::ApiCall { .. }
            | EventBody::Attached { .. }
            | EventBody::CancelRequested { .. }
            | EventBody::RunFinished { .. } => {}
        }
        Ok(())
    }

    fn output(&mut self, output: &functest::core::event::Output) -> Result<(), SinkError> {
        for line in output.text.lines() {
            self.say(&format!("    {}: {}", output.case_name, visible(line)));
        }
        Ok(())
    }
}

impl Progress {
    fn say(&self, line: &str) {
        match &self.bars {
            Some(bars) => drop(bars.println(line)),
            None => drop(writeln!(std::io::stderr().lock(), "{line}")),
        }
    }

    fn ended(&mut self, case_name: &str, what: &str, verdict: &Verdict, checks: &str, duration_ms: u64) {
        if let Some(bar) = self.running.remove(case_name).and_then(|running| running.bar) {
            bar.finish_and_clear();
        }
        let reason = verdict.reason().map_or_else(|| checks.to_owned(), visible);
        let (word, took) = (verdict.word(), duration(duration_ms));
        let (style, faint) = (self.styles.of(word), self.styles.faint);
        self.say(&format!("  {what}: {} {} {reason}", word.style(style), took.style(faint)));
    }

    fn start(&mut self, case: &str, attempt: u32) {
        let bar = self.bars.as_ref().map(|bars| {
            let bar = bars.add(ProgressBar::new_spinner());
            if let Ok(style) = ProgressStyle::with_template("  {spinner} {prefix} {elapsed} {wide_msg}") {
                bar.set_style(style);
            }
            bar.set_prefix(case.to_owned());
            bar.set_message("preparing");
            bar.enable_steady_tick(TICK);
            bar
        });
        if bar.is_none() {
            let attempt = if attempt > 1 { format!(" (attempt {attempt})") } else { String::new() };
            self.say(&format!("  {case}: started{attempt}"));
        }
        self.running.insert(case.to_owned(), Running { bar, checks: 0, bad: 0 });
    }

    fn update(&mut self, case: &str, doing: &str) {
        if let Some(Running { bar: Some(bar), checks, bad }) = self.running.get(case) {
            let bad = if *bad > 0 { format!(", {bad} bad") } else { String::new() };
            bar.set_message(format!("{checks} checks done{bad}; {doing}"));
        }
    }

    fn check_finished(&mut self, case: &str, check: &str, outcome: &CheckOutcome) {
        let bad = matches!(outcome, CheckOutcome::Failed(_) | CheckOutcome::Errored(_));
        if let Some(running) = self.running.get_mut(case) {
            running.checks += 1;
            running.bad += u32::from(bad);
        }
        let plain = self.bars.is_none();
        if bad || plain {
            let word = outcome.word();
            let message = outcome.message().map(|message| format!(": {}", visible(message))).unwrap_or_default();
            self.say(&format!("    {case} {check} {}{message}", word.style(self.styles.of(word))));
        }
        self.update(case, check);
    }

    fn log(&mut self, case: Option<&str>, level: Level, message: &str) {
        let case_words = case.map(|case| format!("{case}: ")).unwrap_or_default();
        match level {
            Level::Debug if !self.verbose => {}
            Level::Debug => self.say(&format!("    {case_words}{}", visible(message).style(self.styles.faint))),
            Level::Info if self.bars.is_some() => self.update(case.unwrap_or_default(), &visible(message)),
            Level::Info => self.say(&format!("    {case_words}{}", visible(message))),
            Level::Warning | Level::Error => {
                self.say(&format!("    {case_words}{}", visible(message).style(self.styles.doubtful)));
            }
        }
    }

    fn api_call(&self, case: Option<&str>, call: &ApiCall) {
        let answer = match (call.status, &call.error) {
            (Some(status), _) => status.to_string(),
            (None, error) => visible(error.as_deref().unwrap_or("no answer")),
        };
        let id = call.request_id.as_deref().unwrap_or_default();
        let line = format!(
            "      {} {} {} {} {answer} {:.0} ms {id}",
            case.unwrap_or("run"),
            call.service,
            call.method,
            call.route,
            call.duration_ms
        );
        self.say(&line.style(self.styles.faint).to_string());
    }
}
