// SPDX-License-Identifier: Apache-2.0
//! Deleting one of any kind, until it is gone; what is particular about a kind stands in its [`Removal`].

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
    /// What goes with one.
    pub owns: Owns,
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
    pub const PLAIN: Self = Self { prepare: None, is_gone: |_| false, owns: Owns::Nothing };
}

/// Deletes the one with that id, and waits until it is gone. One that is gone already is fine.
///
/// `user` is whose it is, where only an administrator who names the user may ask about it.
///
/// # Errors
/// As [`Rest::send`]; [`Error::Wait`] when it is still there after `deadline`.
pub(crate) async fn remove(
    rest: &Rest,
    kind: &Kind,
    id: &str,
    user: Option<&str>,
    deadline: Duration,
) -> Result<(), Error> {
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
    let observe = || async {
        match rest.send(of_user(kind.get_call(id))).await {
            Ok(answer) if answer.read(kind.singular).is_ok_and(|shown: Value| (kind.removal.is_gone)(&shown)) => {
                Ok(Observation::Ready(()))
            }
            Ok(_) => Ok(Observation::Pending("asked to go, still there".into())),
            Err(error) if error.status() == Some(404) => Ok(Observation::Ready(())),
            Err(error) => Err(error),
        }
    };
    wait::until(&format!("{} {id} to be gone", kind.name), deadline, observe).await
}

fn ignore_missing(result: Result<(), Error>) -> Result<(), Error> {
    match result {
        Err(error) if error.status() == Some(404) => Ok(()),
        other => other,
    }
}
