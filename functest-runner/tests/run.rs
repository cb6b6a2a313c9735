// SPDX-License-Identifier: Apache-2.0
//! Runs of small cases without a cloud: order, parallelism, deadlines, panics, cancellation, sinks.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by ending")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use functest_core::case::{CaseError, CheckError, Lock, Needs, Resources};
use functest_core::criteria::Criteria;
use functest_core::environment::{EnvironmentError, Lease};
use functest_core::event::{CancelLevel, CleanUp, Event, EventBody, Leftover, RunHead, Thing};
use functest_core::exit_code;
use functest_core::record::RunRecord;
use functest_core::selection::{Choice, Decision};
use functest_core::sink::SinkError;
use functest_core::{Ctx, Environment, Sink, TestCase};
use functest_runner::{EventChannel, Plan, PlannedCase, PlannedTier, RunHandle, RunOutcome, start};
use tokio::sync::Barrier;

/// What a case of these tests does.
#[derive(Clone)]
enum Does {
    Pass,
    Fail,
    Nothing,
    Error,
    Panic,
    /// Never ends by itself.
    Hang,
    /// Passes when all others who meet here run at the same time.
    Meet(Arc<Barrier>),
}

#[async_trait]
impl TestCase for Does {
    async fn run(&self, ctx: &Ctx) -> Result<(), CaseError> {
        match self {
            Self::Pass => drop(ctx.check("c", async { Ok(()) }).await),
            Self::Fail => drop(ctx.check("c", async { Err::<(), _>(CheckError::failed("no")) }).await),
            Self::Nothing => {}
            Self::Error => return Err(CaseError("cannot".into())),
            Self::Panic => panic!("boom"),
            Self::Hang => drop(ctx.check("c", std::future::pending::<Result<(), CheckError>>()).await),
            Self::Meet(barrier) => {
                barrier.wait().await;
                ctx.check("c", async { Ok(()) }).await;
            }
        }
        Ok(())
    }
}

/// Notes which cases are open, and leaves what it is told to leave.
#[derive(Default)]
struct Rooms {
    open: Mutex<Vec<String>>,
    /// The most that were open at a time.
    most: Mutex<usize>,
    leaves: bool,
    refuses: bool,
    /// Closing never ends.
    sticks: bool,
    /// Closing panics.
    breaks: bool,
    capacity: Option<usize>,
}

#[async_trait]
impl Environment for Rooms {
    fn capacity(&self) -> Option<usize> {
        self.capacity
    }

    fn lacks(&self, needs: &Needs) -> Option<String> {
        needs.admin.then(|| "no administrator".into())
    }

    async fn open(&self, case_name: &str, _needs: &Needs) -> Result<Lease, EnvironmentError> {
        if self.refuses {
            return Err(EnvironmentError { message: "no room".into(), clean_up: CleanUp::default() });
        }
        let mut open = self.open.lock().unwrap();
        open.push(case_name.to_owned());
        let mut most = self.most.lock().unwrap();
        *most = (*most).max(open.len());
        Ok(Lease { case_name: case_name.to_owned(), resources: Resources::default() })
    }

    async fn close(&self, lease: Lease) -> CleanUp {
        assert!(!self.breaks, "the floor gave way");
        if self.sticks {
            std::future::pending::<()>().await;
        }
        self.open.lock().unwrap().retain(|name| *name != lease.case_name);
        let thing = Thing { kind: "server".into(), id: "i".into(), name: "n".into() };
        let left = self.leaves.then(|| Leftover { thing, reason: "forbidden".into() });
        CleanUp { deleted: Vec::new(), left: left.into_iter().collect() }
    }
}

/// Keeps every event.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<Event>>>);

impl Sink for Heard {
    fn take(&mut self, event: &Event) -> Result<(), SinkError> {
        self.0.lock().unwrap().push(event.clone());
        Ok(())
    }
}

/// Fails at the first case's start.
struct Full;

impl Sink for Full {
    fn take(&mut self, event: &Event) -> Result<(), SinkError> {
        match event.body {
            EventBody::CaseStarted { .. } => Err(SinkError::new("write", std::io::Error::other("disk full"))),
            _ => Ok(()),
        }
    }
}

fn case(name: &str, does: Does) -> PlannedCase {
    PlannedCase {
        name: name.to_owned(),
        case: Box::new(does),
        needs: Needs::default(),
        checks: Vec::new(),
        criteria: Criteria::DEFAULT,
        blocking: true,
        deadline: Duration::from_secs(600),
    }
}

fn tier(name: &str, cases: Vec<PlannedCase>) -> PlannedTier {
    PlannedTier { name: name.to_owned(), cases, without_driver: Vec::new() }
}

fn plan(tiers: Vec<PlannedTier>, jobs: usize) -> Plan {
    let choice = |tier: &str, name: &str, decision| Choice {
        tier: tier.to_owned(),
        case_name: name.to_owned(),
        project_name: "p".into(),
        decision,
        reason: String::new(),
        blocking: true,
        criteria: Criteria::DEFAULT,
    };
    let mut cases = Vec::new();
    for tier in &tiers {
        cases.extend(tier.cases.iter().map(|case| choice(&tier.name, &case.name, Decision::Selected)));
        cases.extend(tier.without_driver.iter().map(|(name, ..)| choice(&tier.name, name, Decision::NoDriver)));
    }
    let head = RunHead { run_id: "r".into(), cases, ..RunHead::default() };
    Plan { head, tiers, jobs, scope: None, deadline_factor: 1.0 }
}

fn begin(plan: Plan, rooms: Rooms, sinks: Vec<Box<dyn Sink>>) -> (RunHandle, Arc<Rooms>) {
    let rooms = Arc::new(rooms);
    let environment: Arc<dyn Environment> = Arc::<Rooms>::clone(&rooms);
    (start(plan, environment, EventChannel::default(), sinks).unwrap(), rooms)
}

async fn run(plan: Plan) -> RunOutcome {
    let (handle, rooms) = begin(plan, Rooms::default(), Vec::new());
    let outcome = handle.join().await.unwrap();
    assert!(rooms.open.lock().unwrap().is_empty(), "every case is closed, whatever it did");
    outcome
}

fn verdicts(record: &RunRecord) -> Vec<String> {
    let word = |case: &functest_core::record::CaseRecord| {
        let verdict = case.verdict.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
        format!("{}: {verdict}", case.choice.case_name)
    };
    record.cases.iter().map(word).collect()
}

fn reason(record: &RunRecord, name: &str) -> String {
    let case = record.cases.iter().find(|case| case.choice.case_name == name).unwrap();
    case.verdict.as_ref().unwrap().reason().unwrap().to_owned()
}

#[tokio::test]
async fn each_case_has_its_own_verdict() {
    let cases = vec![
        case("pass", Does::Pass),
        PlannedCase { blocking: false, ..case("fail", Does::Fail) },
        PlannedCase { blocking: false, ..case("nothing", Does::Nothing) },
        PlannedCase { blocking: false, ..case("error", Does::Error) },
        PlannedCase { blocking: false, ..case("panic", Does::Panic) },
        PlannedCase { needs: Needs { admin: true, ..Needs::default() }, ..case("skip", Does::Pass) },
    ];
    let outcome = run(plan(vec![tier("t", cases), tier("u", vec![case("after", Does::Pass)])], 4)).await;
    let expected =
        ["pass: passed", "fail: failed", "nothing: errored", "error: errored", "panic: errored", "skip: skipped"];
    let record = outcome.record;
    assert_eq!(verdicts(&record)[..6], expected);
    assert_eq!(verdicts(&record)[6], "after: passed");
    assert!(reason(&record, "panic").contains("boom"));
    assert_eq!(reason(&record, "skip"), "no administrator");
    assert_eq!((outcome.exit_code, record.exit_code), (exit_code::NOT_PASSED, Some(exit_code::NOT_PASSED)));
}

#[tokio::test]
async fn a_blocking_case_that_fails_stops_what_has_not_started() {
    let cases = vec![case("a", Does::Fail), case("b", Does::Pass)];
    let outcome = run(plan(vec![tier("t", cases), tier("u", vec![case("c", Does::Pass)])], 1)).await;
    assert_eq!(verdicts(&outcome.record), ["a: failed", "b: not run", "c: not run"]);
    assert_eq!(reason(&outcome.record, "c"), "the blocking case a did not pass");
}

#[tokio::test]
async fn what_runs_beside_a_blocking_case_keeps_its_verdict() {
    let meeting = Arc::new(Barrier::new(2));
    let failing = PlannedCase { deadline: Duration::from_millis(50), ..case("a", Does::Hang) };
    let cases = vec![
        failing,
        case("b", Does::Meet(Arc::clone(&meeting))),
        case("c", Does::Meet(meeting)),
        case("d", Does::Pass),
    ];
    let outcome = run(plan(vec![tier("t", cases)], 3)).await;
    let words = verdicts(&outcome.record);
    assert_eq!(words[..3], ["a: failed", "b: passed", "c: passed"]);
}

#[tokio::test]
async fn cases_run_side_by_side_and_capacity_limits_them() {
    // They pass only if all three are there at the same time.
    let meeting = Arc::new(Barrier::new(3));
    let meet = |name| case(name, Does::Meet(Arc::clone(&meeting)));
    let outcome = run(plan(vec![tier("t", vec![meet("a"), meet("b"), meet("c")])], 3)).await;
    assert_eq!(outcome.exit_code, exit_code::OK);
    let cases = ["a", "b", "c"].map(|name| case(name, Does::Pass)).into();
    let rooms = Rooms { capacity: Some(1), ..Rooms::default() };
    let (handle, rooms) = begin(plan(vec![tier("t", cases)], 3), rooms, Vec::new());
    handle.join().await.unwrap();
    assert_eq!(*rooms.most.lock().unwrap(), 1);
}

#[tokio::test]
async fn cases_that_exclude_each_other_take_turns() {
    let lock = || vec![Lock { name: "l".into(), shared: false }];
    let locked = |name| PlannedCase { needs: Needs { locks: lock(), ..Needs::default() }, ..case(name, Does::Pass) };
    let (handle, rooms) =
        begin(plan(vec![tier("t", vec![locked("a"), locked("b"), locked("c")])], 3), Rooms::default(), Vec::new());
    assert_eq!(handle.join().await.unwrap().exit_code, exit_code::OK);
    assert_eq!(*rooms.most.lock().unwrap(), 1);
}

#[tokio::test]
async fn one_job_keeps_the_published_order() {
    let heard = Heard::default();
    let cases = ["a", "b", "c", "d"].map(|name| case(name, Does::Pass)).into();
    let (handle, _) = begin(plan(vec![tier("t", cases)], 1), Rooms::default(), vec![Box::new(heard.clone())]);
    handle.join().await.unwrap();
    let events = heard.0.lock().unwrap();
    let order: Vec<String> = events
        .iter()
        .filter_map(|event| match &event.body {
            EventBody::CaseStarted { case } => Some(format!("+{case}")),
            EventBody::CaseFinished { case, .. } => Some(format!("-{case}")),
            _ => None,
        })
        .collect();
    assert_eq!(order, ["+a", "-a", "+b", "-b", "+c", "-c", "+d", "-d"]);
    assert!(matches!(events.first().unwrap().body, EventBody::RunStarted(_)));
    assert!(matches!(events.last().unwrap().body, EventBody::RunFinished { .. }));
    assert!(events.iter().enumerate().all(|(i, event)| event.seq == i as u64), "numbers have no gap");
}

#[tokio::test]
async fn a_deadline_ends_a_case_and_its_open_check() {
    let hanging = PlannedCase { deadline: Duration::from_millis(20), ..case("a", Does::Hang) };
    let outcome = run(plan(vec![tier("t", vec![hanging])], 1)).await;
    let record = outcome.record;
    assert_eq!(verdicts(&record), ["a: failed"]);
    assert!(reason(&record, "a").starts_with("the case's deadline of 20ms passed"), "{}", reason(&record, "a"));
    assert_eq!(record.cases[0].checks[0].outcome.word(), "failed");
}

#[tokio::test]
async fn a_stop_ends_what_runs_and_starts_nothing() {
    let cases = vec![case("a", Does::Hang), case("b", Does::Pass)];
    let heard = Heard::default();
    let (handle, rooms) = begin(plan(vec![tier("t", cases)], 1), Rooms::default(), vec![Box::new(heard.clone())]);
    wait_until_started(&heard).await;
    handle.cancel(CancelLevel::Stop);
    let outcome = handle.join().await.unwrap();
    assert_eq!(verdicts(&outcome.record), ["a: errored", "b: not run"]);
    assert_eq!(outcome.exit_code, exit_code::INTERRUPTED);
    assert!(rooms.open.lock().unwrap().is_empty(), "it was closed");
}

#[tokio::test]
async fn a_run_that_is_abandoned_does_not_wait_for_its_clean_up() {
    let heard = Heard::default();
    let rooms = Rooms { sticks: true, ..Rooms::default() };
    let (handle, _) =
        begin(plan(vec![tier("t", vec![case("a", Does::Hang)])], 1), rooms, vec![Box::new(heard.clone())]);
    wait_until_started(&heard).await;
    handle.cancel(CancelLevel::Stop);
    handle.cancel(CancelLevel::Abandon);
    assert_eq!(handle.join().await.unwrap().exit_code, exit_code::INTERRUPTED);
}

async fn wait_until_started(heard: &Heard) {
    let started = |event: &Event| matches!(event.body, EventBody::CheckStarted { .. });
    while !heard.0.lock().unwrap().iter().any(started) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_is_left_behind_is_no_success() {
    let rooms = Rooms { leaves: true, ..Rooms::default() };
    let (handle, _) = begin(plan(vec![tier("t", vec![case("a", Does::Pass)])], 1), rooms, Vec::new());
    let outcome = handle.join().await.unwrap();
    assert_eq!(verdicts(&outcome.record), ["a: passed"]);
    assert_eq!((outcome.record.left.len(), outcome.exit_code), (1, exit_code::NOT_PASSED));
}

#[tokio::test]
async fn an_environment_that_refuses_is_an_error_of_the_case() {
    let rooms = Rooms { refuses: true, ..Rooms::default() };
    let (handle, _) = begin(plan(vec![tier("t", vec![case("a", Does::Pass)])], 1), rooms, Vec::new());
    let record = handle.join().await.unwrap().record;
    assert_eq!((verdicts(&record), reason(&record, "a")), (vec!["a: errored".to_owned()], "no room".to_owned()));
}

#[tokio::test]
async fn an_environment_that_panics_is_an_error_of_the_case_and_blocks() {
    let rooms = Rooms { breaks: true, ..Rooms::default() };
    let tiers = vec![tier("t", vec![case("a", Does::Pass)]), tier("u", vec![case("b", Does::Pass)])];
    let (handle, _) = begin(plan(tiers, 1), rooms, Vec::new());
    let outcome = handle.join().await.unwrap();
    assert_eq!(verdicts(&outcome.record), ["a: errored", "b: not run"]);
    assert!(reason(&outcome.record, "a").contains("the floor gave way"), "{}", reason(&outcome.record, "a"));
    assert_eq!(reason(&outcome.record, "b"), "the blocking case a did not pass");
}

#[tokio::test]
async fn a_run_of_which_everything_was_skipped_is_no_success() {
    let skipped = PlannedCase { needs: Needs { admin: true, ..Needs::default() }, ..case("a", Does::Pass) };
    let outcome = run(plan(vec![tier("t", vec![skipped])], 1)).await;
    assert_eq!((verdicts(&outcome.record), outcome.exit_code), (vec!["a: skipped".to_owned()], exit_code::NOT_PASSED));
}

#[tokio::test]
async fn a_case_without_driver_is_not_run_and_blocks_the_next_tier() {
    let without = PlannedTier {
        without_driver: vec![("x".into(), true, "nobody implements it".into())],
        ..tier("t", vec![case("a", Does::Pass)])
    };
    let outcome = run(plan(vec![without, tier("u", vec![case("b", Does::Pass)])], 1)).await;
    assert_eq!(verdicts(&outcome.record), ["a: passed", "x: not run", "b: not run"]);
    assert_eq!(outcome.exit_code, exit_code::NOT_PASSED);
}

#[tokio::test]
async fn a_sink_that_fails_stops_the_run_and_the_others_hear_the_rest() {
    let heard = Heard::default();
    let sinks: Vec<Box<dyn Sink>> = vec![Box::new(Full), Box::new(heard.clone())];
    let (handle, _) = begin(plan(vec![tier("t", vec![case("a", Does::Hang)])], 1), Rooms::default(), sinks);
    let outcome = handle.join().await.unwrap();
    assert_eq!(outcome.exit_code, exit_code::INTERNAL);
    assert!(outcome.sink_error.unwrap().to_string().contains("disk full"));
    assert!(matches!(heard.0.lock().unwrap().last().unwrap().body, EventBody::RunFinished { .. }));
}
