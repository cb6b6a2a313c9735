// SPDX-License-Identifier: Apache-2.0
//! A sink on a thread of its own, behind a bounded queue: one that stalls, panics or fails hurts only itself.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::time::{Duration, Instant};

use functest_core::Sink;
use functest_core::case::panic_message;
use functest_core::event::{Event, Output};
use functest_core::sink::SinkError;

use crate::alarm::Alarm;
use crate::error::SinkTrouble;

/// How many events may wait for a sink.
const QUEUE: usize = 4096;

/// How often it is looked whether a full queue has room again.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// How long sinks are waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// How long an essential sink may keep the others waiting before it counts as stalled, and how long it may take to end.
    pub(crate) with_essential: Duration,
    /// How long any other sink may take to end.
    pub(crate) with_others: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { with_essential: Duration::from_secs(60), with_others: Duration::from_secs(5) }
    }
}

/// What is handed to a sink.
#[derive(Clone)]
pub(crate) enum Parcel {
    Event(Arc<Event>),
    Output(Arc<Output>),
}

/// A sink, from outside.
pub(crate) struct Lane {
    name: String,
    is_essential: bool,
    /// `None` when the sink is not asked any more.
    queue: Option<SyncSender<Parcel>>,
    /// Says how the thread ended.
    fate: Receiver<Result<(), SinkError>>,
    missed: u64,
    alarm: Alarm,
    patience: Patience,
}

impl Lane {
    /// Starts the sink's thread.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub(crate) fn start(sink: Box<dyn Sink>, alarm: &Alarm, patience: Patience) -> std::io::Result<Self> {
        let (queue, parcels) = mpsc::sync_channel(QUEUE);
        let (tell, fate) = mpsc::channel();
        let (name, is_essential) = (sink.name().to_owned(), sink.is_essential());
        let (alarm_there, name_there) = (alarm.clone(), name.clone());
        let work = move || {
            let fate = feed(sink, &parcels);
            if let Err(error) = &fate
                && is_essential
            {
                // At once: the next event may be long in coming.
                alarm_there.raise(&format!("{name_there}: {error}"));
            }
            // Nobody who waits for the fate is no reason to panic.
            let _ = tell.send(fate);
        };
        std::thread::Builder::new().name(format!("sink {name}")).spawn(work)?;
        Ok(Self { name, is_essential, queue: Some(queue), fate, missed: 0, alarm: alarm.clone(), patience })
    }

    pub(crate) fn is_essential(&self) -> bool {
        self.is_essential
    }

    /// Hands a parcel over. An essential sink is waited for; any other misses what it has no room for.
    pub(crate) fn hand_over(&mut self, parcel: &Parcel) -> Result<(), SinkTrouble> {
        let Some(queue) = &self.queue else { return Ok(()) };
        match queue.try_send(parcel.clone()) {
            Ok(()) => Ok(()),
            Err(TrySendError::Disconnected(_)) => Err(self.ended_early()),
            Err(TrySendError::Full(_)) if self.is_essential => self.wait_for_room(parcel),
            Err(TrySendError::Full(_)) => {
                self.missed += 1;
                Ok(())
            }
        }
    }

    fn wait_for_room(&mut self, parcel: &Parcel) -> Result<(), SinkTrouble> {
        let patience = self.patience.with_essential;
        let until = Instant::now() + patience;
        while let Some(queue) = &self.queue {
            match queue.try_send(parcel.clone()) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Disconnected(_)) => return Err(self.ended_early()),
                Err(TrySendError::Full(_)) if Instant::now() < until => std::thread::sleep(LOOK_AGAIN),
                Err(TrySendError::Full(_)) => {
                    self.queue = None;
                    let trouble = self.trouble(format!("it has taken nothing for {patience:.0?}"));
                    self.alarm.raise(&trouble.to_string());
                    return Err(trouble);
                }
            }
        }
        Ok(())
    }

    /// Its thread has ended before the run did: it failed, or panicked.
    fn ended_early(&mut self) -> SinkTrouble {
        self.queue = None;
        match self.fate.recv_timeout(self.patience.with_others) {
            Ok(Err(error)) => self.trouble(error.to_string()),
            Ok(Ok(())) | Err(_) => self.trouble("its thread is gone".into()),
        }
    }

    /// Waits until the sink has taken everything. One that does not come to an end is left to itself.
    pub(crate) fn finish(mut self) -> Option<SinkTrouble> {
        // Without a queue its trouble was told when it happened.
        drop(self.queue.take()?);
        let Patience { with_essential, with_others } = self.patience;
        let patience = if self.is_essential { with_essential } else { with_others };
        match self.fate.recv_timeout(patience) {
            Ok(Ok(())) if self.missed > 0 => {
                let what = format!("it was too slow and missed {} events", self.missed);
                Some(self.trouble(what))
            }
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(self.trouble(error.to_string())),
            Err(_) => Some(self.trouble(format!("it did not come to its end within {patience:.0?}"))),
        }
    }

    fn trouble(&self, what: String) -> SinkTrouble {
        SinkTrouble { sink: self.name.clone(), is_essential: self.is_essential, what }
    }
}

/// Feeds a sink until there is nothing more, or it fails.
fn feed(mut sink: Box<dyn Sink>, parcels: &Receiver<Parcel>) -> Result<(), SinkError> {
    while let Ok(parcel) = parcels.recv() {
        let take = AssertUnwindSafe(|| match &parcel {
            Parcel::Event(event) => sink.take(event),
            Parcel::Output(output) => sink.output(output),
        });
        match std::panic::catch_unwind(take) {
            Ok(taken) => taken?,
            Err(panic) => {
                return Err(SinkError::new("it panicked", panic_message(panic.as_ref())));
            }
        }
    }
    Ok(())
}
