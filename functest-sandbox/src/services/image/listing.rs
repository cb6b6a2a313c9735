// SPDX-License-Identifier: Apache-2.0
//! The list of images: what is in it, in which order, on which page.

use serde_json::{Value, json};

use super::record::{VISIBILITIES, quoted, shown};
use crate::api::document::{equals, page, sort_by_keys};
use crate::api::{Answer, ApiError, Call, Document, Query, Read, Reply, truth};
use crate::ground::parse_stamp;
use crate::services::Cloud;

const SORT_KEYS: [&str; 8] =
    ["name", "status", "container_format", "disk_format", "size", "id", "created_at", "updated_at"];

/// What may be asked for as `in:a,b`.
const LISTABLE: [&str; 5] = ["container_format", "disk_format", "id", "name", "status"];

/// How many a page has when nobody says, and the most it may have.
const PAGE: usize = 25;
const LARGEST_PAGE: usize = 1000;

pub(super) fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    let query = &call.query;
    check(query)?;
    let order = order(query)?;
    let limit = query.count("limit")?.unwrap_or(PAGE).min(LARGEST_PAGE);
    // The newest come first among those that are otherwise equal.
    let mut found = Vec::new();
    for image in cloud.image.images.values().rev() {
        if is_listed(cloud, call, image) && passes(query, image)? {
            found.push(Entry(image));
        }
    }
    sort_by_keys(&mut found, &order);
    let marker = query.get("marker");
    let page = page(found, |entry| entry.0.text("id"), marker, Some(limit))
        .ok_or_else(|| ApiError::bad_request(format!("No image found with ID {}", marker.unwrap_or_default())))?;
    let mut body = json!({
        "images": page.items.iter().map(|entry| shown(entry.0)).collect::<Vec<_>>(),
        "first": first(query), "schema": "/v2/schemas/images",
    });
    if let Some(last) = page.items.last().filter(|_| page.more) {
        body["next"] = json!(format!("/v2/images?{}", query.with("marker", last.0.text("id"))));
    }
    Ok(Reply::ok(&body))
}

/// An image in a list that is sorted without copying what it is a list of.
struct Entry<'i>(&'i Document);

impl std::borrow::Borrow<Document> for Entry<'_> {
    fn borrow(&self) -> &Document {
        self.0
    }
}

fn first(query: &Query) -> String {
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    let query = out.extend_pairs(query.pairs().filter(|(key, _)| *key != "marker")).finish();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("/v2/images{mark}{query}")
}

/// Refuses filters that cannot be understood.
fn check(query: &Query) -> Result<(), ApiError> {
    let refuse = |message: String| Err(ApiError::bad_request(message));
    if query.has("changes-since") {
        return refuse("The \"changes-since\" filter is no longer available on v2.".into());
    }
    if let Some(visibility) = query.get("visibility").filter(|text| *text != "all" && !VISIBILITIES.contains(text)) {
        return refuse(format!("Invalid visibility value: {visibility}"));
    }
    let statuses = ["pending", "accepted", "rejected", "all"];
    if let Some(status) = query.get("member_status").filter(|text| !statuses.contains(text)) {
        return refuse(format!("Invalid status: {status}"));
    }
    for name in ["protected", "os_hidden"] {
        if let Some(text) = query.get(name).filter(|text| !["true", "false"].contains(&text.to_lowercase().as_str())) {
            let value = quoted(text);
            return refuse(format!("Invalid value {value} for '{name}' filter. Valid values are 'true' or 'false'."));
        }
    }
    for name in ["size_min", "size_max"] {
        if query.get(name).is_some_and(|text| text.parse::<i64>().is_err()) {
            return refuse("Unable to filter on a range with a non-numeric value.".into());
        }
    }
    for name in ["created_at", "updated_at"] {
        for asked in query.all(name) {
            time_filter(name, asked).map(drop)?;
        }
    }
    Ok(())
}

/// The keys to sort by, each with whether it descends.
fn order(query: &Query) -> Result<Vec<(String, bool)>, ApiError> {
    let refuse = |message: String| Err(ApiError::bad_request(message));
    let descends = |word: &str| match word {
        "asc" => Ok(false),
        "desc" => Ok(true),
        other => Err(ApiError::bad_request(format!("Invalid sort direction: {other}"))),
    };
    let mut order = Vec::new();
    if let Some(sort) = query.get("sort") {
        if query.has("sort_key") || query.has("sort_dir") {
            return refuse("Old and new sorting syntax cannot be combined".into());
        }
        for part in sort.split(',') {
            let (key, direction) = part.split_once(':').unwrap_or((part, "desc"));
            order.push((key.trim().to_owned(), descends(direction.trim())?));
        }
    } else {
        let directions: Vec<bool> = query.all("sort_dir").map(descends).collect::<Result<_, _>>()?;
        let keys: Vec<&str> = query.all("sort_key").collect();
        if directions.len() > 1 && directions.len() != keys.len() {
            return refuse("Number of sort dirs does not match the number of sort keys".into());
        }
        let keys = if keys.is_empty() { vec!["created_at"] } else { keys };
        let direction = |place: usize| directions.get(place).or(directions.first()).copied().unwrap_or(true);
        order.extend(keys.iter().enumerate().map(|(place, key)| ((*key).to_owned(), direction(place))));
    }
    if let Some((key, _)) = order.iter().find(|(key, _)| !SORT_KEYS.contains(&key.as_str())) {
        let keys = SORT_KEYS.join(", ");
        return refuse(format!("Invalid sort key: {key}. It must be one of the following: {keys}."));
    }
    if order.iter().all(|(key, _)| key != "created_at") {
        order.push(("created_at".to_owned(), true));
    }
    Ok(order)
}

/// Whether an image is in the caller's list. Unlike what may be seen by its id, it has no community images nor shared
/// ones that were not accepted, unless they are asked for.
fn is_listed(cloud: &Cloud, call: &Call, image: &Document) -> bool {
    let query = &call.query;
    let visibility = image.text("visibility");
    let asked = query.get("visibility").unwrap_or_default();
    let hidden = query.get("os_hidden").and_then(truth).unwrap_or_default();
    if image.truth("os_hidden") != hidden || (!["", "all"].contains(&asked) && visibility != asked) {
        return false;
    }
    let own = call.may_touch(image.text("owner"));
    let key = || (image.text("id").to_owned(), call.project_id().to_owned());
    let wanted = query.get("member_status");
    let is_member = || {
        let member = cloud.image.members.get(&key());
        let wanted = wanted.unwrap_or("accepted");
        member.is_some_and(|member| wanted == "all" || member.text("status") == wanted)
    };
    match visibility {
        "public" => true,
        "community" => own || ["community", "all"].contains(&asked),
        "shared" if is_member() => true,
        _ => own,
    }
}

/// Whether an image passes every filter.
fn passes(query: &Query, image: &Document) -> Result<bool, ApiError> {
    for (name, asked) in query.pairs() {
        let size = image.get("size").and_then(Value::as_i64).unwrap_or_default();
        let passes = match name {
            "limit" | "marker" | "sort" | "sort_key" | "sort_dir" | "visibility" | "os_hidden" | "member_status" => {
                true
            }
            "size_min" => asked.parse().is_ok_and(|least: i64| size >= least),
            "size_max" => asked.parse().is_ok_and(|most: i64| size <= most),
            "tag" => image.items("tags").iter().any(|tag| tag == asked),
            "created_at" | "updated_at" => time_filter(name, asked)?(image.text(name)),
            name if LISTABLE.contains(&name) && asked.starts_with("in:") => {
                let words = words(asked.strip_prefix("in:").unwrap_or_default());
                words.iter().any(|word| image.text(name) == word)
            }
            name => image.get(name).is_some_and(|value| equals(value, asked)),
        };
        if !passes {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The words of a list with commas; a word with commas of its own stands in quotes.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => words.push(String::new()),
            letter => {
                if let Some(word) = words.last_mut() {
                    word.push(letter);
                }
            }
        }
    }
    words
}

/// What a filter such as `gte:2026-01-01T00:00:00Z` is passed by.
fn time_filter(name: &str, asked: &str) -> Result<impl Fn(&str) -> bool + use<>, ApiError> {
    let operators = ["gte", "gt", "lte", "lt", "eq", "neq"];
    let stated = operators.into_iter().find_map(|operator| {
        asked.strip_prefix(operator).and_then(|rest| rest.strip_prefix(':')).map(|rest| (operator, rest))
    });
    let (operator, text) = stated.unwrap_or(("eq", asked));
    let Some(asked) = parse_stamp(text) else {
        let message = format!("Bad \"{name}\" query filter format. Use ISO 8601 DateTime notation.");
        return Err(ApiError::bad_request(message));
    };
    Ok(move |own: &str| {
        parse_stamp(own).is_some_and(|own| match operator {
            "gte" => own >= asked,
            "gt" => own > asked,
            "lte" => own <= asked,
            "lt" => own < asked,
            "neq" => own != asked,
            _ => own == asked,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::document;

    #[test]
    fn filters_are_combined() {
        let image = document!({
            "name": "a,b", "size": 5, "tags": ["x"], "created_at": "2026-01-02T00:00:00Z", "os": "linux",
        });
        let passes = |query: &str| passes(&Query::parse(query), &image).unwrap();
        assert!(passes("size_min=5&size_max=5&tag=x&os=linux&limit=1"));
        assert!(passes("name=in:c,%22a,b%22") && !passes("name=in:a,b"));
        assert!(passes("created_at=gt:2026-01-01T00:00:00Z") && !passes("created_at=lt:2026-01-01T00:00:00Z"));
        assert!(!passes("tag=y") && !passes("nothing=1"));
    }

    #[test]
    fn orders_are_checked() {
        let order = |query: &str| order(&Query::parse(query)).map_err(|error| error.message);
        assert_eq!(order("").unwrap(), [("created_at".to_owned(), true)]);
        assert_eq!(order("sort=name:asc,size").unwrap()[..2], [("name".to_owned(), false), ("size".to_owned(), true)]);
        assert_eq!(order("sort_key=name&sort_dir=asc").unwrap()[0], ("name".to_owned(), false));
        assert!(order("sort=bad:asc").is_err() && order("sort_dir=up").is_err());
        assert!(order("sort=name&sort_key=name").is_err());
    }
}
