// SPDX-License-Identifier: Apache-2.0
//! A command to be run over there.

use std::time::Duration;

use bytes::Bytes;
use secrecy::SecretString;

/// How much of a command's output is kept, unless it is said otherwise.
const LIMIT: usize = 64 * 1024 * 1024;

/// The variable that whatever a command starts inherits.
pub(crate) const PROCESS: &str = "FUNCTEST_PROCESS";

/// A command line for the remote user's shell. Its `Debug` shows no secret, as long as there is none in the line.
#[derive(Clone, Debug)]
pub struct Command {
    line: String,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) stdin: Bytes,
    pub(crate) sudo: Option<Sudo>,
    pub(crate) pty: Option<Pty>,
    pub(crate) deadline: Duration,
    pub(crate) limit: usize,
    pub(crate) repeatable: bool,
}

/// Running a command as another user.
#[derive(Clone, Debug)]
pub struct Sudo {
    /// Which user.
    pub user: String,
    /// What `sudo` is told when it asks; on its standard input, never in a command line.
    pub password: Option<SecretString>,
}

impl Sudo {
    /// As root.
    pub fn root() -> Self {
        Self { user: "root".into(), password: None }
    }

    /// With a password for when `sudo` asks for one.
    #[must_use]
    pub fn password(mut self, password: Option<SecretString>) -> Self {
        self.password = password;
        self
    }
}

/// A terminal for the command. Its standard error then comes as standard output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pty {
    /// Its kind, as in `TERM`.
    pub term: String,
    /// Characters a line.
    pub columns: u32,
    /// Lines.
    pub rows: u32,
}

impl Default for Pty {
    fn default() -> Self {
        Self { term: "xterm".into(), columns: 80, rows: 24 }
    }
}

impl Command {
    /// A program; its name and each [`arg`](Self::arg) reach it as they are.
    pub fn new(program: &str) -> Self {
        Self::shell(quote(program))
    }

    /// A line as the shell takes it. Nothing that comes from elsewhere belongs into it without [`quote`].
    pub fn shell(line: impl Into<String>) -> Self {
        Self {
            line: line.into(),
            environment: Vec::new(),
            stdin: Bytes::new(),
            sudo: None,
            pty: None,
            deadline: Duration::from_secs(120),
            limit: LIMIT,
            repeatable: false,
        }
    }

    /// With one more argument.
    #[must_use]
    pub fn arg(mut self, argument: &str) -> Self {
        self.line.push(' ');
        self.line.push_str(&quote(argument));
        self
    }

    /// With more arguments.
    #[must_use]
    pub fn args<'a>(self, arguments: impl IntoIterator<Item = &'a str>) -> Self {
        arguments.into_iter().fold(self, Self::arg)
    }

    /// With a variable in its environment. Other users of the host may see it while the command runs.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With this on its standard input, which ends after it.
    #[must_use]
    pub fn stdin(mut self, bytes: impl Into<Bytes>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// As another user. Who is root already needs no `sudo` for it.
    #[must_use]
    pub fn sudo(mut self, sudo: Option<Sudo>) -> Self {
        self.sudo = sudo;
        self
    }

    /// With a terminal.
    #[must_use]
    pub fn pty(mut self, pty: Pty) -> Self {
        self.pty = Some(pty);
        self
    }

    /// For how long it may run; two minutes unless said otherwise. Then it is killed.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// How many bytes of output are kept; 64 MiB unless said otherwise. It is killed when there are more.
    #[must_use]
    pub fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// It may be run twice: [`Host`](crate::Host) runs it again when the connection is lost.
    #[must_use]
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// The line, for messages: at most its first 200 characters, on one line.
    pub fn summary(&self) -> String {
        let mut text: String = self.line.chars().take(200).map(|c| if c.is_control() { ' ' } else { c }).collect();
        if self.line.chars().nth(200).is_some() {
            text.push_str(" ...");
        }
        text
    }

    /// The line for a shell on this machine, where whoever is not root needs a `sudo` that asks for nothing.
    pub fn to_local_line(&self) -> String {
        let exports = self.environment.iter().map(|(name, value)| format!("export {name}={}; ", quote(value)));
        let line = format!("{}{}", exports.collect::<String>(), self.line);
        match &self.sudo {
            None => line,
            Some(sudo) => {
                let user = quote(&sudo.user);
                let elevated = format!("exec sudo -n -u {user} -- /bin/sh -c {}", quote(&line));
                format!("if [ \"$(id -un)\" != {user} ]; then {elevated}; fi; {line}")
            }
        }
    }

    /// What it finds on its standard input.
    pub fn input(&self) -> Bytes {
        self.stdin.clone()
    }

    /// For how long it may run.
    pub fn limit_in_time(&self) -> Duration {
        self.deadline
    }

    /// The line with its environment in front. By `id` all that it starts is found again.
    pub(crate) fn line(&self, id: &str) -> String {
        let own = [(PROCESS.to_owned(), id.to_owned())];
        let variables = own.iter().chain(&self.environment);
        let exports = variables.map(|(name, value)| format!("export {name}={}; ", quote(value)));
        format!("{}{}", exports.collect::<String>(), self.line)
    }
}

/// `text` as one word of a POSIX shell.
pub fn quote(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,=".contains(c);
    if !text.is_empty() && text.chars().all(plain) && !text.starts_with('=') {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_what_its_parts_say() {
        let command = Command::new("ls").args(["-l", "a b", "it's", ""]).env("LANG", "C d");
        assert_eq!(command.line("7-a"), r"export FUNCTEST_PROCESS=7-a; export LANG='C d'; ls -l 'a b' 'it'\''s' ''");
        assert_eq!(Command::shell("x\n".repeat(150)).summary().len(), 204);
    }

    proptest::proptest! {
        #[test]
        fn a_shell_takes_quoted_words_for_what_they_are(words in proptest::collection::vec("[^\\x00]{0,8}", 1..4)) {
            let line = words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ");
            let output = std::process::Command::new("sh").args(["-c", &format!("printf '%s\\0' {line}")]).output().unwrap();
            let expected: String = words.iter().map(|word| format!("{word}\0")).collect();
            proptest::prop_assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
        }
    }
}
