// SPDX-License-Identifier: Apache-2.0
//! What a case is given while it runs.

use std::any::Any;
use std::collections::BTreeMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::FutureExt;

use super::{CaseError, CheckError, CheckSpec, Resources};
use crate::event::{Emitter, EventBody, Level};
use crate::pattern::Pattern;
use crate::verdict::{CheckOutcome, Fault, Tally};

/// What a context is made of.
#[derive(Debug)]
pub struct CtxParts {
    /// The run's id.
    pub run_id: String,
    /// The case's name.
    pub case_name: String,
    /// Where its events go.
    pub events: Emitter,
    /// What the case can check.
    pub checks: Vec<CheckSpec>,
    /// The checks that are asked for; `None` is all.
    pub scope: Option<Pattern>,
    /// Multiplies every deadline.
    pub deadline_factor: f64,
    /// What the environment made for it.
    pub resources: Resources,
}

/// A running case's way to the world. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Ctx(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    parts: CtxParts,
    tally: Mutex<Tally>,
    /// Checks that have started and not ended, in the order of their names.
    open: Mutex<BTreeMap<String, Instant>>,
}

impl Ctx {
    /// A context for one run of one case.
    pub fn new(parts: CtxParts) -> Self {
        Self(Arc::new(Inner { parts, tally: Mutex::default(), open: Mutex::default() }))
    }

    /// The run's id.
    pub fn run_id(&self) -> &str {
        &self.0.parts.run_id
    }

    /// The case's name.
    pub fn case_name(&self) -> &str {
        &self.0.parts.case_name
    }

    /// A deadline of a setting, scaled by the run's factor.
    pub fn deadline(&self, setting: Duration) -> Duration {
        setting.mul_f64(self.0.parts.deadline_factor)
    }

    /// What the environment made for this case.
    ///
    /// # Errors
    /// When it made nothing of that type.
    pub fn get<T: Any + Send + Sync>(&self) -> Result<Arc<T>, CaseError> {
        self.0
            .parts
            .resources
            .get()
            .ok_or_else(|| CaseError(format!("the environment of this run offers no {}", std::any::type_name::<T>())))
    }

    /// Tells people something about this case.
    pub fn log(&self, level: Level, message: impl Into<String>) {
        self.0.parts.events.log(Some(self.case_name()), level, message);
    }

    /// Whether the check is asked for.
    pub fn is_in_scope(&self, check: &str) -> bool {
        self.0.parts.scope.as_ref().is_none_or(|scope| matches!(scope.is_found_in(check), Ok(true)))
    }

    /// Makes one check and records how it ended; returns what it found when it passed.
    ///
    /// A check that is not asked for is not made. A panic in it is recorded as its own error.
    pub async fn check<T>(&self, name: &str, body: impl Future<Output = Result<T, CheckError>>) -> Option<T> {
        if !self.is_in_scope(name) {
            return None;
        }
        self.start(name);
        let ended = AssertUnwindSafe(body).catch_unwind().await;
        let (outcome, value) = match ended {
            Ok(Ok(value)) => (CheckOutcome::Passed, Some(value)),
            Ok(Err(error)) => (error.into(), None),
            Err(panic) => {
                let message = format!("the check panicked: {}", panic_message(panic.as_ref()));
                (CheckOutcome::Errored(Fault { message, request: None }), None)
            }
        };
        self.finish(name, outcome);
        value
    }

    /// Records that a check is not made.
    pub fn skip(&self, name: &str, reason: impl Into<String>) {
        if self.is_in_scope(name) {
            self.start(name);
            self.finish(name, CheckOutcome::Skipped { reason: reason.into() });
        }
    }

    /// Ends every check that is still open: as failed when the cloud ran out of time, as errored when the case was
    /// stopped for another reason.
    pub fn end_open_checks(&self, outcome: &CheckOutcome) {
        let open: Vec<String> = lock(&self.0.open).keys().cloned().collect();
        for name in open {
            self.finish(&name, outcome.clone());
        }
    }

    /// The outcomes so far, counted.
    pub fn tally(&self) -> Tally {
        lock(&self.0.tally).clone()
    }

    fn start(&self, name: &str) {
        lock(&self.0.open).insert(name.to_owned(), Instant::now());
        let spec = self.0.parts.checks.iter().find(|spec| spec.name == name);
        self.0.parts.events.emit(EventBody::CheckStarted {
            case: self.case_name().to_owned(),
            check: name.to_owned(),
            states: spec.map(|spec| spec.states.to_owned()).unwrap_or_default(),
            mark: spec.and_then(|spec| spec.mark).map(str::to_owned),
        });
    }

    fn finish(&self, name: &str, outcome: CheckOutcome) {
        let Some(started) = lock(&self.0.open).remove(name) else { return };
        lock(&self.0.tally).count(name, &outcome);
        self.0.parts.events.emit(EventBody::CheckFinished {
            case: self.case_name().to_owned(),
            check: name.to_owned(),
            outcome,
            duration_ms: started.elapsed().as_millis().try_into().unwrap_or(u64::MAX),
        });
    }
}

/// What a panic said.
pub fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without a message".into())
}

/// A panic while counting leaves a count that is still right.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ctx(scope: Option<&str>) -> Ctx {
        Ctx::new(CtxParts {
            run_id: "r".into(),
            case_name: "c".into(),
            events: Emitter::discarding(),
            checks: Vec::new(),
            scope: scope.map(|s| s.parse().unwrap()),
            deadline_factor: 2.0,
            resources: Resources::default(),
        })
    }

    #[tokio::test]
    async fn outcomes_are_counted_and_panics_contained() {
        let ctx = ctx(None);
        assert_eq!(ctx.check("a", async { Ok(7) }).await, Some(7));
        assert_eq!(ctx.check("b", async { Err::<(), _>(CheckError::failed("no")) }).await, None);
        ctx.check("c", async { if true { panic!("boom") } else { Ok(()) } }).await;
        ctx.skip("d", "no heat");
        let tally = ctx.tally();
        assert_eq!((tally.passed, tally.failed, tally.errored, tally.skipped), (1, 1, 1, 1));
        assert_eq!(ctx.deadline(Duration::from_secs(3)), Duration::from_secs(6));
        assert!(ctx.get::<u8>().is_err());
    }

    #[tokio::test]
    async fn checks_outside_the_scope_are_not_made() {
        let ctx = ctx(Some("^a"));
        ctx.check("b", async { Ok(()) }).await;
        ctx.skip("b", "never");
        assert_eq!(ctx.tally(), Tally::default());
    }

    #[tokio::test]
    async fn open_checks_fail_when_time_is_up() {
        let ctx = ctx(None);
        let _ =
            tokio::time::timeout(Duration::from_millis(1), ctx.check("slow", std::future::pending::<Result<(), _>>()))
                .await;
        ctx.end_open_checks(&CheckOutcome::Failed(Fault { message: "the deadline passed".into(), request: None }));
        assert_eq!(ctx.tally().first_fault.as_deref(), Some("slow: the deadline passed"));
    }
}
