// SPDX-License-Identifier: Apache-2.0
//! Where a run's events come from.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::{EventBody, Level};

/// How many bytes of output may wait for the case's log; whoever writes more waits.
const OUTPUT_IN_FLIGHT: usize = 1 << 20;

/// The longest piece of output that is passed on as one.
const LONGEST_OUTPUT: usize = 1 << 16;

/// What arrives at the other end.
#[derive(Debug)]
pub enum Incoming {
    /// Something happened at that time.
    Event(DateTime<Utc>, EventBody),
    /// A tool wrote something.
    Output(Output),
}

/// What a case's tool wrote. It goes to the case's log and is no event.
#[derive(Debug)]
pub struct Output {
    /// When it came.
    pub at: DateTime<Utc>,
    /// The case's name.
    pub case_name: String,
    /// Where it was written to.
    pub stream: OutputStream,
    /// What was written.
    pub text: String,
    /// Whom it is for.
    pub audience: Audience,
    /// Given back when the last one has taken note of it.
    _room: Option<OwnedSemaphorePermit>,
}

impl Output {
    /// What a tool wrote just now.
    pub fn new(case_name: &str, stream: OutputStream, text: &str, audience: Audience) -> Self {
        Self { at: Utc::now(), case_name: case_name.to_owned(), stream, text: text.to_owned(), audience, _room: None }
    }

    /// The same for somebody who may forget about it late, and must not keep the tool from writing on.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self { at: self.at, ..Self::new(&self.case_name, self.stream, &self.text, self.audience) }
    }
}

/// Whom a tool's output is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Whoever reads the case's log.
    Log,
    /// Whoever watches the run, too.
    Console,
}

/// Where a tool writes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputStream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// Where a run's events go. Cheap to clone; emitting an event never waits.
#[derive(Clone, Debug)]
pub struct Emitter {
    channel: mpsc::UnboundedSender<Incoming>,
    room: Arc<Semaphore>,
}

impl Emitter {
    /// An emitter, and the end at which its events arrive.
    pub fn channel() -> (Self, mpsc::UnboundedReceiver<Incoming>) {
        let (channel, receiver) = mpsc::unbounded_channel();
        (Self { channel, room: Arc::new(Semaphore::new(OUTPUT_IN_FLIGHT)) }, receiver)
    }

    /// An emitter whose events nobody wants.
    pub fn discarding() -> Self {
        Self::channel().0
    }

    /// Sends `body` off, with the time of now.
    pub fn emit(&self, body: EventBody) {
        // A receiver that is gone has said so itself; a case must not fail because of it.
        let _ = self.channel.send(Incoming::Event(Utc::now(), body));
    }

    /// Sends a message for people.
    pub fn log(&self, case_name: Option<&str>, level: Level, message: impl Into<String>) {
        self.emit(EventBody::Log { case_name: case_name.map(str::to_owned), level, message: message.into() });
    }

    /// Passes on what a tool wrote. Waits while too much of it is under way, so that a flood of output fills no memory.
    pub async fn output(&self, case_name: &str, stream: OutputStream, text: &str, audience: Audience) {
        for piece in pieces(text) {
            let bytes = u32::try_from(piece.len()).unwrap_or(u32::MAX);
            let room = Arc::clone(&self.room).acquire_many_owned(bytes).await.ok();
            let output = Output { _room: room, ..Output::new(case_name, stream, piece, audience) };
            if self.channel.send(Incoming::Output(output)).is_err() {
                return;
            }
        }
    }
}

/// A text in pieces of a bounded length, cut between characters.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = rest.floor_char_boundary(LONGEST_OUTPUT);
        let (piece, after) = rest.split_at(end);
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_the_whole() {
        let text = "ü".repeat(LONGEST_OUTPUT);
        let pieces: Vec<&str> = pieces(&text).collect();
        assert_eq!(pieces.concat(), text);
        assert!(pieces.len() == 2 && pieces.iter().all(|piece| piece.len() <= LONGEST_OUTPUT));
    }

    #[tokio::test]
    async fn a_flood_waits_for_whoever_reads_it() {
        let (emitter, mut receiver) = Emitter::channel();
        let flood = "x".repeat(4 * OUTPUT_IN_FLIGHT);
        let writer =
            tokio::spawn(async move { emitter.output("c", OutputStream::Stdout, &flood, Audience::Log).await });
        let mut bytes = 0;
        while let Some(Incoming::Output(output)) = receiver.recv().await {
            assert!(receiver.len() * LONGEST_OUTPUT <= OUTPUT_IN_FLIGHT);
            bytes += output.text.len();
        }
        assert_eq!(bytes, 4 * OUTPUT_IN_FLIGHT);
        writer.await.unwrap();
    }

    #[tokio::test]
    async fn nobody_who_reads_is_no_reason_to_wait() {
        let flood = "x".repeat(3 * OUTPUT_IN_FLIGHT);
        Emitter::discarding().output("c", OutputStream::Stderr, &flood, Audience::Log).await;
    }
}
