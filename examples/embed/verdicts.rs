// SPDX-License-Identifier: Apache-2.0
//! A sink: it hears of everything that happens, and says what matters here.

use std::io::{self, Write};

use functest::core::Sink;
use functest::core::event::{Event, EventBody};
use functest::core::sink::SinkError;

/// Prints each verdict as it falls, and each check that did not pass.
pub(crate) struct Verdicts;

impl Sink for Verdicts {
    fn take(&mut self, event: &Event) -> Result<(), SinkError> {
        let line = match &event.body {
            EventBody::CheckFinished { case, check, outcome, .. } => {
                outcome.message().map(|message| format!("  {case}.{check} {}: {message}", outcome.word()))
            }
            EventBody::CaseFinished { case, verdict, .. } => Some(format!("{case} {verdict}")),
            _ => None,
        };
        // A sink that fails stops the run: here, when nobody reads any more.
        line.map_or(Ok(()), |line| writeln!(io::stdout(), "{line}")).map_err(|e| SinkError::new("print a verdict", e))
    }
}
