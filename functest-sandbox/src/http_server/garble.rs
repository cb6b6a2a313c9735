// SPDX-License-Identifier: Apache-2.0
//! Answers that are not what the API promises.

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use crate::api::{Reply, ReplyBody};

/// What an ingress, a proxy or a load balancer answers in a service's place: a text, and no request id.
pub(super) fn ingress(status: StatusCode) -> Reply {
    let words = status.canonical_reason().unwrap_or("error").to_lowercase();
    let body = match status {
        StatusCode::NOT_FOUND => "404 page not found".to_owned(),
        status => {
            format!("<html><h1>{} {words}</h1>No server is available to handle this request.</html>", status.as_u16())
        }
    };
    Reply::bytes(status, "text/plain; charset=utf-8", body)
}

/// The same answer with one value of its document gone, null, or something else. `roll` is a number from 0 up to 1.
pub(super) fn garble(reply: Reply, roll: f64) -> Reply {
    let ReplyBody::Bytes(bytes) = &reply.body else { return reply };
    let Ok(mut document) = serde_json::from_slice::<Value>(bytes) else { return reply };
    let mut places = Vec::new();
    list_places(&document, &mut Vec::new(), &mut places);
    let chosen = roll * places.len() as f64;
    let Some(place) = places.get(chosen as usize) else { return reply };
    // What is left of the roll decides how.
    put(&mut document, place, chosen.fract());
    Reply { body: ReplyBody::Bytes(Bytes::from(document.to_string())), ..reply }
}

/// The same list, which begins with something of somebody else's of which only the id is shown.
pub(super) fn with_null_neighbour(reply: Reply) -> Reply {
    let ReplyBody::Bytes(bytes) = &reply.body else { return reply };
    let Ok(mut document) = serde_json::from_slice::<Value>(bytes) else { return reply };
    let lists = document.as_object_mut().into_iter().flat_map(|document| document.values_mut());
    let Some(items) = lists.filter_map(Value::as_array_mut).find(|items| items.iter().any(Value::is_object)) else {
        return reply;
    };
    let mut neighbour = items[0].clone();
    if let Some(values) = neighbour.as_object_mut() {
        values.iter_mut().for_each(|(key, value)| {
            *value = if key == "id" { json!("00000000-0000-0000-0000-000000000000") } else { Value::Null };
        });
    }
    items.insert(0, neighbour);
    Reply { body: ReplyBody::Bytes(Bytes::from(document.to_string())), ..reply }
}

/// The way to a value: keys, and indices as texts.
type Place = Vec<String>;

fn list_places(value: &Value, here: &mut Place, places: &mut Vec<Place>) {
    let mut list = |key: String, value: &Value| {
        here.push(key);
        places.push(here.clone());
        list_places(value, here, places);
        here.pop();
    };
    match value {
        Value::Object(entries) => entries.iter().for_each(|(key, value)| list(key.clone(), value)),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, value)| list(index.to_string(), value)),
        _ => {}
    }
}

fn put(document: &mut Value, place: &[String], roll: f64) {
    let Some((last, above)) = place.split_last() else { return };
    let mut at = document;
    for key in above {
        at = match at {
            Value::Object(entries) => &mut entries[key.as_str()],
            Value::Array(items) => &mut items[key.parse::<usize>().unwrap_or_default()],
            _ => return,
        };
    }
    let odd = [Value::Null, json!("garbled"), json!(-1), json!([]), json!({"garbled": true})];
    let chosen = (roll * (odd.len() + 1) as f64) as usize;
    let is_so_already = |value: &Value| match &*at {
        Value::Object(entries) => entries.get(last) == Some(value),
        _ => false,
    };
    let other = odd.into_iter().nth(chosen).map(|value| if is_so_already(&value) { json!("garbled") } else { value });
    match (at, other) {
        (Value::Object(entries), None) => drop(entries.remove(last)),
        (Value::Object(entries), Some(value)) => drop(entries.insert(last.clone(), value)),
        (Value::Array(items), value) => items[last.parse::<usize>().unwrap_or_default()] = value.unwrap_or_default(),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_is_another_and_the_rest_is_as_it_was() {
        let document = json!({"servers": [{"id": "a", "flavor": {"ram": 1}}], "links": []});
        for step in 0..100 {
            let reply = garble(Reply::ok(&document), f64::from(step) / 100.0);
            let ReplyBody::Bytes(bytes) = reply.body else { panic!("it has a body") };
            assert_ne!(serde_json::from_slice::<Value>(&bytes).unwrap(), document, "{step}");
        }
        let neighbour = with_null_neighbour(Reply::ok(&document));
        let ReplyBody::Bytes(bytes) = neighbour.body else { panic!("it has a body") };
        let shown = serde_json::from_slice::<Value>(&bytes).unwrap();
        assert_eq!((&shown["servers"][0]["flavor"], &shown["servers"][1]), (&Value::Null, &document["servers"][0]));
        let text = garble(Reply::bytes(StatusCode::OK, "text/plain", "no document"), 0.5);
        assert!(matches!(text.body, ReplyBody::Bytes(bytes) if bytes == "no document"));
    }
}
