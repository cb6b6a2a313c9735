// SPDX-License-Identifier: Apache-2.0
//! A run's providers as one: asked in order, opened in order, closed in reverse.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ForCase, Offer, Provider, ProviderError};
use crate::case::{Resources, panic_message};
use crate::event::{CleanUp, Leftover, Thing};
use crate::need::Requirement;

/// The providers of a run, in the order in which they are opened.
#[derive(Clone, Default)]
pub struct Providers(Vec<Arc<dyn Provider>>);

/// A requirement that nobody meets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Lack {
    /// What is required.
    pub requirement: Requirement,
    /// Why it is not met, as a whole sentence about the case.
    pub reason: String,
}

/// What was made ready for one case.
#[derive(Debug, Default)]
pub struct Opened {
    /// What the case can look up.
    pub resources: Resources,
    /// How many providers, from the first on, have been asked to open.
    opened: usize,
}

impl std::fmt::Debug for Providers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|provider| provider.name())).finish()
    }
}

impl Providers {
    /// These providers.
    pub fn new(providers: Vec<Arc<dyn Provider>>) -> Self {
        Self(providers)
    }

    /// How many cases they can hold at a time; `None` is any number.
    pub fn capacity(&self) -> Option<usize> {
        self.0.iter().filter_map(|provider| provider.capacity()).min()
    }

    /// Which of these requirements nobody meets. This is the one reading of needs: the runner skips a case by it, and
    /// `openstack check` prints it.
    pub async fn lacks(&self, requirements: &[Requirement]) -> Vec<Lack> {
        let mut lacks = Vec::new();
        for requirement in requirements {
            if let Some(reason) = self.lack_of(requirement).await {
                lacks.push(Lack { requirement: requirement.clone(), reason });
            }
        }
        lacks
    }

    async fn lack_of(&self, requirement: &Requirement) -> Option<String> {
        for provider in &self.0 {
            match provider.offers(requirement).await {
                Offer::Met => return None,
                Offer::Lacking(reason) => return Some(reason),
                Offer::NotMine => {}
            }
        }
        Some(nobody_offers(requirement))
    }

    /// Opens them all for a case, into `opened`, which says how far it came. Whatever becomes of it, also when it is dropped in
    /// the middle, the caller [closes](Self::close) them.
    ///
    /// # Errors
    /// With the first that could not be opened.
    pub async fn open(&self, case: ForCase<'_>, opened: &mut Opened) -> Result<(), ProviderError> {
        for provider in &self.0 {
            // Nobody knows how far one comes that fails, panics or is given up: it is asked to close what there is.
            opened.opened += 1;
            let opening = AssertUnwindSafe(provider.open(case, &mut opened.resources)).catch_unwind();
            match opening.await {
                Ok(result) => result?,
                Err(panic) => {
                    let words = panic_message(panic.as_ref());
                    return Err(ProviderError::new(format!("the provider `{}` panicked: {words}", provider.name())));
                }
            }
        }
        Ok(())
    }

    /// Closes those that were asked to open, the last one first. One that panics does not keep the others from being closed.
    pub async fn close(&self, case_name: &str, opened: &Opened) -> CleanUp {
        let mut total = CleanUp::default();
        for provider in self.0.iter().take(opened.opened).rev() {
            total.add(guarded(&**provider, case_name, provider.close(case_name, &opened.resources)).await);
        }
        total
    }

    /// Ends them all, the last one first.
    pub async fn end(&self) -> CleanUp {
        let mut total = CleanUp::default();
        for provider in self.0.iter().rev() {
            total.add(guarded(&**provider, "", provider.end()).await);
        }
        total
    }
}

impl Providers {
    /// What may be there still of a case whose taking down was given up.
    pub fn left(&self, case_name: &str) -> Vec<Leftover> {
        self.0.iter().flat_map(|provider| provider.left(case_name)).collect()
    }
}

/// Takes something down; that it panics is something that is left.
async fn guarded(provider: &dyn Provider, what: &str, taking_down: impl Future<Output = CleanUp>) -> CleanUp {
    let left = |panic: Box<dyn std::any::Any + Send>| Leftover {
        thing: Thing { kind: provider.name().to_owned(), id: String::new(), name: what.to_owned() },
        reason: format!("taking it down panicked: {}", panic_message(panic.as_ref())),
    };
    match AssertUnwindSafe(taking_down).catch_unwind().await {
        Ok(clean_up) => clean_up,
        Err(panic) => CleanUp { deleted: Vec::new(), left: vec![left(panic)] },
    }
}

/// Why a requirement is not met that no provider of the run knows.
fn nobody_offers(requirement: &Requirement) -> String {
    match requirement {
        _ if requirement.is_of_a_cloud() => "it needs a cloud, and none was named (--cloud or OS_CLOUD)".into(),
        Requirement::Nodes => {
            "it needs the nodes of the system under test, and nothing says where they are (--installer-ip, --inventory or --sut)"
                .into()
        }
        _ => format!("it needs {requirement}, and nothing in this run provides that"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;

    use super::*;
    use crate::need::Needs;

    /// Writes down what is done with it, and fails or panics where it is told to.
    struct Witness {
        name: &'static str,
        fails: bool,
        panics: bool,
        seen: Arc<Mutex<Vec<String>>>,
    }

    #[async_trait]
    impl Provider for Witness {
        fn name(&self) -> &str {
            self.name
        }

        async fn offers(&self, requirement: &Requirement) -> Offer {
            match requirement {
                Requirement::Nodes if self.name == "b" => Offer::Met,
                Requirement::Admin => Offer::Lacking("it needs an administrator".into()),
                _ => Offer::NotMine,
            }
        }

        async fn open(&self, _case: ForCase<'_>, resources: &mut Resources) -> Result<(), ProviderError> {
            self.seen.lock().unwrap().push(format!("open {}", self.name));
            assert!(!self.panics, "boom");
            resources.insert(self.name);
            if self.fails { Err(ProviderError::new("no")) } else { Ok(()) }
        }

        async fn close(&self, _case_name: &str, _resources: &Resources) -> CleanUp {
            self.seen.lock().unwrap().push(format!("close {}", self.name));
            assert!(!self.panics, "boom again");
            CleanUp::default()
        }
    }

    fn providers(fails: &'static str, panics: &'static str) -> (Providers, Arc<Mutex<Vec<String>>>) {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let witness = |name| -> Arc<dyn Provider> {
            Arc::new(Witness { name, fails: name == fails, panics: name == panics, seen: Arc::clone(&seen) })
        };
        (Providers::new(["a", "b", "c"].map(witness).to_vec()), seen)
    }

    async fn open_and_close(fails: &'static str, panics: &'static str) -> (Vec<String>, Option<String>, usize) {
        let (providers, seen) = providers(fails, panics);
        let mut opened = Opened::default();
        let needs = Needs::default();
        let result = providers.open(ForCase { case_name: "x", attempt: 1, needs: &needs }, &mut opened).await;
        let left = providers.close("x", &opened).await.left.len();
        (seen.lock().unwrap().clone(), result.err().map(|error| error.message), left)
    }

    #[tokio::test]
    async fn they_are_closed_in_reverse_whatever_happens() {
        let (seen, error, left) = open_and_close("", "").await;
        assert_eq!(seen, ["open a", "open b", "open c", "close c", "close b", "close a"]);
        assert_eq!((error, left), (None, 0));
        let (seen, error, _) = open_and_close("b", "").await;
        assert_eq!(seen, ["open a", "open b", "close b", "close a"]);
        assert_eq!(error.as_deref(), Some("no"));
        let (seen, error, left) = open_and_close("", "b").await;
        assert_eq!(seen, ["open a", "open b", "close b", "close a"]);
        assert_eq!((error.as_deref(), left), (Some("the provider `b` panicked: boom"), 1));
    }

    #[tokio::test]
    async fn a_requirement_is_met_by_the_first_that_knows_it() {
        let (providers, _) = providers("", "");
        let lacks = providers.lacks(&[Requirement::Nodes, Requirement::Admin, Requirement::WorkingFolder]).await;
        let reasons: Vec<&str> = lacks.iter().map(|lack| lack.reason.as_str()).collect();
        let expected =
            ["it needs an administrator", "it needs a working folder, and nothing in this run provides that"];
        assert_eq!(reasons, expected);
    }
}
