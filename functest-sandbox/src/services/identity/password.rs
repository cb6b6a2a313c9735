// SPDX-License-Identifier: Apache-2.0
//! Passwords: what they must not be, and what happens to those who guess. The numbers are those of the devcloud.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::State;
use crate::api::{ApiError, Document, Read};

/// After so many wrong passwords in a row a user has to wait.
const ATTEMPTS: u32 = 2;

/// For that long.
const WAIT: TimeDelta = TimeDelta::seconds(5);

/// A new password that a user chooses is none of so many last ones.
const DIFFERENT: usize = 2;

/// What is known of a user's passwords.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    /// The last ones, the newest first; the present one is among them.
    last: Vec<String>,
    /// How many wrong ones came in a row, and when the last did.
    failures: u32,
    failed: Option<DateTime<Utc>>,
}

impl State {
    /// Checks a password that somebody gives for a user.
    pub(super) fn check_password(&mut self, id: &str, given: &str, now: DateTime<Utc>) -> Result<(), ApiError> {
        let never_waits = self.option(id, "ignore_lockout_failure_attempts");
        let history = self.histories.entry(id.to_owned()).or_default();
        let rests = history.failed.is_some_and(|failed| now < failed + WAIT);
        if history.failures >= ATTEMPTS && rests && !never_waits {
            return Err(ApiError::unauthorized());
        }
        if self.passwords.get(id).is_some_and(|right| right == given) {
            history.failures = 0;
            return Ok(());
        }
        history.failures = if history.failures >= ATTEMPTS { 1 } else { history.failures.saturating_add(1) };
        history.failed = Some(now);
        Err(ApiError::unauthorized())
    }

    /// Whether an option of a user is set.
    pub(super) fn option(&self, id: &str, name: &str) -> bool {
        let options = self.users.get(id).and_then(|user: &Document| user.get("options"));
        options.is_some_and(|options| options.truth(name))
    }

    /// Refuses a password that a user had not long ago.
    pub(super) fn must_be_new(&self, id: &str, password: &str) -> Result<(), ApiError> {
        let last = self.histories.get(id).map(|history| history.last.as_slice()).unwrap_or_default();
        let current = self.passwords.get(id).is_some_and(|current| current == password);
        if current || last.iter().take(DIFFERENT).any(|old| old == password) {
            Err(ApiError::bad_request(format!(
                "Changing password failed: the new password must be none of the last {DIFFERENT}."
            )))
        } else {
            Ok(())
        }
    }

    /// A user without a password cannot log in with one.
    pub(super) fn set_password(&mut self, id: &str, password: Option<Value>) {
        let history = self.histories.entry(id.to_owned()).or_default();
        match password {
            Some(Value::String(password)) => {
                history.last.insert(0, password.clone());
                history.last.truncate(DIFFERENT);
                history.failures = 0;
                self.passwords.insert(id.to_owned(), password);
            }
            _ => {
                self.passwords.remove(id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_guesses_has_to_wait() {
        let mut state = State::default();
        let now = DateTime::UNIX_EPOCH;
        state.set_password("u", Some("right".into()));
        let mut check = |given, seconds| state.check_password("u", given, now + TimeDelta::seconds(seconds)).is_ok();
        assert!(check("right", 0));
        assert!(!check("wrong", 1) && check("right", 1));
        assert!(!check("wrong", 2) && !check("wrong", 2) && !check("right", 6));
        assert!(check("right", 7));
    }

    #[test]
    fn passwords_do_not_come_back_soon() {
        let mut state = State::default();
        for password in ["a", "b", "c"] {
            assert!(state.must_be_new("u", password).is_ok());
            state.set_password("u", Some(password.into()));
        }
        assert!(state.must_be_new("u", "b").is_err() && state.must_be_new("u", "c").is_err());
        assert!(state.must_be_new("u", "a").is_ok());
    }
}
