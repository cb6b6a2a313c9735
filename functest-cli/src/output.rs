// SPDX-License-Identifier: Apache-2.0
//! Standard output and standard error: documents and results on the one, progress and complaints on the other.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use owo_colors::{OwoColorize, Style};
use serde::Serialize;

use crate::error::Error;
use crate::global::{ColorChoice, Global};

/// Where words go, and how they look.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    /// Styles of standard output.
    pub(crate) styles: Styles,
    /// Styles of standard error.
    pub(crate) error_styles: Styles,
    pub(crate) quiet: bool,
    pub(crate) verbose: bool,
    /// Nobody takes what is written to standard error: writing more would never end.
    forsaken: Arc<AtomicBool>,
}

/// Every style that is used, in one place.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Styles {
    pub(crate) good: Style,
    pub(crate) bad: Style,
    pub(crate) doubtful: Style,
    pub(crate) faint: Style,
    pub(crate) strong: Style,
}

impl Styles {
    fn colored() -> Self {
        let style = Style::new();
        Self {
            good: style.green(),
            bad: style.red().bold(),
            doubtful: style.yellow(),
            faint: style.dimmed(),
            strong: style.bold(),
        }
    }

    /// The style of a verdict, a decision or an outcome, by its word.
    pub(crate) fn of(&self, word: &str) -> Style {
        match word {
            "passed" | "selected" => self.good,
            "flaky" => self.doubtful,
            "failed" | "errored" => self.bad,
            "not run" | "no_driver" => self.doubtful,
            _ => self.faint,
        }
    }
}

/// Whether colours are wanted on `stream`: a terminal, and no word against it (`NO_COLOR`, `TERM=dumb`).
pub(crate) fn wants_color(stream: &impl IsTerminal) -> bool {
    let forbidden = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    stream.is_terminal() && !forbidden && !dumb
}

impl Output {
    pub(crate) fn new(global: &Global) -> Self {
        let styles = |terminal: bool| {
            let colored = match global.color {
                ColorChoice::Always => true,
                ColorChoice::Never => false,
                ColorChoice::Auto => terminal,
            };
            if colored { Styles::colored() } else { Styles::default() }
        };
        Self {
            styles: styles(wants_color(&std::io::stdout())),
            error_styles: styles(wants_color(&std::io::stderr())),
            quiet: global.quiet > 0,
            verbose: global.verbose > global.quiet,
            forsaken: Arc::default(),
        }
    }

    /// A line of the result.
    pub(crate) fn line(&self, text: impl std::fmt::Display) -> Result<(), Error> {
        self.raw(format!("{text}\n").as_bytes())
    }

    /// Bytes of the result. Whoever reads them may have seen enough, as with `functest ... | head`: that changes
    /// nothing about what the command found out.
    pub(crate) fn raw(&self, bytes: &[u8]) -> Result<(), Error> {
        let mut stdout = std::io::stdout().lock();
        match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            result => Ok(result?),
        }
    }

    /// A table, between empty lines.
    pub(crate) fn table(&self, table: &comfy_table::Table) -> Result<(), Error> {
        self.line(format!("\n{}\n", table.trim_fmt()))
    }

    /// A document, as JSON.
    pub(crate) fn json(&self, document: &impl Serialize) -> Result<(), Error> {
        self.line(serde_json::to_string_pretty(document)?)
    }

    /// What is going on, for whoever watches.
    pub(crate) fn note(&self, text: impl std::fmt::Display) {
        if !self.quiet {
            self.tell(&format!("{text}"));
        }
    }

    /// What the user should know; shown even when quiet.
    pub(crate) fn warning(&self, text: impl std::fmt::Display) {
        self.tell(&format!("{} {text}", "warning:".style(self.error_styles.doubtful)));
    }

    /// All that the user should know.
    pub(crate) fn warnings(&self, warnings: &[String]) {
        warnings.iter().for_each(|warning| self.warning(warning));
    }

    /// Why the command stops.
    pub(crate) fn error(&self, error: &Error) {
        self.tell(&format!("{} {error}", "error:".style(self.error_styles.bad)));
    }

    /// Writes nothing more to standard error: whoever reads it has stopped doing so.
    pub(crate) fn forsake_stderr(&self) {
        self.forsaken.store(true, Ordering::SeqCst);
    }

    fn tell(&self, line: &str) {
        if !self.forsaken.load(Ordering::SeqCst) {
            // Nobody to tell is no reason to stop.
            let _ = writeln!(std::io::stderr().lock(), "{line}");
        }
    }
}
