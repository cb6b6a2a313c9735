// SPDX-License-Identifier: Apache-2.0
//! Lists, page by page, always to an end.

use std::collections::HashSet;

use serde_json::Value;
use url::Url;

use super::{Answer, Call, Rest};
use crate::error::Error;

/// A list of more pages has no end.
const MOST_PAGES: usize = 2_000;

/// A page may be empty where a policy hides what is on it; this many in a row are no list.
const MOST_EMPTY_PAGES: usize = 100;
/// How often a list is begun that breaks off because what its next page began behind has been deleted meanwhile.
const MOST_BEGINNINGS: usize = 3;

impl Rest {
    /// Every item of the list under `key` that `call` asks for, over all pages.
    ///
    /// Services link to the next page in three ways; one that links back to a page that was read already, or whose
    /// page brings nothing new, is not followed.
    ///
    /// # Errors
    /// As [`Rest::send`], and when an answer is no list.
    pub async fn list(&self, call: Call, key: &str) -> Result<Vec<Value>, Error> {
        self.list_of(call, key, |item| Ok(Some(item))).await
    }

    /// The same, of which that is kept which `take` makes of each item.
    ///
    /// # Errors
    /// As [`Rest::list`], and when `take` says in what an item is not what the API promises.
    pub async fn list_of<T: Send>(
        &self,
        call: Call,
        key: &str,
        take: impl Fn(Value) -> Result<Option<T>, String> + Send + Sync,
    ) -> Result<Vec<T>, Error> {
        let mut beginnings = 1;
        loop {
            let mut pages = Pages::default();
            match self.read_pages(&call, key, &take, &mut pages).await {
                Err(error) if pages.lost_its_place(&error) && beginnings < MOST_BEGINNINGS => beginnings += 1,
                ended => return ended.map(|()| pages.taken),
            }
        }
    }

    async fn read_pages<T: Send>(
        &self,
        call: &Call,
        key: &str,
        take: &(impl Fn(Value) -> Result<Option<T>, String> + Send + Sync),
        pages: &mut Pages<T>,
    ) -> Result<(), Error> {
        let mut page = call.clone();
        loop {
            let answer = self.send(page).await?;
            let mut document = answer.json()?;
            let Some(items) = document.get_mut(key).and_then(Value::as_array_mut).map(std::mem::take) else {
                return Err(answer.unexpected(format!("no list `{key}` in the answer")));
            };
            let goes_on = pages.add(items, take).map_err(|why| answer.unexpected(why))?;
            match next_page(&document, key, &answer).filter(|_| goes_on) {
                Some(_) if pages.links.len() >= MOST_PAGES => {
                    return Err(answer.unexpected(format!("the list `{key}` has more than {MOST_PAGES} pages")));
                }
                Some(link) if pages.links.insert(link.to_string()) => page = call.with_query_of(&link),
                _ => return Ok(()),
            }
        }
    }
}

/// What of a list has been read.
struct Pages<T> {
    taken: Vec<T>,
    ids: HashSet<String>,
    links: HashSet<String>,
    empty: usize,
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self { taken: Vec::new(), ids: HashSet::new(), links: HashSet::new(), empty: 0 }
    }
}

impl<T> Pages<T> {
    /// Takes a page; whether a next one may bring something new.
    fn add(&mut self, items: Vec<Value>, take: &impl Fn(Value) -> Result<Option<T>, String>) -> Result<bool, String> {
        let known = self.ids.len();
        self.empty = if items.is_empty() { self.empty + 1 } else { 0 };
        for item in items {
            if self.ids.insert(identity(&item)) {
                self.taken.extend(take(item)?);
            }
        }
        Ok(self.ids.len() > known || (1..=MOST_EMPTY_PAGES).contains(&self.empty))
    }

    /// Whether a service has refused a later page: it does not know any more behind what it was to begin.
    fn lost_its_place(&self, error: &Error) -> bool {
        !self.links.is_empty() && !error.is_silence() && matches!(error.status(), Some(400 | 404))
    }
}

/// What tells an item from another: its id, or all of it.
fn identity(item: &Value) -> String {
    item.get("id").and_then(Value::as_str).map_or_else(|| item.to_string(), str::to_owned)
}

/// The link to the next page: `links.next` (Keystone), `next` (Glance), `<key>_links` (Nova, Neutron, Cinder).
fn next_page(document: &Value, key: &str, answer: &Answer) -> Option<Url> {
    let in_links = || {
        let links = document.get(format!("{key}_links"))?.as_array()?;
        links.iter().find(|link| link["rel"] == "next")?.get("href")
    };
    let link = document.pointer("/links/next").or_else(|| document.get("next")).or_else(in_links)?.as_str()?;
    answer.request.url.parse::<Url>().ok()?.join(link).ok()
}
