// SPDX-License-Identifier: Apache-2.0
//! Who hears of every request.

use std::time::Duration;

use functest_core::event::{ApiCall, Emitter, EventBody};

use super::exchange::Target;

/// Reports requests as events of a case, or of the run.
#[derive(Clone, Debug)]
pub struct Observer {
    events: Emitter,
    case: Option<String>,
}

impl Observer {
    /// Reports to `events` on behalf of `case`, or of the run.
    pub fn new(events: Emitter, case: Option<String>) -> Self {
        Self { events, case }
    }

    /// Reports to nobody.
    pub fn nobody() -> Self {
        Self::new(Emitter::discarding(), None)
    }

    /// The same for another case.
    pub fn for_case(&self, case: &str) -> Self {
        Self { events: self.events.clone(), case: Some(case.to_owned()) }
    }

    /// Where the events go.
    pub fn events(&self) -> &Emitter {
        &self.events
    }

    pub(super) fn report(
        &self,
        target: &Target,
        attempt: u32,
        took: Duration,
        status: Option<u16>,
        request_id: Option<String>,
        error: Option<String>,
    ) {
        let call = ApiCall {
            service: target.service.name().to_owned(),
            method: target.method.to_string(),
            route: target.route.clone(),
            status,
            request_id,
            duration_ms: took.as_secs_f64() * 1000.0,
            attempt,
            error,
        };
        self.events.emit(EventBody::ApiCall { case_name: self.case.clone(), call });
    }
}
