// SPDX-License-Identifier: Apache-2.0
//! Who hears of every request.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use functest_core::event::{ApiCall, Emitter, EventBody, Level};

use super::exchange::Target;
use crate::service::Service;

/// When each service last answered by itself.
#[derive(Debug, Default)]
pub(crate) struct Heard(Mutex<BTreeMap<Service, Instant>>);

impl Heard {
    /// When that one did.
    pub(crate) fn last(&self, service: Service) -> Option<Instant> {
        self.lock().get(&service).copied()
    }

    fn note(&self, service: Service) {
        self.lock().insert(service, Instant::now());
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Service, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reports requests as events of a case, or of the run.
#[derive(Clone, Debug)]
pub struct Observer {
    events: Emitter,
    case: Option<String>,
    heard: Option<Arc<Heard>>,
}

impl Observer {
    /// Reports to `events` on behalf of `case`, or of the run.
    pub fn new(events: Emitter, case: Option<String>) -> Self {
        Self { events, case, heard: None }
    }

    /// The same, which also notes when services answer.
    pub(crate) fn noting(&self, heard: &Arc<Heard>) -> Self {
        Self { heard: Some(Arc::clone(heard)), ..self.clone() }
    }

    /// Reports to nobody.
    pub fn nobody() -> Self {
        Self::new(Emitter::discarding(), None)
    }

    /// The same for another case.
    pub fn for_case(&self, case: &str) -> Self {
        Self { case: Some(case.to_owned()), ..self.clone() }
    }

    /// Hears that a service has answered by itself.
    pub(super) fn answered(&self, service: Service) {
        if let Some(heard) = &self.heard {
            heard.note(service);
        }
    }

    /// Where the events go.
    pub fn events(&self) -> &Emitter {
        &self.events
    }

    /// Says something that a reader must know, but that hurts nobody.
    pub fn warn(&self, message: impl Into<String>) {
        self.events.log(self.case.as_deref(), Level::Warning, message);
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
