// SPDX-License-Identifier: Apache-2.0
//! Lists, page by page, always to an end.

use std::collections::HashSet;

use serde_json::Value;
use url::Url;

use super::{Answer, Call, Rest};
use crate::error::Error;

/// A list of more pages has no end.
const MOST_PAGES: usize = 10_000;

impl Rest {
    /// Every item of the list under `key` that `call` asks for, over all pages.
    ///
    /// Services link to the next page in three ways; one that links back to a page that was read already, or whose
    /// page brings nothing new, is not followed.
    ///
    /// # Errors
    /// As [`Rest::send`], and when an answer is no list.
    pub async fn list(&self, call: Call, key: &str) -> Result<Vec<Value>, Error> {
        self.list_of(call, key, &|_| true).await
    }

    /// The same, of which only those items are kept that are wanted.
    ///
    /// # Errors
    /// As [`Rest::list`].
    pub async fn list_of(
        &self,
        call: Call,
        key: &str,
        is_wanted: &(dyn Fn(&Value) -> bool + Sync),
    ) -> Result<Vec<Value>, Error> {
        let mut items = Vec::new();
        let mut ids = HashSet::new();
        let mut links = HashSet::new();
        let mut page = call.clone();
        loop {
            let answer = self.send(page).await?;
            let mut document = answer.json()?;
            let Some(list) = document.get_mut(key).and_then(Value::as_array_mut).map(std::mem::take) else {
                return Err(answer.unexpected(format!("no list `{key}` in the answer")));
            };
            let known = ids.len();
            items.extend(list.into_iter().filter(|item| ids.insert(identity(item)) && is_wanted(item)));
            match next_page(&document, key, &answer) {
                Some(_) if links.len() >= MOST_PAGES => {
                    return Err(answer.unexpected(format!("the list `{key}` has more than {MOST_PAGES} pages")));
                }
                Some(link) if ids.len() > known && links.insert(link.to_string()) => page = call.with_query_of(&link),
                _ => return Ok(items),
            }
        }
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
