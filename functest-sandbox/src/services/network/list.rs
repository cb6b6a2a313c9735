// SPDX-License-Identifier: Apache-2.0
//! Lists: who sees what of them, filters, order, pages.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::asker::Asker;
use super::attribute;
use super::kind::{Kind, sees, shown, visible};
use super::refusal::{bad_request, invalid_input};
use super::validate::Check;
use crate::api::document::{equals, sort_by_keys};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, truth};
use crate::services::Cloud;

/// Parameters that are no filters.
const CONTROLS: [&str; 6] = ["fields", "limit", "marker", "page_reverse", "sort_key", "sort_dir"];

/// Filters that are no attributes.
const TAG_FILTERS: [&str; 4] = ["tags", "tags-any", "not-tags", "not-tags-any"];

pub(super) fn list<K: Kind>(cloud: &mut Cloud, call: &Call) -> Answer {
    let asker = Asker::of(call)?;
    K::prepare(cloud, &asker);
    let filters = filters::<K>(call)?;
    let order = order::<K>(call)?;
    let limit = limit(call)?;
    let state = &cloud.network;
    let keep = |item: &&Document| sees::<K>(state, &asker, item) && passes(item, &filters);
    let table = K::table(state);
    let candidates = ids(&filters).or_else(|| K::candidates(state, call));
    let mut found: Vec<&Document> = match candidates {
        Some(ids) => ids.iter().filter_map(|id| table.get(id)).filter(keep).collect(),
        None if asker.sees_everything() => table.values().filter(keep).collect(),
        None => K::within_reach(state, &asker.project_id).into_iter().filter(keep).collect(),
    };
    match order.as_slice() {
        [_] => found.sort_unstable_by(|a, b| a.text("id").cmp(b.text("id"))),
        order => sort_by_keys(&mut found, order),
    }
    let backwards = call.query.get("page_reverse").and_then(truth).unwrap_or_default();
    if let Some(marker) = call.query.get("marker") {
        visible::<K>(state, &asker, marker)?;
    }
    let page = page(found, call.query.get("marker"), limit, backwards);
    let fields: Vec<&str> = call.query.all("fields").collect();
    let items: Vec<Value> = page.iter().map(|item| shown::<K>(state, &asker, item, &fields)).collect();
    let mut body = json!({K::COLLECTION: items});
    if let Some(limit) = limit {
        body[format!("{}_links", K::COLLECTION)] = links(call, &page, limit, backwards);
    }
    Ok(Reply::ok(&body))
}

/// The filters of a request, each with every value that it stands there with.
type Filters<'c> = BTreeMap<&'c str, BTreeSet<&'c str>>;

/// The ids that a request asks for, if it asks for ids.
fn ids(filters: &Filters<'_>) -> Option<Vec<String>> {
    filters.get("id").map(|ids| ids.iter().map(|id| (*id).to_owned()).collect())
}

/// Reads the filters once for all items, and refuses those that nobody knows.
fn filters<K: Kind>(call: &Call) -> Result<Filters<'_>, ApiError> {
    let mut filters = Filters::new();
    let mut unknown: Vec<&str> = Vec::new();
    for (name, value) in call.query.pairs().filter(|(name, _)| !CONTROLS.contains(name)) {
        filters.entry(name).or_default().insert(value);
        match attribute::find(K::ATTRIBUTES, name) {
            None if TAG_FILTERS.contains(&name) => {}
            None => unknown.push(name),
            Some(attribute) if matches!(attribute.check, Check::Truth) && truth(value).is_none() => {
                return Err(invalid_input(format!("'{value}' cannot be converted to boolean")));
            }
            Some(_) => {}
        }
    }
    if unknown.is_empty() {
        Ok(filters)
    } else {
        Err(ApiError::bad_request(format!(
            "[{}] is invalid attribute for filtering",
            unknown.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ")
        )))
    }
}

/// Whether an item is what every filter asks for; of a filter that stands there several times, one value is enough.
fn passes(item: &Document, filters: &Filters<'_>) -> bool {
    filters.iter().all(|(name, values)| match *name {
        "fixed_ips" => passes_addresses(item, values),
        name if TAG_FILTERS.contains(&name) => values.iter().all(|value| passes_tags(item, name, value)),
        name => item.get(name).is_some_and(|own| values.iter().any(|value| equals(own, value))),
    })
}

/// `fixed_ips=ip_address=...&fixed_ips=subnet_id=...`: of each sort one must fit.
fn passes_addresses(item: &Document, values: &BTreeSet<&str>) -> bool {
    let has = |key: &str, fits: &dyn Fn(&str, &str) -> bool| {
        let prefix = format!("{key}=");
        let mut wanted = values.iter().filter_map(|text| text.strip_prefix(prefix.as_str())).peekable();
        let own = if key == "subnet_id" { "subnet_id" } else { "ip_address" };
        wanted.peek().is_none()
            || wanted.any(|wanted| item.items("fixed_ips").iter().any(|address| fits(address.text(own), wanted)))
    };
    has("ip_address", &|own, wanted| own == wanted)
        && has("subnet_id", &|own, wanted| own == wanted)
        && has("ip_address_substr", &|own, wanted| own.contains(wanted))
}

fn passes_tags(item: &Document, filter: &str, value: &str) -> bool {
    let has = |tag: &str| item.items("tags").iter().any(|own| own == tag);
    match filter {
        "tags" => value.split(',').all(has),
        "tags-any" => value.split(',').any(has),
        "not-tags" => !value.split(',').all(has),
        _ => !value.split(',').any(has),
    }
}

/// The keys to sort by; the id is always the last, so that pages do not depend on anything else.
fn order<K: Kind>(call: &Call) -> Result<Vec<(String, bool)>, ApiError> {
    let keys: Vec<&str> = call.query.all("sort_key").collect();
    let directions: Vec<&str> = call.query.all("sort_dir").collect();
    if keys.len() != directions.len() {
        return Err(ApiError::bad_request("The number of sort_keys and sort_dirs must be same"));
    }
    if let Some(key) = keys.iter().find(|key| attribute::find(K::ATTRIBUTES, key).is_none()) {
        return Err(ApiError::bad_request(format!("['{key}'] is invalid attribute for sort_keys")));
    }
    if let Some(direction) = directions.iter().find(|direction| !["asc", "desc"].contains(direction)) {
        return Err(ApiError::bad_request(format!(
            "['{direction}'] is invalid value for sort_dirs, valid value is 'asc' and 'desc'"
        )));
    }
    let named = keys.into_iter().zip(directions).map(|(key, direction)| (key.to_owned(), direction == "desc"));
    Ok(named.chain([("id".to_owned(), false)]).collect())
}

/// How many items a page has; `None` when the list is not cut.
fn limit(call: &Call) -> Result<Option<usize>, ApiError> {
    let Some(text) = call.query.get("limit") else { return Ok(None) };
    match text.parse::<usize>() {
        Ok(limit) => Ok((limit > 0).then_some(limit)),
        Err(_) => Err(bad_request("limit", format!("Limit must be an integer 0 or greater and not '{text}'"))),
    }
}

/// The page behind the marker, or the one before it. A marker that is not in the list counts for nothing.
fn page<'a>(
    items: Vec<&'a Document>,
    marker: Option<&str>,
    limit: Option<usize>,
    backwards: bool,
) -> Vec<&'a Document> {
    let place = marker.and_then(|marker| items.iter().position(|item| item.text("id") == marker));
    let limit = limit.unwrap_or(items.len());
    if !backwards {
        return items.into_iter().skip(place.map_or(0, |place| place + 1)).take(limit).collect();
    }
    let end = place.unwrap_or(items.len());
    items.into_iter().take(end).skip(end.saturating_sub(limit)).collect()
}

fn links(call: &Call, page: &[&Document], limit: usize, backwards: bool) -> Value {
    let full = page.len() >= limit;
    let link = |relation: &str, item: Option<&&Document>| {
        let pairs = call.query.pairs().filter(|(name, _)| !["marker", "page_reverse"].contains(name));
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(pairs);
        if let Some(item) = item {
            query.append_pair("marker", item.text("id"));
        }
        if relation == "previous" {
            query.append_pair("page_reverse", "True");
        }
        json!({"rel": relation, "href": format!("{}{}?{}", call.base, call.path, query.finish())})
    };
    let mut links = Vec::new();
    if full || backwards {
        links.push(link("next", page.last()));
    }
    if full || !backwards {
        links.push(link("previous", page.first()));
    }
    links.into()
}
