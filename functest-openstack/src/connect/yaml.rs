// SPDX-License-Identifier: Apache-2.0
//! Files of clouds, read so that every scalar stays the text that its user wrote: a password of digits is no number, and `1e10`
//! no `10000000000.0`.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

/// More values than any file of clouds has; what an alias bomb would reach.
const MOST_VALUES: usize = 200_000;

/// Where something is wrong, and what. The parser's own words may quote the file, secrets included.
pub(super) type Fault = String;

/// The first document of a text. Of a key that stands twice in a map the last value counts, as in PyYAML.
pub(super) fn read(text: &str) -> Result<Value, Fault> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) =
            event.map_err(|e| format!("not YAML, at line {} column {}", e.marker().line(), e.marker().col() + 1))?;
        if matches!(event, Event::DocumentEnd) {
            break;
        }
        builder.take(event).map_err(|what| format!("line {}: {what}", span.start.line()))?;
    }
    Ok(builder.root.unwrap_or(Value::Null))
}

/// A list or a map that is not at its end yet.
struct Open {
    value: Value,
    anchor: usize,
    /// The key whose value comes next.
    key: Option<String>,
    /// What a map inherits by merge keys, the strongest first.
    inherited: Vec<Map<String, Value>>,
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, Value>,
    values: usize,
    root: Option<Value>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>) -> Result<(), &'static str> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let is_nothing = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                self.count(1)?;
                self.put(if is_nothing { Value::Null } else { Value::String(text.into_owned()) }, anchor)
            }
            Event::SequenceStart(anchor, _) => self.begin(Value::Array(Vec::new()), anchor),
            Event::MappingStart(anchor, _) => self.begin(Value::Object(Map::new()), anchor),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(id) => {
                let value = self.anchors.get(&id).cloned().ok_or("an alias inside the value that it names")?;
                self.count(size_of(&value))?;
                self.put(value, 0)
            }
            _ => Ok(()),
        }
    }

    fn count(&mut self, values: usize) -> Result<(), &'static str> {
        self.values = self.values.saturating_add(values);
        if self.values > MOST_VALUES { Err("there are too many values, aliases counted in full") } else { Ok(()) }
    }

    fn begin(&mut self, value: Value, anchor: usize) -> Result<(), &'static str> {
        self.count(1)?;
        if self.open.len() > 100 {
            return Err("nested more than a hundred deep");
        }
        self.open.push(Open { value, anchor, key: None, inherited: Vec::new() });
        Ok(())
    }

    fn end(&mut self) -> Result<(), &'static str> {
        let Some(Open { mut value, anchor, inherited, .. }) = self.open.pop() else { return Ok(()) };
        if let Value::Object(own) = &mut value {
            for (key, value) in inherited.into_iter().flatten() {
                own.entry(key).or_insert(value);
            }
        }
        self.put(value, anchor)
    }

    fn put(&mut self, value: Value, anchor: usize) -> Result<(), &'static str> {
        if anchor != 0 {
            self.anchors.insert(anchor, value.clone());
        }
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(value);
            return Ok(());
        };
        match (&mut parent.value, parent.key.take()) {
            (Value::Array(items), _) => items.push(value),
            (Value::Object(_), Some(key)) if key == "<<" => parent.inherited.extend(maps(value)?),
            (Value::Object(entries), Some(key)) => drop(entries.insert(key, value)),
            (_, None) => match value {
                Value::String(text) => parent.key = Some(text),
                Value::Null => parent.key = Some("null".to_owned()),
                _ => return Err("a key must be a text"),
            },
            _ => {}
        }
        Ok(())
    }
}

/// What a merge key names: a map, or a list of them.
fn maps(value: Value) -> Result<Vec<Map<String, Value>>, &'static str> {
    match value {
        Value::Object(map) => Ok(vec![map]),
        Value::Array(items) => items.into_iter().map(maps).collect::<Result<Vec<_>, _>>().map(|maps| maps.concat()),
        _ => Err("a merge key names a map, or a list of maps"),
    }
}

fn size_of(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(size_of).sum::<usize>(),
        Value::Object(entries) => 1 + entries.values().map(size_of).sum::<usize>(),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn scalars_stay_as_they_were_written() {
        let text =
            "a: 123456789012345678901234567890\nb: 1e10\nc: 0123\nd: yes\ne: ~\nf: '~'\ng: 1.50\nh: 2026-01-01\n";
        let expected = json!({"a": "123456789012345678901234567890", "b": "1e10", "c": "0123", "d": "yes", "e": null, "f": "~",
                              "g": "1.50", "h": "2026-01-01"});
        assert_eq!(read(text).unwrap(), expected);
    }

    #[test]
    fn aliases_merges_and_repeated_keys() {
        let text = "x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\nz: {<<: [*x, {c: 4}]}\nw: {k: 1, k: 2}\n";
        let read = read(text).unwrap();
        assert_eq!(
            (&read["y"], &read["z"]["c"], &read["w"]["k"]),
            (&json!({"a": "1", "b": "3"}), &json!("4"), &json!("2"))
        );
        assert_eq!(super::read("").unwrap(), Value::Null);
    }

    #[test]
    fn what_is_wrong_has_a_place_and_no_quotation() {
        let wrong = read("a: {password: geheim]}\n").unwrap_err();
        assert!(wrong.contains("line 1") && !wrong.contains("geheim"), "{wrong}");
        assert!(read("[a]: b\n").unwrap_err().contains("a key must be a text"));
        assert!(read(&"[".repeat(300)).is_err());
        let bomb: String = (1..30).map(|n| format!("a{n}: &a{n} [*a{0}, *a{0}]\n", n - 1)).collect();
        assert!(read(&format!("a0: &a0 [x, x, x]\n{bomb}")).unwrap_err().contains("too many values"));
    }
}
