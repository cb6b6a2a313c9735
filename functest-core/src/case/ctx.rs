// SPDX-License-Identifier: Apache-2.0
//! What a case is given while it runs, and the verdict on what it did with it.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures::FutureExt;

use super::book::Book;
use super::{CaseError, CheckError, CheckSpec, Checks, FinishedCheck, Resources};
use crate::criteria::Criteria;
use crate::event::{Attachment, Audience, Emitter, EventBody, Level, OutputStream};
use crate::pattern::Pattern;
use crate::verdict::{CheckOutcome, Ended, Tally, Verdict};

/// What a context is made of.
#[derive(Debug)]
pub struct CtxParts {
    /// The run's id.
    pub run_id: String,
    /// The case's name.
    pub case_name: String,
    /// 1 for the first time that the case is tried in its run.
    pub attempt: u32,
    /// Where its events go.
    pub events: Emitter,
    /// What the case can check.
    pub checks: Checks,
    /// The checks that are asked for; `None` is all.
    pub scope: Option<Pattern>,
    /// Multiplies every deadline.
    pub deadline_factor: f64,
    /// What the providers made for it.
    pub resources: Resources,
}

/// A running case's way to the world. Cheap to clone.
#[derive(Clone)]
pub struct Ctx(Arc<Inner>);

struct Inner {
    run_id: String,
    case_name: String,
    attempt: u32,
    events: Emitter,
    scope: Option<Pattern>,
    deadline_factor: f64,
    resources: Resources,
    book: Mutex<Book>,
}

impl std::fmt::Debug for Ctx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ctx").field("run_id", &self.0.run_id).field("case_name", &self.0.case_name).finish()
    }
}

/// How the case itself came to its end, before the verdict.
#[derive(Debug)]
pub enum Ending {
    /// It returned.
    Returned(Result<Ended, CaseError>),
    /// It panicked, with this message.
    Panicked(String),
    /// It was ended after this time.
    DeadlinePassed(Duration),
    /// The run was stopped, for this reason.
    Cancelled(String),
    /// It was told to end, as this says, and did not: it blocks its thread.
    Stuck(Box<Ending>),
}

/// What a case came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Conclusion {
    /// The verdict.
    pub verdict: Verdict,
    /// Its checks, counted.
    pub tally: Tally,
    /// What it said of itself.
    pub ended: Ended,
}

impl Ctx {
    /// A context for one run of one case.
    pub fn new(parts: CtxParts) -> Self {
        let only_declared = parts.checks != Checks::AsReported;
        let declared = match parts.checks {
            Checks::Known(checks) => checks,
            Checks::Listed | Checks::AsReported => Vec::new(),
        };
        Self(Arc::new(Inner {
            run_id: parts.run_id,
            case_name: parts.case_name,
            attempt: parts.attempt,
            events: parts.events,
            scope: parts.scope,
            deadline_factor: parts.deadline_factor,
            resources: parts.resources,
            book: Mutex::new(Book::new(declared, only_declared)),
        }))
    }

    /// The run's id.
    pub fn run_id(&self) -> &str {
        &self.0.run_id
    }

    /// The case's name.
    pub fn case_name(&self) -> &str {
        &self.0.case_name
    }

    /// 1 for the first time that the case is tried in its run.
    pub fn attempt(&self) -> u32 {
        self.0.attempt
    }

    /// A deadline of a setting, scaled by the run's factor.
    pub fn deadline(&self, setting: Duration) -> Duration {
        setting.mul_f64(self.0.deadline_factor)
    }

    /// What a provider made for this case.
    ///
    /// # Errors
    /// When none made anything of that type: the case does not say that it needs it.
    pub fn get<T: Any + Send + Sync>(&self) -> Result<Arc<T>, CaseError> {
        let nothing = || CaseError(format!("this run's providers made no {} for the case", std::any::type_name::<T>()));
        self.0.resources.get().ok_or_else(nothing)
    }

    /// Tells people something about this case.
    pub fn log(&self, level: Level, message: impl Into<String>) {
        self.0.events.log(Some(self.case_name()), level, message);
    }

    /// Passes on what a tool wrote. It goes to the case's log and to no report; where the log is slower than the tool, this
    /// waits for it.
    pub async fn output(&self, stream: OutputStream, text: &str, audience: Audience) {
        self.0.events.output(self.case_name(), stream, text, audience).await;
    }

    /// Says that a file belongs to this case.
    pub fn attach(&self, attachment: Attachment) {
        let case_name = self.case_name().to_owned();
        self.0.events.emit(EventBody::Attached { case_name, attachment });
    }

    /// Whether the check is asked for. A scope that cannot decide within its budget leaves nothing out.
    pub fn is_in_scope(&self, check: &str) -> bool {
        self.0.scope.as_ref().is_none_or(|scope| !matches!(scope.is_found_in(check), Ok(false)))
    }

    /// Makes one check and records how it ended; returns what it found when it passed.
    ///
    /// A check that is not asked for is not made. A panic in it is recorded as its own error, and so is that its future is
    /// dropped before it has ended.
    pub async fn check<T>(&self, name: &str, body: impl Future<Output = Result<T, CheckError>>) -> Option<T> {
        let handle = self.start(name)?;
        let ended = AssertUnwindSafe(body).catch_unwind().await;
        let (outcome, value) = match ended {
            Ok(Ok(value)) => (CheckOutcome::Passed, Some(value)),
            Ok(Err(error)) => (error.into(), None),
            Err(panic) => {
                let message = format!("the check panicked: {}", panic_message(panic.as_ref()));
                (CheckOutcome::errored(message), None)
            }
        };
        handle.end(outcome);
        value
    }

    /// Starts a check that is ended through its handle. `None` when it is not asked for, or may not be made because it was
    /// made already.
    #[must_use = "a handle that is dropped ends its check as errored"]
    pub fn start(&self, name: &str) -> Option<CheckHandle> {
        if !self.is_in_scope(name) {
            return None;
        }
        let mut book = self.book();
        if !book.open(name) {
            return None;
        }
        let spec = book.spec(name);
        self.0.events.emit(EventBody::CheckStarted {
            case_name: self.case_name().to_owned(),
            check: name.to_owned(),
            states: spec.map(|spec| spec.states.clone().into_owned()).unwrap_or_default(),
            mark: spec.and_then(|spec| spec.mark.clone()).map(std::borrow::Cow::into_owned),
        });
        Some(CheckHandle { ctx: self.clone(), name: name.to_owned() })
    }

    /// Records that a check is not made.
    pub fn skip(&self, name: &str, reason: impl Into<String>) {
        if let Some(handle) = self.start(name) {
            handle.end(CheckOutcome::Skipped { reason: reason.into() });
        }
    }

    /// Records what was found out elsewhere. What is not asked for is passed over.
    pub fn record(&self, done: FinishedCheck) {
        if !self.is_in_scope(&done.name) {
            return;
        }
        let mut book = self.book();
        if !book.record(&done.name, &done.outcome) {
            return;
        }
        let spec = book.spec(&done.name);
        let states = spec.map(|spec| spec.states.clone().into_owned()).filter(|states| !states.is_empty());
        self.0.events.emit(EventBody::CheckFinished {
            case_name: self.case_name().to_owned(),
            check: done.name,
            outcome: done.outcome,
            duration_ms: milliseconds(done.duration),
            started: done.started,
            states,
            attachments: done.attachments,
            details: done.details,
        });
    }

    /// Declares what the case's tool has listed; from then on it has to be made.
    pub fn declare(&self, listed: Vec<CheckSpec>) {
        self.book().declare(listed);
    }

    /// The checks that the case still has to make, in their order: declared or listed, asked for, and not heard of yet.
    pub fn to_make(&self) -> Vec<CheckSpec> {
        self.book().unmade(|name| self.is_in_scope(name))
    }

    /// Ends every check that is still open in this way, and takes nothing more: the case is about to be stopped.
    pub fn give_up(&self, outcome: &CheckOutcome) {
        let mut book = self.book();
        book.closed = true;
        for name in book.open_checks() {
            self.end_in(&mut book, &name, outcome.clone());
        }
    }

    /// The outcomes so far, counted.
    pub fn tally(&self) -> Tally {
        self.book().tally.clone()
    }

    /// Closes the account of the case. Nothing that comes later counts.
    pub fn conclude(&self, ending: Ending, criteria: Criteria) -> Conclusion {
        let (verdict, ended) = match ending {
            Ending::Returned(Ok(ended)) => (self.verdict_of_returned(&ended, criteria), ended),
            Ending::Returned(Err(error)) => (self.errored(error.to_string()), Ended::default()),
            Ending::Panicked(message) => (self.errored(format!("the case panicked: {message}")), Ended::default()),
            Ending::Cancelled(reason) => (self.errored(reason), Ended::default()),
            Ending::DeadlinePassed(deadline) => (self.too_late(deadline), Ended::default()),
            Ending::Stuck(told) => (self.errored(stuck(&told)), Ended::default()),
        };
        let out_of_scope = self.book().unmade(|name| !self.is_in_scope(name)).len();
        let tally = Tally { out_of_scope: u32::try_from(out_of_scope).unwrap_or(u32::MAX), ..self.tally() };
        Conclusion { verdict, tally, ended }
    }

    /// What a case that returned left open or undone is recorded as what it is: not known.
    fn verdict_of_returned(&self, ended: &Ended, criteria: Criteria) -> Verdict {
        let mut book = self.book();
        for name in book.open_checks() {
            let message = format!("the case ended before its check `{name}` did");
            self.end_in(&mut book, &name, CheckOutcome::errored(message.clone()));
            book.breaches.push(message);
        }
        let unmade = book.unmade(|name| self.is_in_scope(name));
        if unmade.is_empty() && book.declared() > 0 && book.tally == Tally::default() && book.breaches.is_empty() {
            let reason = format!("none of its {} checks is in the scope", book.declared());
            return Verdict::Skipped { reason };
        }
        for spec in unmade {
            let message = format!("the case ended without making its check `{}`", spec.name);
            if book.open(&spec.name) {
                self.end_in(&mut book, &spec.name, CheckOutcome::errored(message.clone()));
            }
            book.breaches.push(message);
        }
        book.closed = true;
        book.tally.verdict(criteria, ended, &book.breaches)
    }

    fn errored(&self, reason: String) -> Verdict {
        self.give_up(&CheckOutcome::errored(reason.clone()));
        Verdict::Errored { reason }
    }

    fn too_late(&self, deadline: Duration) -> Verdict {
        let reason = format!("the case's deadline of {deadline:.0?} passed");
        self.give_up(&CheckOutcome::failed(reason.clone()));
        let first = self.tally().first_fault.map(|fault| format!("; first {fault}")).unwrap_or_default();
        Verdict::Failed { reason: format!("{reason}{first}") }
    }

    fn finish(&self, name: &str, outcome: CheckOutcome) {
        self.end_in(&mut self.book(), name, outcome);
    }

    /// Ends a check, if it is still open, that whoever made it has given up.
    fn abandon(&self, name: &str) {
        let mut book = self.book();
        if book.is_open(name) {
            let message = format!("the check `{name}` was given up before it ended");
            self.end_in(&mut book, name, CheckOutcome::errored(message.clone()));
            book.breaches.push(message);
        }
    }

    /// Ends a check, if it is still open, and says so. Under the lock, so that events come in the order of the account.
    fn end_in(&self, book: &mut Book, name: &str, outcome: CheckOutcome) {
        let Some(since) = book.end(name, &outcome) else { return };
        self.emit_finished(name, outcome, since);
    }

    fn emit_finished(&self, name: &str, outcome: CheckOutcome, since: Instant) {
        self.0.events.emit(EventBody::CheckFinished {
            case_name: self.case_name().to_owned(),
            check: name.to_owned(),
            outcome,
            duration_ms: milliseconds(since.elapsed()),
            started: None,
            states: None,
            attachments: Vec::new(),
            details: None,
        });
    }

    /// A panic while counting leaves a count that is still right.
    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A check that is being made. Dropped before it is ended, it is recorded as errored: whoever made it gave it up.
#[derive(Debug)]
pub struct CheckHandle {
    ctx: Ctx,
    name: String,
}

impl CheckHandle {
    /// The check's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The cloud did what it must.
    pub fn pass(self) {
        self.end(CheckOutcome::Passed);
    }

    /// The check ended in this way.
    pub fn end(self, outcome: CheckOutcome) {
        // The drop that follows finds it ended.
        self.ctx.finish(&self.name, outcome);
    }
}

impl Drop for CheckHandle {
    fn drop(&mut self) {
        self.ctx.abandon(&self.name);
    }
}

/// Why a case is told to end that did not.
fn stuck(told: &Ending) -> String {
    let why = match told {
        Ending::DeadlinePassed(deadline) => format!("the case's deadline of {deadline:.0?} passed"),
        Ending::Cancelled(reason) => reason.clone(),
        _ => "it was told to end".to_owned(),
    };
    format!("{why}, and the case did not end: it blocks its thread, and may still be doing something")
}

/// What a panic said.
pub fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without a message".into())
}

fn milliseconds(duration: Duration) -> u64 {
    duration.as_millis().try_into().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(checks: Checks, scope: Option<&str>) -> CtxParts {
        CtxParts {
            run_id: "r".into(),
            case_name: "c".into(),
            attempt: 1,
            events: Emitter::discarding(),
            checks,
            scope: scope.map(|s| s.parse().unwrap()),
            deadline_factor: 2.0,
            resources: Resources::default(),
        }
    }

    fn declaring(names: &[&'static str]) -> Ctx {
        let checks = names.iter().map(|name| CheckSpec::new(name, "it works")).collect();
        Ctx::new(parts(Checks::Known(checks), None))
    }

    fn verdict(ctx: &Ctx) -> Verdict {
        ctx.conclude(Ending::Returned(Ok(Ended::default())), Criteria::at_least(0.0).unwrap()).verdict
    }

    fn reason(ctx: &Ctx) -> String {
        match verdict(ctx) {
            Verdict::Errored { reason } => reason,
            other => panic!("expected an errored case, found {other:?}"),
        }
    }

    async fn holds() -> Result<(), CheckError> {
        Ok(())
    }

    #[tokio::test]
    async fn outcomes_are_counted_and_panics_contained() {
        let ctx = declaring(&["a", "b", "c", "d"]);
        assert_eq!(ctx.check("a", async { Ok(7) }).await, Some(7));
        assert_eq!(ctx.check("b", async { Err::<(), _>(CheckError::failed("no")) }).await, None);
        ctx.check("c", async { if true { panic!("boom") } else { Ok(()) } }).await;
        ctx.skip("d", "no heat");
        let tally = ctx.tally();
        assert_eq!((tally.passed, tally.failed, tally.errored, tally.skipped), (1, 1, 1, 1));
        assert_eq!(ctx.deadline(Duration::from_secs(3)), Duration::from_secs(6));
        assert!(ctx.get::<u8>().is_err());
        assert_eq!(verdict(&ctx), Verdict::Passed);
    }

    #[tokio::test]
    async fn checks_outside_the_scope_are_not_made() {
        let ctx = Ctx::new(parts(Checks::Known(vec![CheckSpec::new("b", "")]), Some("^a")));
        ctx.check("b", holds()).await;
        ctx.skip("b", "never");
        assert_eq!(ctx.tally(), Tally::default());
        assert_eq!(verdict(&ctx), Verdict::Skipped { reason: "none of its 1 checks is in the scope".into() });
    }

    #[tokio::test]
    async fn a_declared_check_that_was_not_made_cannot_pass() {
        let ctx = declaring(&["easy", "hard"]);
        ctx.check("easy", holds()).await;
        assert!(reason(&ctx).contains("without making its check `hard`"));
    }

    #[tokio::test]
    async fn a_started_check_that_was_given_up_cannot_pass() {
        let ctx = declaring(&["easy", "hard"]);
        ctx.check("easy", holds()).await;
        let never = std::future::pending::<Result<(), CheckError>>();
        let _ = tokio::time::timeout(Duration::from_millis(1), ctx.check("hard", never)).await;
        assert_eq!(reason(&ctx), "the check `hard` was given up before it ended");
    }

    #[tokio::test]
    async fn a_check_in_a_task_that_outlives_the_case_cannot_pass() {
        let ctx = declaring(&["easy", "hard"]);
        ctx.check("easy", holds()).await;
        let handle = ctx.start("hard").unwrap();
        assert!(reason(&ctx).contains("the case ended before its check `hard` did"));
        handle.pass();
        assert_eq!((ctx.tally().passed, ctx.tally().errored), (1, 1));
    }

    #[tokio::test]
    async fn two_checks_of_one_name_cannot_pass() {
        let ctx = declaring(&["a"]);
        let first = ctx.start("a").unwrap();
        assert!(ctx.start("a").is_none());
        first.pass();
        assert_eq!(reason(&ctx), "the check `a` was made twice");
        let ctx = declaring(&["a"]);
        ctx.record(FinishedCheck::new("a", CheckOutcome::Passed));
        ctx.record(FinishedCheck::new("a", CheckOutcome::failed("no")));
        assert_eq!(ctx.tally().failed, 1);
        assert_eq!(reason(&ctx), "there are two results for the check `a`");
    }

    #[tokio::test]
    async fn an_undeclared_check_cannot_pass() {
        let ctx = declaring(&["a"]);
        ctx.check("a", holds()).await;
        ctx.check("b", holds()).await;
        assert_eq!(reason(&ctx), "the check `b` is not one that the case declares");
        let ctx = Ctx::new(parts(Checks::AsReported, None));
        ctx.record(FinishedCheck::new("b", CheckOutcome::Passed));
        assert_eq!(verdict(&ctx), Verdict::Passed);
    }

    #[tokio::test]
    async fn what_a_tool_has_listed_has_to_be_made() {
        let ctx = Ctx::new(parts(Checks::Listed, Some("^t")));
        ctx.declare(["t1", "t2", "other"].map(CheckSpec::named).to_vec());
        assert_eq!(ctx.to_make(), ["t1", "t2"].map(CheckSpec::named));
        ctx.record(FinishedCheck::new("t1", CheckOutcome::Passed));
        assert_eq!(ctx.to_make(), [CheckSpec::named("t2")]);
        assert_eq!(reason(&ctx), "the case ended without making its check `t2`");
    }

    #[tokio::test]
    async fn open_checks_fail_when_time_is_up() {
        let ctx = declaring(&["slow"]);
        let handle = ctx.start("slow").unwrap();
        ctx.give_up(&CheckOutcome::failed("the deadline passed"));
        drop(handle);
        assert_eq!(ctx.tally().first_fault.as_deref(), Some("slow: the deadline passed"));
        let verdict = ctx.conclude(Ending::DeadlinePassed(Duration::from_secs(9)), Criteria::DEFAULT).verdict;
        assert_eq!(verdict.reason(), Some("the case's deadline of 9s passed; first slow: the deadline passed"));
    }
}
