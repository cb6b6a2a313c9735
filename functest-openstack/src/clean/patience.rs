// SPDX-License-Identifier: Apache-2.0
//! How long a clean-up waits for whom: a service that says nothing is given up, so that what does not depend on it goes.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::rest::Heard;
use crate::service::Service;

/// Why something is not known, or not done.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The time was over before it was its turn; with what went wrong at its service before, if anything did.
    NotTried { before: Option<String> },
    /// The time was over in the middle.
    Late,
    /// Its service says nothing, and is not asked any more.
    GivenUp { service: Service, patience: Duration, last: String },
    /// This was refused, and will be asked for again: what refuses may have been something before the service, or in disorder.
    Doubted(Error),
    /// This went wrong.
    Error(Error),
}

impl Trouble {
    /// Whether it would be the same the next time.
    pub(super) fn is_lasting(&self) -> bool {
        match self {
            Self::NotTried { .. } | Self::Late | Self::Doubted(_) => false,
            Self::GivenUp { .. } => true,
            Self::Error(error) => error.is_lasting(),
        }
    }

    /// Whether the service itself has said what is wrong.
    pub(super) fn is_said(&self) -> bool {
        matches!(self, Self::Error(error) | Self::Doubted(error) if !error.is_silence())
    }

    /// Whether something else has to go first.
    pub(super) fn is_conflict(&self) -> bool {
        matches!(self, Self::Error(error) if error.status() == Some(409))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotTried { before: None } => f.write_str("not tried: the time for cleaning up was over"),
            Self::NotTried { before: Some(before) } => {
                write!(f, "not tried again, because the time for cleaning up was over; before: {before}")
            }
            Self::Late => f.write_str("the cloud did not answer in time"),
            Self::GivenUp { service, patience, last } => {
                write!(f, "the {service} service has said nothing for {patience:.0?}, and was given up; last: {last}")
            }
            Self::Doubted(error) | Self::Error(error) => error.fmt(f),
        }
    }
}

/// Which services say nothing, and since when.
#[derive(Debug)]
pub(super) struct Patience {
    /// Until when anybody is asked anything.
    until: Instant,
    /// For how long a service that says nothing is asked.
    with_silence: Duration,
    heard: Arc<Heard>,
    silent: Mutex<BTreeMap<Service, Silence>>,
    /// What went wrong last at each service.
    wrong: Mutex<BTreeMap<Service, String>>,
    /// How often each thing was refused in a row.
    refusals: Mutex<BTreeMap<String, u32>>,
}

#[derive(Clone, Debug)]
struct Silence {
    since: Instant,
    /// How often it was asked in vain.
    asked: u32,
    last: String,
}

/// A service that is asked seldom is not given up for having been away once.
const LEAST_ASKED: u32 = 3;

/// A refusal is believed when it was said that often: one alone may be the word of a proxy, or an answer gone wrong.
const LEAST_REFUSED: u32 = 4;

impl Patience {
    pub(super) fn new(until: Instant, with_silence: Duration, heard: Arc<Heard>) -> Self {
        Self {
            until,
            with_silence,
            heard,
            silent: Mutex::default(),
            wrong: Mutex::default(),
            refusals: Mutex::default(),
        }
    }

    /// Works with a service for as long as there is time, and as it goes on answering. What is asked for has the same name each
    /// time.
    pub(super) async fn ask<T>(
        &self,
        service: Service,
        what: &str,
        requests: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Trouble> {
        let asked = self.try_once(service, requests).await;
        let asked = match asked {
            Err(Trouble::Error(error)) if is_word(&error) => Err(self.heed(what, error)),
            asked => {
                lock(&self.refusals).remove(what);
                asked
            }
        };
        if let Err(trouble @ (Trouble::Error(_) | Trouble::Doubted(_) | Trouble::Late)) = &asked {
            lock(&self.wrong).insert(service, trouble.to_string());
        }
        asked
    }

    async fn try_once<T>(
        &self,
        service: Service,
        requests: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Trouble> {
        let started = Instant::now();
        if started >= self.until {
            return Err(Trouble::NotTried { before: lock(&self.wrong).get(&service).cloned() });
        }
        let mut enough = match self.silence_of(service) {
            None => started + self.with_silence,
            Some(silence) if started < silence.since + self.with_silence => silence.since + self.with_silence,
            Some(silence) if silence.asked >= LEAST_ASKED => return Err(self.given_up(service)),
            Some(_) => started + self.with_silence / 3,
        };
        tokio::pin!(requests);
        loop {
            match tokio::time::timeout_at(self.until.min(enough).into(), &mut requests).await {
                Ok(Err(error)) if error.is_silence() => {
                    self.note(service, started, 1, error.to_string());
                    return Err(Trouble::Error(error));
                }
                Ok(answered) => {
                    lock(&self.silent).remove(&service);
                    return answered.map_err(Trouble::Error);
                }
                Err(_) if Instant::now() >= self.until => return Err(Trouble::Late),
                Err(_) => match self.heard.last(service).map(|last| last + self.with_silence) {
                    // It is slow, or there is much to ask: it has answered meanwhile.
                    Some(later) if later > Instant::now() => {
                        lock(&self.silent).remove(&service);
                        enough = later;
                    }
                    _ => {
                        // It has had all the time that there is for it, which counts as being asked often enough.
                        self.note(service, started, LEAST_ASKED, "no answer".into());
                        return Err(self.given_up(service));
                    }
                },
            }
        }
    }

    /// Believes a service's refusal when it has said the same often enough, and so a catalog without a service; what comes of a login,
    /// at once.
    fn heed(&self, what: &str, refusal: Error) -> Trouble {
        let mut refusals = lock(&self.refusals);
        let times = refusals.entry(what.to_owned()).or_default();
        *times += 1;
        let is_one_answer = matches!(refusal, Error::Answer { .. } | Error::NotOurs { .. } | Error::NoService { .. });
        if is_one_answer && *times < LEAST_REFUSED { Trouble::Doubted(refusal) } else { Trouble::Error(refusal) }
    }

    /// Notes that a service has said nothing since then, unless it is known to have said nothing for longer.
    fn note(&self, service: Service, started: Instant, asked: u32, last: String) {
        let mut silent = lock(&self.silent);
        let silence = silent.entry(service).or_insert(Silence { since: started, asked: 0, last: String::new() });
        silence.asked += asked;
        silence.last = last;
    }

    fn given_up(&self, service: Service) -> Trouble {
        let last = self.silence_of(service).map(|silence| silence.last).unwrap_or_default();
        Trouble::GivenUp { service, patience: self.with_silence, last }
    }

    fn silence_of(&self, service: Service) -> Option<Silence> {
        lock(&self.silent).get(&service).cloned()
    }
}

/// Whether a service has said something that it will not take back: that it refuses, or that there is no such thing.
fn is_word(error: &Error) -> bool {
    error.is_lasting() || error.is_missing() || matches!(error, Error::NotOurs { .. })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
