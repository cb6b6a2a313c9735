// SPDX-License-Identifier: Apache-2.0
//! Faults that strike requests on their way.

use std::time::Duration;

use http::StatusCode;

use super::{Fault, Faults};
use crate::api::ApiError;

/// What happens to a request on its way.
#[derive(Debug, Default)]
pub(crate) struct Wire {
    /// How long it waits first.
    pub(crate) delay: Duration,
    /// The refusal it gets, and whether it has its effect all the same.
    pub(crate) refusal: Option<(ApiError, bool)>,
    /// The status that something before the service answers with, and whether the request has its effect all the same.
    pub(crate) ingress: Option<(StatusCode, bool)>,
    /// How much later it has its effect, when it has been answered already.
    pub(crate) late: Option<Duration>,
    /// Whether a list of its answer begins with something that has no values.
    pub(crate) null_neighbour: bool,
    /// A number from 0 up to 1 that says how the answer is garbled.
    pub(crate) garbled: Option<f64>,
    /// How its answer ends.
    pub(crate) ending: Ending,
}

impl Wire {
    /// Whether the request has its effect, whatever is answered.
    pub(crate) fn has_effect(&self) -> bool {
        self.refusal.as_ref().is_none_or(|(_, done)| *done)
            && self.ingress.is_none_or(|(_, done)| done)
            && self.ending != Ending::Reset { done: false }
    }
}

/// How an answer ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Ending {
    /// As it should.
    #[default]
    Whole,
    /// With a reset connection and no answer; the request had its effect, or not.
    Reset { done: bool },
    /// With a closed connection after that many bytes of the body.
    Truncated(usize),
    /// As it should, at so many bytes a second.
    Slow(u64),
}

impl Faults {
    /// What happens to that request; `path` begins with the service's type.
    pub(crate) fn on_the_way(&mut self, service: &str, method: &str, path: &str) -> Wire {
        let mut wire = Wire::default();
        for place in 0..self.rules.len() {
            let rule = &self.rules[place].rule;
            let about = match &rule.fault {
                Fault::ServiceDown { service: down } => down == service,
                fault => fault.strikes_requests() && rule.is_about(method, path),
            };
            let roll = if about { self.roll() } else { continue };
            if self.rules[place].strikes(roll) {
                let again = self.roll();
                apply(&self.rules[place].rule.fault, again, &mut wire);
            }
        }
        wire
    }
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn apply(fault: &Fault, roll: f64, wire: &mut Wire) {
    match fault {
        Fault::Latency(times) => wire.delay += Duration::try_from_secs_f64(times.at(roll)).unwrap_or_default(),
        Fault::Status { status, done } => {
            wire.refusal = Some((ApiError::new(code(*status), "The sandbox was told to answer so."), *done));
        }
        Fault::Ingress { status, done } => wire.ingress = Some((code(*status), *done)),
        Fault::Late { status, seconds } => {
            wire.ingress = Some((code(*status), true));
            wire.late = Duration::try_from_secs_f64(*seconds).ok();
        }
        Fault::NullNeighbour => wire.null_neighbour = true,
        Fault::Garbled => wire.garbled = Some(roll),
        Fault::Reset { done } => wire.ending = Ending::Reset { done: *done },
        Fault::ServiceDown { .. } => wire.ending = Ending::Reset { done: false },
        Fault::Truncate { bytes } => wire.ending = Ending::Truncated(*bytes),
        Fault::Slow { rate } => wire.ending = Ending::Slow(*rate),
        _ => {}
    }
}
