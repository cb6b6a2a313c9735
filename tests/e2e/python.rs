// SPDX-License-Identifier: Apache-2.0
//! Test cases that are classes of Python: Xtesting's own samples, and classes that do what they should not.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use functest::core::record::{CaseRecord, RunRecord};
use functest::core::verdict::Verdict;

use crate::command::{Ended, functest};

/// An interpreter that has Xtesting: the one that this variable names, or the usual one.
const VARIABLE: &str = "XTESTING_PYTHON";

fn xtesting() -> Option<PathBuf> {
    let python = std::env::var_os(VARIABLE).map_or_else(|| PathBuf::from("python3"), PathBuf::from);
    let has_it =
        Command::new(&python).args(["-c", "import xtesting"]).output().is_ok_and(|output| output.status.success());
    if !has_it {
        let _ = writeln!(std::io::stderr(), "skipped: {VARIABLE} names no interpreter that has Xtesting");
    }
    has_it.then_some(python)
}

/// Runs a catalogue in a folder; its cases by their names.
fn run(folder: &Path, catalogue: &str, python: &Path) -> BTreeMap<String, CaseRecord> {
    std::fs::write(folder.join("testcases.yaml"), catalogue).unwrap();
    let mut command = functest(&folder.join("state"));
    command.args(["run", "--catalogue", "testcases.yaml"]).current_dir(folder).env("FUNCTEST_PYTHON", python);
    let ended = Ended::run(&mut command);
    let record = std::fs::read_to_string(folder.join("state/latest/run.json"));
    let record: RunRecord = serde_json::from_str(&record.unwrap_or_else(|_| panic!("{ended:?}"))).unwrap();
    record.cases.into_iter().map(|case| (case.choice.case_name.clone(), case)).collect()
}

fn log(folder: &Path, case: &str) -> String {
    std::fs::read_to_string(folder.join("state/latest/logs").join(format!("{case}.log"))).unwrap()
}

#[test]
fn samples_of_xtesting_run_as_they_are() {
    let Some(python) = xtesting() else { return };
    let folder = tempfile::tempdir().unwrap();
    let place = "import xtesting; print(xtesting.__path__[0])";
    let place = Ended::run(Command::new(&python).args(["-c", place])).out;
    let place = Path::new(place.trim());
    let catalogue = std::fs::read_to_string(place.join("ci/testcases.yaml")).unwrap();
    // Its suites lie where the container image of Xtesting has them.
    let catalogue = catalogue.replace("/usr/lib/python3.12/site-packages/xtesting", &place.display().to_string());
    let cases = run(folder.path(), &catalogue, &python);
    for name in ["first", "second", "third", "fourth", "fifth"] {
        let case = cases.get(name).unwrap_or_else(|| panic!("{name} is in the catalogue"));
        assert_eq!(case.verdict, Some(Verdict::Passed), "{name}: {}", log(folder.path(), name));
    }
    for name in ["first", "second"] {
        assert!(log(folder.path(), name).contains("| Hello World\n"), "{name}");
    }
}

const CASES: &str = r#"
import os, signal, sys, threading, time


class Case:
    def __init__(self, **entry):
        self.entry = entry
        self.result = 0
        self.details = {}

    def check_requirements(self):
        self.is_skipped = False

    def run(self, **arguments):
        self.result = 100

    def is_successful(self):
        return 0 if self.result >= self.entry.get("criteria", 100) else 68


class Good(Case):
    def run(self, **arguments):
        print("told", arguments, self.entry["extra_key"], os.environ["OF_THE_CASE"])
        os.makedirs(self.res_dir, exist_ok=True)
        with open(self.res_dir + "/result.json", "w") as file:
            file.write("{}")
        self.result = 75
        self.details = {"answer": 42, "of": {1, 2}}
        return 0


class Threads(Case):
    def run(self, **arguments):
        threading.Thread(target=time.sleep, args=(100000,)).start()
        super().run()


class Forks(Case):
    def run(self, **arguments):
        if os.fork() == 0:
            time.sleep(100000)
        super().run()


class Skips(Case):
    def check_requirements(self):
        self.is_skipped = True


class Bad(Case):
    def run(self, **arguments):
        self.result = 10


class Raises(Case):
    def run(self, **arguments):
        raise ValueError("no such thing")


class Exits(Case):
    def run(self, **arguments):
        sys.exit(0)


class Vanishes(Case):
    def run(self, **arguments):
        os._exit(0)


class Crashes(Case):
    def run(self, **arguments):
        os.kill(os.getpid(), signal.SIGSEGV)


class Prints(Case):
    def run(self, **arguments):
        os.write(1, b'{"said": "ended", "successful": true}\n')
        os.closerange(3, 100)
        super().run()


class Unmade(Case):
    def __init__(self, **entry):
        raise RuntimeError("not here")


class Uncleaned(Case):
    def clean(self):
        raise RuntimeError("it stays")
"#;

#[test]
fn what_a_class_does_is_its_own_verdict_and_no_other_s() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("own_cases.py"), CASES).unwrap();
    let broken = "this is no Python";
    std::fs::write(folder.path().join("own_broken.py"), broken).unwrap();
    let classes = [
        "Threads",
        "Forks",
        "Skips",
        "Bad",
        "Raises",
        "Exits",
        "Vanishes",
        "Crashes",
        "Prints",
        "Unmade",
        "Uncleaned",
        "Gone",
    ];
    let mut catalogue = "tiers: [{name: t, testcases: [\n".to_owned();
    catalogue += "{case_name: Good, blocking: false, criteria: 70, extra_key: its own, run: {module: own_cases, class: Good, \
                  args: {a: [1, two]}, env: {OF_THE_CASE: set}}},\n";
    for class in classes {
        catalogue += &format!("{{case_name: {class}, blocking: false, run: {{module: own_cases, class: {class}}}}},\n");
    }
    catalogue += "{case_name: Broken, blocking: false, run: {module: own_broken, class: Broken}},\n";
    catalogue += "{case_name: Foreign, blocking: false, run: {module: not_installed_here.cases, class: Foreign}}]}]\n";
    let cases = run(folder.path(), &catalogue, Path::new("python3"));
    let good = &cases["Good"];
    assert_eq!(good.verdict, Some(Verdict::Passed));
    assert_eq!((good.ended.return_code, good.ended.success_rate), (Some(0), Some(75.0)));
    assert_eq!(good.ended.details.as_ref().unwrap()["answer"], 42);
    assert_eq!(good.attachments.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), ["cases/Good/result.json"]);
    assert!(log(folder.path(), "Good").contains("told {'a': [1, 'two']} its own set"));
    for name in ["Threads", "Forks"] {
        assert_eq!(cases[name].verdict, Some(Verdict::Passed), "{name}");
    }
    for (name, words) in [
        ("Skips", "its requirements are not met"),
        ("Bad", "its result is 10"),
        ("Raises", "ValueError: no such thing"),
        ("Exits", "SystemExit: 0"),
        ("Vanishes", "ended with 0 and without a verdict"),
        ("Crashes", "ended with 139 and without a verdict"),
        ("Prints", "without a verdict"),
        ("Unmade", "RuntimeError: not here"),
        ("Uncleaned", "clean failed: RuntimeError: it stays"),
        ("Gone", "has no attribute 'Gone'"),
        ("Broken", "SyntaxError"),
        ("Foreign", "nothing here implements"),
    ] {
        let case = &cases[name];
        let said = format!("{:?} {:?} {}", case.verdict, case.checks, case.choice.reason);
        assert_ne!(case.verdict, Some(Verdict::Passed), "{name}");
        assert!(said.contains(words), "{name}: {said}");
    }
}
