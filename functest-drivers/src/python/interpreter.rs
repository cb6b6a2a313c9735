// SPDX-License-Identifier: Apache-2.0
//! The Python interpreter, and what there is in it.

use std::collections::HashSet;
use std::ffi::OsString;
use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use functest_core::catalogue::DriverName;
use serde::Deserialize;

/// The variable that names another interpreter than `python3`, such as that of a virtual environment.
pub(super) const VARIABLE: &str = "FUNCTEST_PYTHON";

/// Says what an interpreter has.
const QUESTION: &str = include_str!("installed.py");

/// How long it may take to say it.
const DEADLINE: Duration = Duration::from_secs(30);

const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// An interpreter. It is asked once, when somebody first wants to know what it has.
#[derive(Debug, Default)]
pub(super) struct Interpreter {
    installed: OnceLock<Installed>,
}

/// What it has; nothing where it is not there.
#[derive(Debug, Default, Deserialize)]
struct Installed {
    /// The test cases that packages announce.
    names: HashSet<String>,
    /// The modules at the top.
    modules: HashSet<String>,
}

impl Interpreter {
    /// Its path, or its name in `PATH`.
    pub(super) fn program() -> OsString {
        std::env::var_os(VARIABLE).filter(|program| !program.is_empty()).unwrap_or_else(|| "python3".into())
    }

    /// Whether it may be able to run this. That a class is in its module is known only when that is imported.
    pub(super) fn has(&self, name: &DriverName) -> bool {
        let installed = self.installed.get_or_init(|| ask().unwrap_or_default());
        match name {
            DriverName::Name { name } => installed.names.contains(name),
            DriverName::Class { module, .. } => {
                let top = module.split('.').next().unwrap_or_default();
                installed.modules.contains(top)
            }
            DriverName::Unsaid => false,
        }
    }
}

fn ask() -> Option<Installed> {
    let mut command = Command::new(Interpreter::program());
    command.args(["-c", QUESTION]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let mut stdout = child.stdout.take()?;
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        stdout.read_to_string(&mut text).ok().map(|_| text)
    });
    let until = Instant::now() + DEADLINE;
    while child.try_wait().ok()?.is_none() {
        if Instant::now() >= until {
            // Whatever it waits for, it has nothing to say.
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        std::thread::sleep(LOOK_AGAIN);
    }
    serde_json::from_str(&reader.join().ok()??).ok()
}
