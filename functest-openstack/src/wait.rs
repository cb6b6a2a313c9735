// SPDX-License-Identifier: Apache-2.0
//! Waiting for a state, with back-off, until it comes, cannot come any more, or the deadline passes.

use std::time::{Duration, Instant};

use crate::error::Error;

const FIRST_DELAY: Duration = Duration::from_millis(200);
const LONGEST_DELAY: Duration = Duration::from_secs(5);
/// The last look is not cut shorter than a healthy cloud needs to answer.
const SHORTEST_LOOK: Duration = Duration::from_secs(5);

/// What was seen.
#[derive(Debug)]
pub enum Observation<T> {
    /// It has come.
    Ready(T),
    /// It has not come yet; the present state in words.
    Pending(String),
    /// It cannot come any more; why.
    Failed(String),
}

/// Observes until the state of `what` has come.
///
/// A cloud that is away for a while is waited for.
///
/// # Errors
/// [`Error::Wait`] when the state cannot come any more, or has not come within `deadline`; the observation's own error
/// when it will not go away.
pub async fn until<T, F, Fut>(what: &str, deadline: Duration, observe: F) -> Result<T, Error>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<Observation<T>, Error>>,
{
    let started = Instant::now();
    let mut delay = FIRST_DELAY;
    let failed = |message: String| Error::Wait { what: what.to_owned(), message };
    loop {
        // An observation may itself wait for a service that is away.
        let observed = tokio::time::timeout(deadline.saturating_sub(started.elapsed()).max(SHORTEST_LOOK), observe());
        let seen = match observed.await {
            Ok(Ok(Observation::Ready(value))) => return Ok(value),
            Ok(Ok(Observation::Failed(reason))) => return Err(failed(reason)),
            Ok(Ok(Observation::Pending(state))) => state,
            Ok(Err(error)) if error.is_transient() => error.to_string(),
            Ok(Err(error)) => return Err(error),
            Err(_) => "no answer".into(),
        };
        let left = deadline.saturating_sub(started.elapsed());
        if left.is_zero() {
            return Err(failed(format!("not within {:.0?}; last seen: {seen}", deadline)));
        }
        tokio::time::sleep(delay.min(left)).await;
        delay = (delay * 3 / 2).min(LONGEST_DELAY);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use functest_core::verdict::FailedRequest;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn states_end_the_waiting() {
        let seen = AtomicU32::new(0);
        let observe = || async {
            match seen.fetch_add(1, Ordering::SeqCst) {
                0..3 => Ok(Observation::Pending("BUILD".into())),
                _ => Ok(Observation::Ready(7)),
            }
        };
        assert_eq!(until("server", Duration::from_secs(60), observe).await.unwrap(), 7);
        let never = || async { Ok(Observation::<()>::Pending("BUILD".into())) };
        let late = until("server x", Duration::from_millis(10), never).await.unwrap_err().to_string();
        assert_eq!(late, "server x: not within 10ms; last seen: BUILD");
        let failing = || async { Ok(Observation::<()>::Failed("ERROR: no host".into())) };
        assert!(until("s", Duration::from_secs(1), failing).await.unwrap_err().to_string().contains("no host"));
    }

    /// What a wait ends with in which that is answered to the first look, and how often was looked.
    async fn ended_with(answer: impl Fn() -> Error) -> (Result<u32, Error>, u32) {
        let looks = AtomicU32::new(0);
        let observe = || async {
            match looks.fetch_add(1, Ordering::SeqCst) {
                0 => Err(answer()),
                _ => Ok(Observation::Ready(7)),
            }
        };
        let ended = until("server", Duration::from_secs(60), observe).await;
        (ended, looks.load(Ordering::SeqCst))
    }

    fn answered(status: u16) -> Error {
        let request = FailedRequest { method: "GET".into(), url: "u".into(), status: Some(status), request_id: None };
        Error::Answer { message: "no".into(), request, of_service: true }
    }

    #[tokio::test(start_paused = true)]
    async fn what_will_not_change_ends_the_waiting_at_once() {
        for status in [400, 401, 403, 404, 405, 410, 501] {
            let (ended, looks) = ended_with(|| answered(status)).await;
            assert_eq!((ended.unwrap_err().status(), looks), (Some(status), 1));
        }
        let no_service = || Error::NoService { service: "image", detail: String::new(), required: false };
        let (ended, looks) = ended_with(no_service).await;
        assert!(matches!(ended, Err(Error::NoService { .. })) && looks == 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_cloud_that_is_away_for_a_while_is_waited_for() {
        for status in [429, 500, 502, 503, 504] {
            let (ended, looks) = ended_with(|| answered(status)).await;
            assert_eq!((ended.unwrap(), looks), (7, 2));
        }
        let always = || async { Err::<Observation<()>, _>(answered(503)) };
        let late = until("server x", Duration::from_millis(10), always).await.unwrap_err().to_string();
        assert!(late.starts_with("server x: not within 10ms; last seen: GET u answered 503"), "{late}");
    }
}
