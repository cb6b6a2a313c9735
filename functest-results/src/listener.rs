// SPDX-License-Identifier: Apache-2.0
//! A program that listens to a run.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use functest_core::Sink;
use functest_core::event::{Event, EventBody};
use functest_core::sink::SinkError;
use rustix::process::{Pid, Signal, kill_process_group};

/// How long the program may take to end after the last event, and to read on when its pipe is full. It is less than what a run
/// waits for a sink at its end.
const TIME_TO_END: Duration = Duration::from_secs(4);

const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// The sink that starts a program and writes every event to its standard input, a line of JSON each, as in `events.jsonl`.
/// What the program prints goes to a file. After the last event its standard input is closed, and it has four seconds to
/// end before it is killed; so has one that reads nothing when more waits for it than its pipe holds.
#[derive(Debug)]
pub struct Listener {
    name: String,
    command: Vec<String>,
    output: PathBuf,
    child: Option<Child>,
}

impl Listener {
    /// The program and its arguments; what it prints goes to `output`.
    pub fn new(command: Vec<String>, output: PathBuf) -> Self {
        Self { name: format!("the program `{}`", command.join(" ")), command, output, child: None }
    }

    fn start(&self) -> io::Result<Child> {
        let (program, arguments) = self.command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let output = File::create(&self.output)?;
        let errors = output.try_clone()?;
        // A group of its own: Ctrl-C is for the run, whose end the program is still to be told.
        let mut command = Command::new(program);
        command.args(arguments).process_group(0);
        command.stdin(Stdio::piped()).stdout(output).stderr(errors).spawn()
    }

    fn tell(&mut self, event: &Event) -> io::Result<()> {
        if self.child.is_none() {
            self.child = Some(self.start()?);
        }
        let Some(input) = self.child.as_mut().and_then(|child| child.stdin.as_mut()) else { return Ok(()) };
        let mut line = serde_json::to_vec(event)?;
        line.push(b'\n');
        write_while_it_reads(input, &line)
    }

    fn end(&mut self) -> Result<(), String> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        drop(child.stdin.take());
        let until = Instant::now() + TIME_TO_END;
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if Instant::now() < until => std::thread::sleep(LOOK_AGAIN),
                Ok(None) => {
                    kill(&mut child);
                    return Err(format!("it did not end within {TIME_TO_END:?} after the last event, and was killed"));
                }
                Err(error) => return Err(error.to_string()),
            }
        };
        if status.success() { Ok(()) } else { Err(format!("it ended with {status}; see {}", self.output.display())) }
    }
}

/// Writes all of it, as long as something of it is read now and then.
fn write_while_it_reads(input: &mut ChildStdin, mut text: &[u8]) -> io::Result<()> {
    rustix::io::ioctl_fionbio(&mut *input, true)?;
    let mut until = Instant::now() + TIME_TO_END;
    while !text.is_empty() {
        match input.write(text) {
            Ok(written) => {
                text = &text[written..];
                until = Instant::now() + TIME_TO_END;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                if Instant::now() >= until {
                    let words = format!("it has read nothing for {TIME_TO_END:?}");
                    return Err(io::Error::new(io::ErrorKind::TimedOut, words));
                }
                std::thread::sleep(LOOK_AGAIN);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Nothing is left of it and of what it started, not even its status.
fn kill(child: &mut Child) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // It may have ended meanwhile.
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = child.wait();
}

impl Sink for Listener {
    fn name(&self) -> &str {
        &self.name
    }

    fn take(&mut self, event: &Event) -> Result<(), SinkError> {
        if let Err(error) = self.tell(event) {
            // A program that ends early says more by its status than by its closed input.
            let ended = if error.kind() == io::ErrorKind::BrokenPipe { self.end().err() } else { None };
            let reason = ended.unwrap_or_else(|| error.to_string());
            return Err(SinkError::new("it cannot be told of the run", reason));
        }
        match event.body {
            EventBody::RunFinished { .. } => {
                self.end().map_err(|reason| SinkError::new("it was told of the whole run", reason))
            }
            _ => Ok(()),
        }
    }
}

impl Drop for Listener {
    /// A run that breaks off has no last event.
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            kill(child);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished() -> Event {
        let line =
            r#"{"v":2,"seq":1,"at":"2026-11-28T00:00:00Z","event":"run_finished","duration_ms":1,"exit_code":0}"#;
        serde_json::from_str(line).unwrap()
    }

    fn listen(command: &[&str]) -> (Result<(), SinkError>, String) {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("output");
        let command = command.iter().map(|word| (*word).to_owned()).collect();
        let taken = Listener::new(command, output.clone()).take(&finished());
        (taken, std::fs::read_to_string(output).unwrap_or_default())
    }

    #[test]
    fn a_program_is_told_of_each_event_and_waited_for() {
        let (taken, printed) = listen(&["cat"]);
        taken.unwrap();
        assert!(printed.contains(r#""event":"run_finished""#) && printed.ends_with('\n'), "{printed}");
    }

    #[test]
    fn a_program_that_reads_nothing_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let command = ["sh", "-c", "sleep 86399"].map(str::to_owned).to_vec();
        let mut listener = Listener::new(command, folder.path().join("output"));
        let event = Event { body: EventBody::TierStarted { tier: "t".repeat(1000) }, ..finished() };
        let error = (0..1000).find_map(|_| listener.take(&event).err()).unwrap();
        assert!(error.to_string().contains("has read nothing for 4s"), "{error}");
        let group = listener.child.as_ref().map(|child| child.id()).unwrap();
        drop(listener);
        assert!(!std::path::Path::new(&format!("/proc/{group}")).exists(), "it is gone");
    }

    #[test]
    fn what_becomes_of_a_program_is_said() {
        for (command, words) in [
            (&["sh", "-c", "cat > /dev/null; exit 3"][..], "exit status: 3"),
            (&["/nonexistent/program"], "No such file"),
            (&["sleep", "1000"], "was killed"),
        ] {
            let error = listen(command).0.unwrap_err();
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}
