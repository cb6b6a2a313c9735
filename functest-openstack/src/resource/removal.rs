// SPDX-License-Identifier: Apache-2.0
//! Deleting one of any kind, until it is gone; what is particular about a kind stands in its [`Removal`].

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use functest_core::stop_point;
use futures::future::BoxFuture;
use serde_json::Value;

use super::{Kind, Mark};
use crate::error::Error;
use crate::rest::{Call, Rest};
use crate::wait::{self, Observation};

/// What is particular about deleting things of a kind.
#[derive(Debug)]
pub struct Removal {
    /// What has to be done before one can be deleted.
    pub prepare: Option<Prepare>,
    /// Whether one that is still shown is gone all the same, as it is shown.
    pub is_gone: fn(&Value) -> bool,
    /// What is asked for when one is in a state in which it would stay.
    pub insist: Option<Insist>,
    /// What goes with one.
    pub owns: Owns,
}

/// What is asked for when a deletion does not end by itself.
#[derive(Debug)]
pub struct Insist {
    /// Whether it does not, as the thing is shown.
    pub when: fn(&Value) -> bool,
    /// What is asked for, once.
    pub ask: Prepare,
}

/// Makes the thing with that id ready to be deleted.
pub type Prepare = for<'a> fn(&'a Rest, &'a str) -> BoxFuture<'a, Result<(), Error>>;

/// What belongs to a thing. Owners are deleted last: without them, what is left of theirs belongs to nobody. Only an
/// administrator can have made one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owns {
    /// Nothing.
    Nothing,
    /// What was made on its behalf.
    Others,
    /// That, and whatever is in it, by whom ever it was made.
    Contents,
}

impl Removal {
    /// Nothing particular: it is deleted, and then it is not there any more.
    pub const PLAIN: Self = Self { prepare: None, is_gone: |_| false, insist: None, owns: Owns::Nothing };
}

/// How something came to be gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Removed {
    /// It was asked to go, and went.
    Now,
    /// It was not there any more when it was looked at.
    Before,
}

/// Deletes the one with that id, and waits until it is gone. One that is gone already is fine.
///
/// `user` is whose it is, where only an administrator who names the user may ask about it. What does not carry the `mark` that
/// was given to it is not deleted.
///
/// # Errors
/// As [`Rest::send`]; [`Error::Wait`] when it is still there after `deadline`; [`Error::NotOurs`].
pub(crate) async fn remove(
    rest: &Rest,
    kind: &Kind,
    id: &str,
    mark: Option<&str>,
    user: Option<&str>,
    deadline: Duration,
) -> Result<Removed, Error> {
    if let Some(mark) = mark.filter(|mark| !mark.is_empty() && kind.mark != Mark::UserName) {
        match look(rest, kind, id, mark).await {
            Err(error) if error.is_missing() => return Ok(Removed::Before),
            looked => looked?,
        }
    }
    if let Some(prepare) = kind.removal.prepare {
        prepare(rest, id).await?;
    }
    let of_user = |call: Call| match user.filter(|_| kind.mark == Mark::UserName) {
        Some(user) => call.query("user_id", user),
        None => call,
    };
    let call = Call::delete(kind.service, kind.item, &[id]).microversion(kind.microversion);
    ignore_missing(rest.send(of_user(call)).await.map(drop))?;
    stop_point::reach("delete.answered");
    let insisted = AtomicBool::new(false);
    let observe = || async {
        let shown: Value = match rest.send(of_user(kind.get_call(id))).await {
            Ok(answer) => answer.read(kind.singular)?,
            Err(error) if error.is_missing() => return Ok(Observation::Ready(())),
            Err(error) => return Err(error),
        };
        if (kind.removal.is_gone)(&shown) {
            return Ok(Observation::Ready(()));
        }
        match &kind.removal.insist {
            Some(insist) if (insist.when)(&shown) && !insisted.swap(true, Ordering::SeqCst) => {
                ignore_missing((insist.ask)(rest, id).await)?;
            }
            _ => {}
        }
        Ok(Observation::Pending(format!("asked to go, still there{}", state_of(&shown))))
    };
    wait::until(&format!("{} {id} to be gone", kind.name), deadline, observe).await?;
    Ok(Removed::Now)
}

/// Looks whether the one with that id carries the mark: an id alone is what an answer said, and answers go wrong.
///
/// # Errors
/// [`Error::NotOurs`]; else as [`Rest::send`].
pub(crate) async fn look(rest: &Rest, kind: &Kind, id: &str, mark: &str) -> Result<(), Error> {
    let shown: Value = rest.send(kind.get_call(id)).await?.read(kind.singular)?;
    match Kind::text(&shown, kind.mark_key()) {
        there if there == mark => Ok(()),
        other => Err(Error::NotOurs { kind: kind.name, id: id.to_owned(), shown: other.to_owned() }),
    }
}

/// The state that a thing is shown in, where its kind has states.
fn state_of(shown: &Value) -> String {
    let state = Kind::text(shown, "status");
    let task = Kind::text(shown, "OS-EXT-STS:task_state");
    match (state, task) {
        ("", _) => String::new(),
        (state, "") => format!(" ({state})"),
        (state, task) => format!(" ({state}, {task})"),
    }
}

fn ignore_missing(result: Result<(), Error>) -> Result<(), Error> {
    match result {
        Err(error) if error.is_missing() => Ok(()),
        other => other,
    }
}
