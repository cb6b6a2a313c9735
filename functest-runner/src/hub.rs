// SPDX-License-Identifier: Apache-2.0
//! From one stream of events to the record, to many sinks and to whoever listens, on a thread of its own: a slow disk must
//! not slow the cases.

use std::sync::Arc;

use chrono::Utc;
use functest_core::Sink;
use functest_core::event::{self, Audience, Event, EventBody, Incoming, Output, RunHead};
use functest_core::record::{Fold, RunRecord};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{broadcast, oneshot};

use crate::alarm::Alarm;
use crate::error::{RunError, SinkTrouble};
use crate::lane::{Lane, Parcel, Patience};

type End = Result<(RunRecord, Vec<SinkTrouble>), RunError>;

/// The thread, from outside.
#[derive(Debug)]
pub(crate) struct Hub(oneshot::Receiver<End>);

impl Hub {
    pub(crate) async fn join(self) -> End {
        self.0.await.unwrap_or_else(|_| Err(RunError::Lost("the thread of the reports has panicked".into())))
    }
}

/// What the thread works with.
struct Work {
    lanes: Vec<Lane>,
    listeners: broadcast::Sender<Arc<Event>>,
    troubles: Vec<SinkTrouble>,
}

/// Starts the thread. It ends after the last event of the run.
pub(crate) fn start(
    head: RunHead,
    receiver: UnboundedReceiver<Incoming>,
    sinks: Vec<Box<dyn Sink>>,
    listeners: broadcast::Sender<Arc<Event>>,
    alarm: &Alarm,
    patience: Patience,
) -> Result<Hub, RunError> {
    let (done, end) = oneshot::channel();
    let lanes = sinks.into_iter().map(|sink| Lane::start(sink, alarm, patience)).collect::<Result<Vec<_>, _>>();
    let mut lanes = lanes.map_err(RunError::NoThread)?;
    // What a run is worth nothing without hears of it first.
    lanes.sort_by_key(|lane| !lane.is_essential());
    let first = Event { v: event::VERSION, seq: 0, at: Utc::now(), body: EventBody::RunStarted(Box::new(head)) };
    let work = Work { lanes, listeners, troubles: Vec::new() };
    // Who does not wait for the end does not want it.
    let run = move || drop(done.send(work.run(first, receiver)));
    std::thread::Builder::new().name("events".into()).spawn(run).map_err(RunError::NoThread)?;
    Ok(Hub(end))
}

impl Work {
    fn run(mut self, first: Event, mut receiver: UnboundedReceiver<Incoming>) -> End {
        let mut fold = Fold::begin(&first).map_err(|error| RunError::Lost(error.to_string()))?;
        self.deliver(Arc::new(first));
        let mut seq = 0;
        while let Some(incoming) = receiver.blocking_recv() {
            match incoming {
                Incoming::Event(at, body) => {
                    seq += 1;
                    let is_last = matches!(body, EventBody::RunFinished { .. });
                    let event = Event { v: event::VERSION, seq, at, body };
                    fold.take(&event);
                    self.deliver(Arc::new(event));
                    if is_last {
                        break;
                    }
                }
                Incoming::Output(output) => self.deliver_output(output),
            }
        }
        let Self { lanes, mut troubles, .. } = self;
        troubles.extend(lanes.into_iter().filter_map(Lane::finish));
        Ok((fold.record(), troubles))
    }

    fn deliver(&mut self, event: Arc<Event>) {
        self.hand_over(&Parcel::Event(Arc::clone(&event)), |_| true);
        // Nobody may be listening.
        let _ = self.listeners.send(event);
    }

    fn deliver_output(&mut self, output: Output) {
        if output.audience == Audience::Console {
            self.hand_over(&Parcel::Output(Arc::new(output.copy())), |lane| !lane.is_essential());
        }
        self.hand_over(&Parcel::Output(Arc::new(output)), Lane::is_essential);
    }

    fn hand_over(&mut self, parcel: &Parcel, to: impl Fn(&Lane) -> bool) {
        for lane in self.lanes.iter_mut().filter(|lane| to(lane)) {
            if let Err(trouble) = lane.hand_over(parcel) {
                self.troubles.push(trouble);
            }
        }
    }
}
