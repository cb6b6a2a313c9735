// SPDX-License-Identifier: Apache-2.0
//! Talking to `sudo`: it asks on standard error and is answered on standard input, and nothing of what is meant for the
//! command reaches it in place of a password.
//!
//! `sudo` is given a prompt that nothing else writes. The command says with a mark that it has started; only then does it
//! get its input. Where `sudo` asks a second time, the password was wrong.

use crate::command::{Sudo, quote};
use crate::unique::unique;

/// What to look for in what comes on standard error before the command starts.
#[derive(Debug)]
pub(crate) struct Gate {
    prompt: String,
    mark: String,
    seen: Vec<u8>,
}

/// What was found there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// `sudo` asks for the password.
    Asks,
    /// The command runs.
    Started {
        /// What came before the mark.
        before: Vec<u8>,
        /// What has come after the mark.
        after: Vec<u8>,
    },
}

impl Gate {
    /// A gate, and the line that passes through it.
    pub(crate) fn new(line: &str, sudo: &Sudo) -> (Self, String) {
        let unique = unique();
        let (prompt, mark) = (format!("functest-asks-{unique}:"), format!("functest-runs-{unique}:"));
        let user = quote(&sudo.user);
        let inner = format!("printf %s {mark} >&2; exec /bin/sh -c \"$0\"");
        let line = format!(
            "if [ \"$(id -un)\" = {user} ]; then set --; else set -- sudo -k -S -p {prompt} -u {user} --; fi; \
             exec \"$@\" /bin/sh -c {} {}",
            quote(&inner),
            quote(line)
        );
        (Self { prompt, mark, seen: Vec::new() }, line)
    }

    /// Takes what has come; says what was found, once for each.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Option<Finding> {
        self.seen.extend_from_slice(bytes);
        if let Some(at) = find(&self.seen, self.mark.as_bytes()) {
            let (before, after) = (self.seen[..at].to_vec(), self.seen[at + self.mark.len()..].to_vec());
            return Some(Finding::Started { before, after });
        }
        let at = find(&self.seen, self.prompt.as_bytes())?;
        self.seen.drain(at..at + self.prompt.len());
        Some(Finding::Asks)
    }

    /// What came while the command did not start.
    pub(crate) fn words(&self) -> String {
        String::from_utf8_lossy(&self.seen).trim().to_owned()
    }
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_and_marks_are_found_however_they_are_cut() {
        let (mut gate, line) = Gate::new("echo 'a b'", &Sudo::root());
        assert!(line.contains("sudo -k -S -p functest-asks-"), "{line}");
        let (prompt, mark) = (gate.prompt.clone(), gate.mark.clone());
        let stream = format!("lecture\n{prompt}{mark}rest");
        let mut findings = Vec::new();
        for byte in stream.as_bytes() {
            findings.extend(gate.take(&[*byte]));
            if matches!(findings.last(), Some(Finding::Started { .. })) {
                break;
            }
        }
        assert_eq!(findings[0], Finding::Asks);
        let started = Finding::Started { before: b"lecture\n".to_vec(), after: Vec::new() };
        assert_eq!(findings[1], started);
    }
}
