// SPDX-License-Identifier: Apache-2.0
//! The soak: healthchecks on fresh sandboxes with random faults, or with a share of all answers mutated, half of them killed at
//! a random moment, each followed by `functest openstack clean`. Whatever happens: the verdict is right or says its cause,
//! nothing is left, nothing hangs. All of it comes from a seed, which a failure names.
//!
//! `cargo test -p functest-cli --test soak -- --runs 1000 --seed 7`; `--only 42` repeats one of them. Without `--runs`
//! it goes on for a minute, or for `SOAK_SECONDS`; for none it is skipped.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may end, and speak"
)]

#[path = "e2e/bench.rs"]
mod bench;
#[path = "e2e/command.rs"]
mod command;

use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bench::{Bench, words};
use functest::core::record::RunRecord;

/// How long it goes on when nobody says how often, nor how long.
const TIME: Duration = Duration::from_secs(60);

/// Whose numbers are made up when nobody says so: those that a change must not break are the same for everybody.
const SEED: u64 = 2026;

/// How many go on at a time: most of a run is waiting.
const AT_A_TIME: usize = 16;

/// What takes longer than this hangs: far beyond every deadline below, on any machine.
const PATIENCE: Duration = Duration::from_secs(300);

/// Deadlines for a cloud that answers at once; requests have time for a machine that is busy.
const DEADLINES: [&str; 10] = [
    "--set",
    "run.deadline_factor=0.02",
    "--set",
    "run.request_deadline=250",
    "--set",
    "run.connect_deadline=250",
    "--set",
    "run.late_deadline=50",
    "--set",
    "run.clean_deadline=2000",
];

/// Faults that pass: a request that fails, a connection that breaks, a thing that goes wrong once. That Keystone refuses a login
/// is believed at once, since it locks users out: it is not among them.
const PASSING: [&str; 27] = [
    "latency seconds={from:0,to:0.02}",
    "status status=503 probability=0.02",
    "status status=500 done=true method=POST times=1",
    "status status=502 method=DELETE times=2",
    "reset probability=0.01",
    "reset done=true method=POST times=1",
    "truncate bytes=30 method=GET probability=0.01",
    "server_error times=1",
    "server_not_deleted times=1",
    "token_expires seconds=0.3",
    "eventual milliseconds=100",
    "quota_exceeded service=network times=1",
    "ingress probability=0.02",
    "ingress status=500 done=true method=POST times=1",
    "ingress status=503 method=DELETE times=2",
    "garbled probability=0.02",
    "garbled method=GET probability=0.2",
    "status status=403 path=/compute/** probability=0.03",
    "status status=400 path=/image/** probability=0.03",
    "status status=401 path=/network/** probability=0.03",
    "status status=403 method=DELETE times=2",
    "status status=405 method=GET probability=0.05",
    "soft_delete seconds=60",
    "second_region",
    "old_version service=image",
    "null_neighbour method=GET path=/{identity,image,compute}/** probability=0.3",
    "late seconds=0.3 method=POST path=/{image,network,compute}/** probability=0.1",
];

/// What a share of all answers is when a cloud is mutated. For the same reason, no refusal is Keystone's.
const MUTATIONS: [&str; 11] = [
    "latency seconds={from:0,to:0.1}",
    "status status=500",
    "status status=503 done=true",
    "status status=429",
    "status status=403 path=/{image,network,compute}/**",
    "status status=404 path=/{image,network,compute}/**",
    "ingress",
    "garbled",
    "reset",
    "reset done=true",
    "truncate bytes=20",
];

/// From 1 to 20 % of all answers go wrong, each in a way of its own.
fn mutations(dice: &mut Dice) -> Vec<String> {
    let share = (1 + dice.below(20)) as f64 / 100.0 / MUTATIONS.len() as f64;
    MUTATIONS.iter().map(|mutation| format!("{mutation} probability={share:.4}")).collect()
}

/// Lies that `snaps_health_check` must notice.
const LIES: [&str; 4] = ["no_dhcp", "wrong_address", "empty_console", "never_boots"];

/// Made-up numbers, the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name)?;
        Some(arguments.get(place + 1)?.parse::<u64>().unwrap_or_else(|_| panic!("{name} takes a number")))
    };
    let seed = number("--seed").unwrap_or(SEED);
    let runs = number("--runs");
    let (first, end) = match number("--only") {
        Some(only) => (only, only + 1),
        None => (0, runs.unwrap_or(u64::MAX)),
    };
    let timed = runs.is_none() && number("--only").is_none();
    let time = time();
    if timed && time.is_zero() {
        println!("test result: ok. soak: skipped, because SOAK_SECONDS is 0");
        return ExitCode::SUCCESS;
    }
    let started = Instant::now();
    let next = AtomicU64::new(first);
    let done = Mutex::new((0_u64, 0_u64, Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                while !(timed && started.elapsed() > time) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= end {
                        return;
                    }
                    let outcome = once(seed, number);
                    let mut done = done.lock().unwrap();
                    done.0 += 1;
                    match outcome {
                        Ok(killed) => done.1 += u64::from(killed),
                        Err(problem) => {
                            println!("run {number} of seed {seed}: {problem}");
                            done.2.push(number);
                        }
                    }
                }
            });
        }
    });
    let (count, killed, failed) = done.into_inner().unwrap();
    let verdict = if failed.is_empty() && count > 0 { "ok" } else { "FAILED" };
    println!(
        "test result: {verdict}. soak: {count} runs of seed {seed}, {killed} of them killed, {} failed {failed:?}; {} s",
        failed.len(),
        started.elapsed().as_secs()
    );
    if verdict == "ok" { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How long it goes on when nobody says how often.
fn time() -> Duration {
    match std::env::var("SOAK_SECONDS") {
        Ok(text) => {
            Duration::from_secs(text.parse().unwrap_or_else(|_| panic!("SOAK_SECONDS takes a number, not {text:?}")))
        }
        Err(_) => TIME,
    }
}

/// One run and its clean-up. `true` when it was killed.
fn once(seed: u64, number: u64) -> Result<bool, String> {
    let mut dice = Dice(seed.wrapping_mul(0x1_0000_0001).wrapping_add(number));
    let mut faults: Vec<String> = match dice.below(3) {
        0 => (0..dice.below(3)).map(|_| PASSING[dice.below(PASSING.len() as u64) as usize].to_owned()).collect(),
        _ => mutations(&mut dice),
    };
    let lie = (dice.below(4) == 0).then(|| LIES[dice.below(LIES.len() as u64) as usize]);
    faults.extend(lie.map(str::to_owned));
    let kill_after = (dice.below(2) == 0).then(|| Duration::from_millis(dice.below(1500)));
    let words: Vec<&str> = faults.iter().map(String::as_str).collect();
    let bench = Bench::new(&words);
    let about = |problem: String| format!("{problem} (faults {faults:?}, killed after {kill_after:?})");

    let mut run = bench.functest(&["run", "healthcheck", "--cloud", "sandbox-admin", "--json", "-q"]);
    let (killed, out) = finish(run.args(DEADLINES), &bench, "run", kill_after).map_err(about)?;
    if !killed {
        judge(&out, lie, faults.is_empty()).map_err(about)?;
    }
    let mut clean = bench.functest(&["openstack", "clean", "-q"]);
    let (_, said) = finish(clean.args(DEADLINES), &bench, "clean", None).map_err(about)?;
    let (now, before) = (bench.sandbox.inventory(), &bench.before);
    match now == *before {
        true => Ok(killed),
        false => {
            let more = now.iter().filter(|(kind, count)| before[*kind] != **count);
            let more = more.map(|(kind, count)| format!("{kind}: {count} in place of {}", before[*kind]));
            Err(about(format!("left: {:?}; the clean-up says: {said}", more.collect::<Vec<_>>())))
        }
    }
}

/// Waits for a command, or kills it when its time has come. What it said is in files: nobody reads meanwhile.
fn finish(
    command: &mut Command,
    bench: &Bench,
    name: &str,
    kill_after: Option<Duration>,
) -> Result<(bool, String), String> {
    let path = bench.folder.path().join(name);
    let err = bench.folder.path().join(format!("{name}.err"));
    let files = [std::fs::File::create(&path).unwrap(), std::fs::File::create(&err).unwrap()];
    let [out, errors] = files;
    let mut child = command.stdout(Stdio::from(out)).stderr(Stdio::from(errors)).spawn().unwrap();
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            let said = std::fs::read_to_string(&path).unwrap();
            return match status.code() {
                Some(0 | 1) => Ok((false, said)),
                other => Err(format!("{name} ended with {other:?}: {}", std::fs::read_to_string(&err).unwrap())),
            };
        }
        if kill_after.is_some_and(|moment| started.elapsed() >= moment) {
            end(&mut child);
            return Ok((true, String::new()));
        }
        if started.elapsed() > PATIENCE {
            end(&mut child);
            return Err(format!("{name} hangs: {}", std::fs::read_to_string(&err).unwrap()));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// `kill -9`.
fn end(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Whether the verdicts of a run that came to its end are right, or say their cause.
fn judge(out: &str, lie: Option<&str>, is_healthy: bool) -> Result<(), String> {
    // A cloud that does not let the run in is a run, too.
    let record: RunRecord = serde_json::from_str(out).map_err(|error| format!("no record: {error}: {out}"))?;
    for case in &record.cases {
        let Some(verdict) = &case.verdict else { continue };
        let passed = verdict.word() == "passed";
        if is_healthy && !passed {
            return Err(format!("a healthy cloud: {}", words(case)));
        }
        if passed && case.choice.case_name == "snaps_health_check" && lie.is_some() {
            return Err("a lie was not noticed".to_owned());
        }
        if !passed && verdict.reason().is_none_or(str::is_empty) {
            return Err(format!("no cause: {}", words(case)));
        }
    }
    Ok(())
}
