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
}
