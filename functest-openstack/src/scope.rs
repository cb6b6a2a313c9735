// SPDX-License-Identifier: Apache-2.0
//! Making things on behalf of a case: the intent goes to the ledger first, the id after, and nothing is forgotten.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use functest_core::ledger::{self, Intent, Journal};
use functest_core::stop_point;
use serde_json::{Value, json};
use tokio_util::task::TaskTracker;

use crate::error::Error;
use crate::resource::{self, Kind, Mark, Resource, User, remove};
use crate::rest::{Answer, Call, Rest};

/// How much of a case's name goes into names.
const LONGEST_CASE_NAME: usize = 28;

/// What one case makes, with one credential. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Scope {
    rest: Rest,
    shared: Arc<Shared>,
    /// The ids that a lost thing is looked for within.
    within: BTreeMap<String, String>,
}

#[derive(Debug)]
struct Shared {
    journal: Arc<Journal>,
    case_name: String,
    /// Requests that are under way. They go on when the case that sent them is cancelled, so that their answers are
    /// written down.
    under_way: TaskTracker,
}

impl Scope {
    /// A scope for a case.
    pub fn new(rest: Rest, journal: Arc<Journal>, case_name: &str) -> Self {
        let shared = Shared { journal, case_name: case_name.to_owned(), under_way: TaskTracker::new() };
        Self { rest, shared: Arc::new(shared), within: BTreeMap::new() }
    }

    /// The same case with another credential; `within` says by kind what its things belong to.
    #[must_use]
    pub fn with(&self, rest: Rest, within: &[(&str, &str)]) -> Self {
        let within = within.iter().map(|(kind, id)| ((*kind).to_owned(), (*id).to_owned())).collect();
        Self { rest, shared: Arc::clone(&self.shared), within }
    }

    /// Requests with this scope's credential.
    pub fn rest(&self) -> &Rest {
        &self.rest
    }

    /// The case.
    pub fn case_name(&self) -> &str {
        &self.shared.case_name
    }

    /// The run's journal.
    pub fn journal(&self) -> &Arc<Journal> {
        &self.shared.journal
    }

    /// A name that nothing else in the world has: `functest-<run>-<case>-<label>-<n>`.
    pub fn unique_name(&self, label: &str) -> String {
        // Counted over all scopes: a case that is run twice in a run makes other names.
        static NAMED: AtomicU32 = AtomicU32::new(0);
        let number = NAMED.fetch_add(1, Ordering::SeqCst);
        // Keystone takes 64 characters for a project, Nova few special ones for a key pair.
        let plain = |c: char| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '-' };
        let case: String = self.shared.case_name.chars().map(plain).take(LONGEST_CASE_NAME).collect();
        format!("{}{case}-{label}-{number}", self.name_prefix())
    }

    fn name_prefix(&self) -> String {
        let run = self.shared.journal.head().run_id.rsplit('-').next().unwrap_or_default();
        format!("functest-{run}-")
    }

    /// Makes one with these attributes. Kinds that are found again by their name need a
    /// [`unique_name`](Self::unique_name) in them.
    ///
    /// The request is sent to its end even when the caller is cancelled.
    ///
    /// # Errors
    /// As [`Rest::send`]; [`Error::Ledger`] when the intent could not be written, and nothing was sent.
    pub async fn create<R: Resource>(&self, attributes: Value) -> Result<R, Error> {
        let this = self.clone();
        let work = async move { this.create_to_the_end::<R>(attributes).await };
        self.to_the_end(work).await
    }

    async fn to_the_end<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Error> {
        let task = self.shared.under_way.spawn(work);
        task.await.unwrap_or_else(|e| Err(Error::Internal(format!("a request was lost: {e}"))))
    }

    async fn create_to_the_end<R: Resource>(&self, mut attributes: Value) -> Result<R, Error> {
        let kind = R::KIND;
        if self.shared.under_way.is_closed() {
            // A task that the case has left behind: what it makes nobody would clean up.
            return Err(Error::Internal(format!("the case has ended, and no {} is made for it any more", kind.name)));
        }
        let name = Kind::text(&attributes, "name").to_owned();
        if kind.mark != Mark::Description && !name.starts_with(&self.name_prefix()) {
            // Should its answer be lost, something else of that name would be taken for it and be deleted.
            return Err(Error::Internal(format!("a {} needs a unique name, and `{name}` is not one", kind.name)));
        }
        let mut within = self.within.clone();
        if kind.mark == Mark::UserName && !within.contains_key(User::KIND.name) {
            // Nobody else is told about it: a clean-up has to know whom to ask for it.
            within.insert(User::KIND.name.to_owned(), self.rest.token().await?.user.id.clone());
        }
        let run_id = self.shared.journal.head().run_id.clone();
        let mark = |seq: u64| match kind.mark {
            Mark::Description => format!("functest run {run_id} no. {seq}"),
            _ => name.clone(),
        };
        let intent = |seq: u64| Intent {
            seq,
            place: ledger::CLOUD.to_owned(),
            scope: self.shared.case_name.clone(),
            kind: kind.name.to_owned(),
            name: name.clone(),
            mark: mark(seq),
            within,
            at: chrono::Utc::now(),
        };
        let intent = self.shared.journal.intend(intent).await.map_err(Error::Ledger)?;
        if kind.mark == Mark::Description {
            attributes["description"] = json!(intent.mark);
        }
        let body = if kind.singular.is_empty() { attributes } else { json!({kind.singular: attributes}) };
        let call = Call::post(kind.service, kind.collection, &[], body).microversion(kind.microversion);
        match self.send_intended::<R>(call).await {
            Ok((id, value, answer)) => {
                self.shared.journal.made(intent.seq, &id).await.map_err(Error::Ledger)?;
                stop_point::reach("id.written");
                resource::read(value).map_err(|why| answer.unexpected(why))
            }
            Err(error) => {
                let (journal, reason) = (&self.shared.journal, error.to_string());
                // Nothing else has a name of this run's: what is in the way is what an earlier of several requests made.
                let is_own_double = error.status() == Some(409) && kind.mark != Mark::Description;
                match (error.is_refusal() && !is_own_double, error.is_final()) {
                    (true, _) => journal.refused(intent.seq, &reason).await.map_err(Error::Ledger)?,
                    (false, true) => journal.doubtful(intent.seq, &reason).await.map_err(Error::Ledger)?,
                    (false, false) => {}
                }
                Err(error)
            }
        }
    }

    /// The id is read apart from the rest: it must reach the ledger whatever else the answer holds.
    async fn send_intended<R: Resource>(&self, call: Call) -> Result<(String, Value, Answer), Error> {
        // All attempts together end with the deadline of one: after it, nothing is sent any more for this intent.
        let deadline = self.rest.policy().request;
        let request = call.unanswered();
        let answer = match tokio::time::timeout(deadline, self.rest.send(call)).await {
            Ok(answer) => answer?,
            Err(_) => {
                let message = format!("the deadline of {deadline:.0?} passed");
                return Err(Error::NoAnswer { message, request, sent: true });
            }
        };
        let value: Value = answer.read(R::KIND.singular)?;
        match R::KIND.id_of(&value) {
            "" => Err(answer.unexpected(format!("a {} without an id", R::KIND.name))),
            id => Ok((id.to_owned(), value, answer)),
        }
    }

    /// Says that something is used which was there before; it is never deleted.
    ///
    /// # Errors
    /// [`Error::Ledger`] when that could not be written.
    pub async fn adopt<R: Resource>(&self, one: &R) -> Result<(), Error> {
        let adopted = self.shared.journal.adopt(&self.shared.case_name, R::KIND.name, one.id(), one.name());
        adopted.await.map_err(Error::Ledger)
    }

    /// Deletes what this case made, and waits until it is gone.
    ///
    /// # Errors
    /// As [`Rest::send`]; [`Error::Wait`] when it does not go; [`Error::Internal`] when the case did not make it.
    pub async fn delete<R: Resource>(&self, one: &R) -> Result<(), Error> {
        let (kind, id) = (R::KIND, one.id().to_owned());
        let Some(seq) = self.shared.journal.number_of(kind.name, &id) else {
            return Err(Error::Internal(format!(
                "this run did not make the {} {id}, so it does not delete it",
                kind.name
            )));
        };
        let this = self.clone();
        let work = async move {
            // It asks with the credential that made it, so whose it is need not be said.
            let mark = this.shared.journal.intent(seq).map(|intent| intent.mark);
            remove(&this.rest, &kind, &id, mark.as_deref(), None, this.rest.policy().deletion).await?;
            this.shared.journal.gone(seq).await.map_err(Error::Ledger)
        };
        self.to_the_end(work).await
    }

    /// Ends the making of things, and waits for the answers of requests that are under way, each of which has its own deadline.
    pub async fn settle(&self) {
        self.shared.under_way.close();
        self.shared.under_way.wait().await;
    }
}
