// SPDX-License-Identifier: Apache-2.0
//! Runs of small cases without a cloud: order, parallelism, deadlines, panics, cancellation, sinks.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by ending")]

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use functest_core::case::{CaseError, CheckError, CheckSpec, Ended, Resources};
use functest_core::criteria::Criteria;
use functest_core::driver::Checks;
use functest_core::event::{CancelLevel, CleanUp, Event, EventBody, Leftover, RunHead, Thing};
use functest_core::exit_code;
use functest_core::need::{Exclusion, Lock, Needs, Requirement};
use functest_core::provider::{ForCase, Offer, Provider, ProviderError, Providers};
use functest_core::record::{RunRecord, RunState};
use functest_core::selection::{Choice, Decision};
use functest_core::sink::SinkError;
use functest_core::{Ctx, Sink, TestCase};
use functest_runner::{CaseWithoutDriver, EventChannel, Plan, PlannedCase, PlannedTier, RunHandle, RunOutcome, start};
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
    /// Blocks its thread until the process ends.
    Block,
    /// Passes when all others who meet here run at the same time.
    Meet(Arc<Barrier>),
    /// Passes in this attempt.
    PassAt(u32),
}

#[async_trait]
impl TestCase for Does {
    async fn run(&self, ctx: &Ctx) -> Result<Ended, CaseError> {
        match self {
            Self::Pass => drop(ctx.check("c", async { Ok(()) }).await),
            Self::Fail => drop(ctx.check("c", async { Err::<(), _>(CheckError::failed("no")) }).await),
            Self::Nothing => {}
            Self::Error => return Err(CaseError("cannot".into())),
            Self::Panic => panic!("boom"),
            Self::Hang => drop(ctx.check("c", std::future::pending::<Result<(), CheckError>>()).await),
            Self::Block => {
                let _check = ctx.start("c");
                loop {
                    std::thread::park();
                }
            }
            Self::Meet(barrier) => {
                barrier.wait().await;
                ctx.check("c", async { Ok(()) }).await;
            }
            Self::PassAt(attempt) => {
                let passes = ctx.attempt() >= *attempt;
                let body = async { if passes { Ok(()) } else { Err(CheckError::failed("not yet")) } };
                ctx.check("c", body).await;
            }
        }
        Ok(Ended::default())
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
    /// Opening never ends.
    opens_never: bool,
    closed: AtomicUsize,
    /// Closing never ends.
    sticks: bool,
    /// It has been asked to, then.
    opening: AtomicBool,
    /// Closing panics.
    breaks: bool,
    /// When all cases have ended, there is this.
    at_the_end: CleanUp,
    capacity: Option<usize>,
}

#[async_trait]
impl Provider for Rooms {
    fn name(&self) -> &str {
        "rooms"
    }

    fn capacity(&self) -> Option<usize> {
        self.capacity
    }

    async fn offers(&self, requirement: &Requirement) -> Offer {
        if *requirement == Requirement::Admin { Offer::Lacking("no administrator".into()) } else { Offer::NotMine }
    }

    async fn open(&self, case: ForCase<'_>, _resources: &mut Resources) -> Result<(), ProviderError> {
        if self.refuses {
            return Err(ProviderError::new("no room"));
        }
        if self.opens_never {
            self.opening.store(true, Ordering::SeqCst);
            std::future::pending::<()>().await;
        }
        let mut open = self.open.lock().unwrap();
        open.push(case.case_name.to_owned());
        let mut most = self.most.lock().unwrap();
        *most = (*most).max(open.len());
        Ok(())
    }

    async fn close(&self, case_name: &str, _resources: &Resources) -> CleanUp {
        self.closed.fetch_add(1, Ordering::SeqCst);
        assert!(!self.breaks, "the floor gave way");
        if self.sticks {
            std::future::pending::<()>().await;
        }
        self.open.lock().unwrap().retain(|name| *name != case_name);
        let thing = Thing { kind: "server".into(), id: "i".into(), name: "n".into() };
        let left = self.leaves.then(|| Leftover { thing, reason: "forbidden".into() });
        CleanUp { deleted: Vec::new(), left: left.into_iter().collect() }
    }

    async fn end(&self) -> CleanUp {
        self.at_the_end.clone()
    }

    fn left(&self, case_name: &str) -> Vec<Leftover> {
        let thing = Thing { kind: "room".into(), id: String::new(), name: case_name.to_owned() };
        vec![Leftover { thing, reason: "given up".into() }]
    }
}

/// Keeps every event.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<Event>>>);

impl Sink for Heard {
    fn name(&self) -> &str {
        "heard"
    }

    fn take(&mut self, event: &Event) -> Result<(), SinkError> {
        self.0.lock().unwrap().push(event.clone());
        Ok(())
    }
}

/// What a sink does at the first case's start.
#[derive(Clone, Copy)]
enum Bad {
    Fails,
    Panics,
    /// Never comes back.
    Stalls,
}

/// A sink that is not what it should be.
struct BadSink {
    how: Bad,
    is_essential: bool,
}

impl Sink for BadSink {
    fn name(&self) -> &str {
        "bad"
    }

    fn is_essential(&self) -> bool {
        self.is_essential
    }

    fn take(&mut self, event: &Event) -> Result<(), SinkError> {
        match (&event.body, self.how) {
            (EventBody::CaseStarted { .. }, Bad::Fails) => Err(SinkError::new("write", "disk full")),
            (EventBody::CaseStarted { .. }, Bad::Panics) => panic!("out of ink"),
            (EventBody::CaseStarted { .. }, Bad::Stalls) => loop {
                std::thread::park();
            },
            _ => Ok(()),
        }
    }
}

fn case(name: &str, does: Does) -> PlannedCase {
    PlannedCase {
        name: name.to_owned(),
        checks: match does {
            Does::Nothing | Does::Error | Does::Panic => Checks::Known(Vec::new()),
            _ => Checks::Known(vec![CheckSpec::named("c")]),
        },
        case: Arc::new(does),
        needs: Needs::default(),
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
        out_of_scope: None,
        blocking: true,
        criteria: Criteria::DEFAULT,
    };
    let mut cases = Vec::new();
    for tier in &tiers {
        cases.extend(tier.cases.iter().map(|case| choice(&tier.name, &case.name, Decision::Selected)));
        cases.extend(tier.without_driver.iter().map(|case| choice(&tier.name, &case.name, Decision::NoDriver)));
    }
    let head = RunHead { run_id: "r".into(), cases, ..RunHead::default() };
    Plan { head, tiers, jobs, attempts: 1, scope: None, deadline_factor: 1.0 }
}

fn begin(plan: Plan, rooms: Rooms, sinks: Vec<Box<dyn Sink>>) -> (RunHandle, Arc<Rooms>) {
    let rooms = Arc::new(rooms);
    let providers = Providers::new(vec![Arc::<Rooms>::clone(&rooms)]);
    (start(plan, providers, EventChannel::default(), sinks).unwrap(), rooms)
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
        PlannedCase { needs: Needs::of([Requirement::Admin]), ..case("skip", Does::Pass) },
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
    let lock = || Exclusion::Locks(vec![Lock { name: "l".into(), shared: false }]);
    let locked = |name| PlannedCase { needs: Needs::default().excluding(lock()), ..case(name, Does::Pass) };
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
            EventBody::CaseStarted { case_name, .. } => Some(format!("+{case_name}")),
            EventBody::CaseFinished { case_name, .. } => Some(format!("-{case_name}")),
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
    let hanging = PlannedCase { deadline: Duration::from_secs(2), ..case("a", Does::Hang) };
    let outcome = run(plan(vec![tier("t", vec![hanging])], 1)).await;
    let record = outcome.record;
    assert_eq!(verdicts(&record), ["a: failed"]);
    assert!(reason(&record, "a").starts_with("the case's deadline of 2s passed"), "{}", reason(&record, "a"));
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

/// On one thread, which must not be the one that is blocked.
#[tokio::test]
async fn cases_that_block_their_threads_hurt_no_other_and_can_be_stopped() {
    let blocks =
        |name: &str| PlannedCase { deadline: Duration::from_secs(2), blocking: false, ..case(name, Does::Block) };
    let others = (0..20).map(|number| case(&format!("other {number}"), Does::Pass));
    let cases = [blocks("a"), blocks("b")].into_iter().chain(others).collect();
    let outcome = run(Plan { attempts: 3, ..plan(vec![tier("t", cases)], 2) }).await;
    assert_eq!(verdicts(&outcome.record).iter().filter(|verdict| verdict.ends_with(": passed")).count(), 20);
    // Another attempt would run beside the one that goes on.
    assert!(outcome.record.cases.iter().all(|case| case.attempts.is_empty()));
    for name in ["a", "b"] {
        assert!(reason(&outcome.record, name).contains("2s passed, and the case did not end: it blocks its thread"));
    }
    let heard = Heard::default();
    let plan = plan(vec![tier("t", vec![case("c", Does::Block), case("d", Does::Pass)])], 1);
    let (handle, _) = begin(plan, Rooms::default(), vec![Box::new(heard.clone())]);
    wait_until_started(&heard).await;
    handle.cancel(CancelLevel::Stop);
    let outcome = handle.join().await.unwrap();
    assert_eq!(outcome.exit_code, exit_code::INTERRUPTED);
    assert!(reason(&outcome.record, "c").starts_with("interrupted by the user, and the case did not end"));
}

#[tokio::test]
async fn a_case_that_cannot_be_made_ready_is_given_up_and_taken_down() {
    let slow = Rooms { opens_never: true, ..Rooms::default() };
    let plan =
        plan(vec![tier("t", vec![PlannedCase { deadline: Duration::from_millis(50), ..case("a", Does::Pass) }])], 1);
    let (handle, rooms) = begin(plan, slow, Vec::new());
    let outcome = handle.join().await.unwrap();
    assert_eq!(reason(&outcome.record, "a"), "the case was not ready to start within its deadline of 50ms");
    assert_eq!(rooms.closed.load(Ordering::SeqCst), 1, "what was begun is taken down");
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
    let outcome = handle.join().await.unwrap();
    assert_eq!(outcome.exit_code, exit_code::INTERRUPTED);
    assert_eq!(outcome.record.left.len(), 1, "what may be there is in the record: {:?}", outcome.record.left);
}

#[tokio::test]
async fn a_stop_is_heard_while_a_case_is_made_ready() {
    let slow = Rooms { opens_never: true, ..Rooms::default() };
    let (handle, rooms) = begin(plan(vec![tier("t", vec![case("a", Does::Pass)])], 1), slow, Vec::new());
    while !rooms.opening.load(Ordering::SeqCst) {
        tokio::task::yield_now().await;
    }
    handle.cancel(CancelLevel::Stop);
    let outcome = handle.join().await.unwrap();
    assert_eq!(
        (outcome.exit_code, reason(&outcome.record, "a")),
        (exit_code::INTERRUPTED, "interrupted by the user".into())
    );
    assert_eq!(rooms.closed.load(Ordering::SeqCst), 1, "what was begun is taken down");
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
async fn what_shows_when_all_cases_have_ended_counts_once() {
    let thing = |name: &str| Thing { kind: "server".into(), id: "i".into(), name: name.into() };
    let left = |name: &str| Leftover { thing: thing(name), reason: "still there".into() };
    for (leaves, at_the_end, expected) in [
        (false, CleanUp { deleted: vec![thing("late")], left: Vec::new() }, 0),
        (false, CleanUp { deleted: Vec::new(), left: vec![left("late")] }, 1),
        (true, CleanUp { deleted: Vec::new(), left: vec![left("n"), left("late")] }, 2),
    ] {
        let rooms = Rooms { leaves, at_the_end: at_the_end.clone(), ..Rooms::default() };
        let (handle, _) = begin(plan(vec![tier("t", vec![case("a", Does::Pass)])], 1), rooms, Vec::new());
        let outcome = handle.join().await.unwrap();
        assert_eq!(outcome.record.left.len(), expected, "{:?}", outcome.record.left);
        let code = if expected == 0 { exit_code::OK } else { exit_code::NOT_PASSED };
        assert_eq!(outcome.exit_code, code, "{at_the_end:?}");
    }
}

#[tokio::test]
async fn a_provider_that_refuses_is_an_error_of_the_case() {
    let rooms = Rooms { refuses: true, ..Rooms::default() };
    let (handle, _) = begin(plan(vec![tier("t", vec![case("a", Does::Pass)])], 1), rooms, Vec::new());
    let record = handle.join().await.unwrap().record;
    assert_eq!((verdicts(&record), reason(&record, "a")), (vec!["a: errored".to_owned()], "no room".to_owned()));
}

#[tokio::test]
async fn a_provider_that_panics_at_the_end_leaves_something_behind() {
    let rooms = Rooms { breaks: true, ..Rooms::default() };
    let (handle, _) = begin(plan(vec![tier("t", vec![case("a", Does::Pass)])], 1), rooms, Vec::new());
    let outcome = handle.join().await.unwrap();
    assert_eq!(verdicts(&outcome.record), ["a: passed"]);
    assert!(outcome.record.left[0].reason.contains("the floor gave way"), "{:?}", outcome.record.left);
    assert_eq!(outcome.exit_code, exit_code::NOT_PASSED);
}

#[tokio::test]
async fn a_run_of_which_everything_was_skipped_is_no_success() {
    let skipped = PlannedCase { needs: Needs::of([Requirement::Admin]), ..case("a", Does::Pass) };
    let outcome = run(plan(vec![tier("t", vec![skipped])], 1)).await;
    assert_eq!((verdicts(&outcome.record), outcome.exit_code), (vec!["a: skipped".to_owned()], exit_code::NOT_PASSED));
}

#[tokio::test]
async fn a_case_without_driver_is_not_run_and_blocks_the_next_tier() {
    let without = PlannedTier {
        without_driver: vec![CaseWithoutDriver {
            name: "x".into(),
            blocking: true,
            reason: "nobody implements it".into(),
        }],
        ..tier("t", vec![case("a", Does::Pass)])
    };
    let outcome = run(plan(vec![without, tier("u", vec![case("b", Does::Pass)])], 1)).await;
    assert_eq!(verdicts(&outcome.record), ["a: passed", "x: not run", "b: not run"]);
    assert_eq!(outcome.exit_code, exit_code::NOT_PASSED);
}

/// A run of one case with a bad sink and one that hears everything.
async fn run_with(how: Bad, is_essential: bool, does: Does) -> (RunOutcome, Heard) {
    let heard = Heard::default();
    let sinks: Vec<Box<dyn Sink>> = vec![Box::new(BadSink { how, is_essential }), Box::new(heard.clone())];
    let (handle, rooms) = begin(plan(vec![tier("t", vec![case("a", does)])], 1), Rooms::default(), sinks);
    let outcome = handle.join().await.unwrap();
    assert!(rooms.open.lock().unwrap().is_empty(), "it was closed");
    assert!(matches!(heard.0.lock().unwrap().last().unwrap().body, EventBody::RunFinished { .. }));
    (outcome, heard)
}

#[tokio::test]
async fn an_essential_sink_that_fails_stops_the_run_and_the_others_hear_the_rest() {
    for (how, words) in [(Bad::Fails, "bad: write: disk full"), (Bad::Panics, "bad: it panicked: out of ink")] {
        let (outcome, heard) = run_with(how, true, Does::Hang).await;
        assert_eq!((outcome.exit_code, outcome.record.exit_code), (exit_code::INTERNAL, Some(exit_code::INTERNAL)));
        assert_eq!(outcome.sink_troubles[0].to_string(), words);
        assert_eq!(reason(&outcome.record, "a"), format!("the run was stopped because of {words}"));
        let cause = outcome.record.stopped_because.clone().unwrap();
        assert_eq!(
            (cause, outcome.record.state),
            (format!("the run was stopped because of {words}"), RunState::Finished)
        );
        let finished = heard.0.lock().unwrap().last().unwrap().body.clone();
        assert!(matches!(finished, EventBody::RunFinished { exit_code: exit_code::INTERNAL, .. }));
    }
}

#[tokio::test]
async fn any_other_sink_that_fails_panics_or_stalls_hurts_nobody() {
    for (how, words) in [
        (Bad::Fails, "bad: write: disk full"),
        (Bad::Panics, "bad: it panicked: out of ink"),
        (Bad::Stalls, "bad: it did not come to its end within 5s"),
    ] {
        let (outcome, _) = run_with(how, false, Does::Pass).await;
        assert_eq!((outcome.exit_code, verdicts(&outcome.record)), (exit_code::OK, vec!["a: passed".to_owned()]));
        let troubles: Vec<String> = outcome.sink_troubles.iter().map(ToString::to_string).collect();
        assert_eq!(troubles, [words]);
    }
}

#[tokio::test]
async fn a_run_with_a_stalled_sink_can_be_stopped() {
    let sinks: Vec<Box<dyn Sink>> = vec![Box::new(BadSink { how: Bad::Stalls, is_essential: false })];
    let (mut handle, _) = begin(plan(vec![tier("t", vec![case("a", Does::Hang)])], 1), Rooms::default(), sinks);
    let mut events = handle.events().unwrap();
    while let Some(event) = events.next().await {
        if matches!(event.unwrap().body, EventBody::CheckStarted { .. }) {
            break;
        }
    }
    handle.cancel_handle().cancel(CancelLevel::Stop);
    assert_eq!(handle.join().await.unwrap().exit_code, exit_code::INTERRUPTED);
}

#[tokio::test]
async fn whoever_asks_hears_every_event_from_the_first_to_the_last() {
    let (mut handle, _) = begin(plan(vec![tier("t", vec![case("a", Does::Pass)])], 1), Rooms::default(), Vec::new());
    let mut events = handle.events().unwrap();
    assert!(handle.events().is_none());
    let outcome = handle.join().await.unwrap();
    let mut heard = Vec::new();
    while let Some(event) = events.next().await {
        heard.push(event.unwrap().seq);
    }
    assert_eq!(heard, (0..heard.len() as u64).collect::<Vec<_>>());
    assert_eq!(outcome.record.cases[0].checks.len(), 1);
}

#[tokio::test]
async fn a_case_that_passes_when_it_is_tried_again_is_flaky() {
    let cases = || {
        let unblocking = |name, does| PlannedCase { blocking: false, ..case(name, does) };
        vec![unblocking("late", Does::PassAt(2)), unblocking("never", Does::Fail), unblocking("once", Does::Pass)]
    };
    let outcome = run(Plan { attempts: 3, ..plan(vec![tier("t", cases())], 1) }).await;
    assert_eq!(verdicts(&outcome.record), ["late: flaky", "never: failed", "once: passed"]);
    let expected = "it passed in attempt 2; attempt 1: c: not yet";
    assert_eq!(reason(&outcome.record, "late"), expected);
    let [late, never, once] = &outcome.record.cases[..] else { panic!("three cases") };
    assert_eq!((late.attempts.len(), late.checks.len(), late.tally.passed, late.tally.failed), (1, 1, 1, 0));
    assert_eq!(late.attempts[0].checks[0].outcome.word(), "failed");
    assert_eq!((never.attempts.len(), once.attempts.len()), (2, 0));
    assert_eq!((outcome.record.totals.flaky, outcome.exit_code), (1, exit_code::NOT_PASSED));
    let outcome = run(plan(vec![tier("t", cases())], 1)).await;
    assert_eq!(verdicts(&outcome.record)[0], "late: failed");
}
