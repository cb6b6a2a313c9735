// SPDX-License-Identifier: Apache-2.0
//! A sink: it hears of everything that happens, and says what matters here.

use std::io::{self, Write};

use functest::core::Sink;
use functest::core::event::{Event, EventBody};
use functest::core::sink::SinkError;

/// Prints each verdict as it falls, and each check that did not pass.
pub(crate) struct Verdicts;

impl Sink for Verdicts {
    fn name(&self) -> &str {
        "the verdicts on the terminal"
    }

    fn take(&mut self, event: &Event) -> Result<(), SinkError> {
        let line = match &event.body {
            EventBody::CheckFinished { case_name, check, outcome, .. } => {
                outcome.message().map(|message| format!("  {case_name}.{check} {}: {message}", outcome.word()))
            }
            EventBody::CaseFinished { case_name, verdict, .. } => Some(format!("{case_name} {verdict}")),
            _ => None,
        };
        // It fails when nobody reads any more. The run goes on: this sink is not essential.
        line.map_or(Ok(()), |line| writeln!(io::stdout(), "{line}")).map_err(|e| SinkError::new("print a verdict", e))
    }
}
