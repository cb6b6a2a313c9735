// SPDX-License-Identifier: Apache-2.0
//! A YAML document as a tree of nodes that know where they stand.
//!
//! Scalars are taken as PyYAML takes them (YAML 1.1: `yes`, `on` and `no` are booleans, `0755` is octal, `1:30` is
//! ninety), because that is what every published catalogue was written for.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::diagnostic::Diagnostic;
use super::float;

/// More nodes than any catalogue has; what an alias bomb would reach.
const MAX_NODES: usize = 200_000;
/// Deeper than any catalogue; keeps the recursion over a tree bounded.
const MAX_DEPTH: usize = 100;

/// Line and column, both counted from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// A value with its position.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) at: Position,
    pub(super) value: Value,
}

/// What a node holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Node {
    /// What the node is, in the words of an error message.
    pub(super) fn kind(&self) -> String {
        match &self.value {
            Value::Null => "nothing".into(),
            Value::Bool(b) => format!("the boolean {b}"),
            Value::Int(n) => format!("the number {n}"),
            Value::Float(n) => format!("the number {}", float::in_words(*n)),
            Value::Text(s) => format!("the text {:?}", shorten(s)),
            Value::List(_) => "a list".into(),
            Value::Map(_) => "a map".into(),
        }
    }

    /// The same value without positions.
    pub(super) fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(b) => Json::Bool(*b),
            Value::Int(n) => Json::from(*n),
            Value::Float(n) => Json::from(*n),
            Value::Text(s) => Json::String(s.clone()),
            Value::List(items) => Json::Array(items.iter().map(Node::to_json).collect()),
            Value::Map(entries) => Json::Object(entries.iter().map(|(k, v)| (k.key_text(), v.to_json())).collect()),
        }
    }

    /// The node as a key of a map.
    pub(super) fn key_text(&self) -> String {
        match &self.value {
            Value::Null => "null".into(),
            Value::Bool(b) => b.to_string(),
            Value::Int(n) => n.to_string(),
            Value::Float(n) => float::in_words(*n),
            Value::Text(s) => s.clone(),
            Value::List(_) | Value::Map(_) => "(not a key)".into(),
        }
    }
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= 40 { text.to_owned() } else { text.chars().take(40).chain("...".chars()).collect() }
}

/// Reads the one document of `text`, or says where its first syntax error is.
pub(super) fn parse(text: &str) -> Result<Node, Box<Diagnostic>> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|e| {
            let at = Position { line: e.marker().line(), column: e.marker().col() + 1 };
            Box::new(Diagnostic::error(at, "", format!("not YAML: {}", e.info())))
        })?;
        builder.take(event, span)?;
    }
    builder.root.ok_or_else(|| Box::new(Diagnostic::error(Position { line: 1, column: 1 }, "", "the file is empty")))
}

/// A collection that is still open.
struct Open {
    node: Node,
    anchor: usize,
    /// The key of a map whose value has not come yet.
    key: Option<Node>,
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
    documents: usize,
    root: Option<Node>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Box<Diagnostic>> {
        let at = Position { line: span.start.line(), column: span.start.col() + 1 };
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(fault(at, "a second document starts here; a catalogue is one document"));
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                let tagged_text = tag.as_ref().is_some_and(|t| t.suffix == "str");
                let value = if style == ScalarStyle::Plain && !tagged_text {
                    resolve(&text)
                } else {
                    Value::Text(text.into_owned())
                };
                self.count(1, at)?;
                self.put(Node { at, value }, anchor, 1)?;
            }
            Event::SequenceStart(anchor, _) => self.begin(at, Value::List(Vec::new()), anchor)?,
            Event::MappingStart(anchor, _) => self.begin(at, Value::Map(Vec::new()), anchor)?,
            Event::SequenceEnd | Event::MappingEnd => self.end()?,
            Event::Alias(id) => {
                let Some((node, size)) = self.anchors.get(&id).cloned() else {
                    return Err(fault(at, "an alias inside the value that it names"));
                };
                self.count(size, at)?;
                self.put(Node { at, ..node }, 0, size)?;
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn count(&mut self, size: usize, at: Position) -> Result<(), Box<Diagnostic>> {
        self.nodes = self.nodes.saturating_add(size);
        if self.nodes > MAX_NODES {
            return Err(fault(at, format!("more than {MAX_NODES} values, aliases counted in full")));
        }
        Ok(())
    }

    fn begin(&mut self, at: Position, value: Value, anchor: usize) -> Result<(), Box<Diagnostic>> {
        self.count(1, at)?;
        if self.open.len() >= MAX_DEPTH {
            return Err(fault(at, format!("nested more than {MAX_DEPTH} deep")));
        }
        self.open.push(Open { node: Node { at, value }, anchor, key: None });
        Ok(())
    }

    fn end(&mut self) -> Result<(), Box<Diagnostic>> {
        let Some(Open { mut node, anchor, .. }) = self.open.pop() else { return Ok(()) };
        if let Value::Map(entries) = &mut node.value {
            merge(entries)?;
        }
        let size = if anchor == 0 { 0 } else { size_of(&node) };
        self.put(node, anchor, size)
    }

    fn put(&mut self, node: Node, anchor: usize, size: usize) -> Result<(), Box<Diagnostic>> {
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), size));
        }
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match (&mut parent.node.value, parent.key.take()) {
            (Value::List(items), _) => items.push(node),
            (Value::Map(entries), Some(key)) => entries.push((key, node)),
            (Value::Map(_), None) => {
                if matches!(node.value, Value::List(_) | Value::Map(_)) {
                    return Err(fault(node.at, format!("a key must be a plain value, this is {}", node.kind())));
                }
                parent.key = Some(node);
            }
            _ => {}
        }
        Ok(())
    }
}

fn fault(at: Position, message: impl Into<String>) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(at, "", message))
}

fn size_of(node: &Node) -> usize {
    1 + match &node.value {
        Value::List(items) => items.iter().map(size_of).sum(),
        Value::Map(entries) => entries.iter().map(|(k, v)| size_of(k) + size_of(v)).sum(),
        _ => 0,
    }
}

/// Puts the entries of merge keys (`<<: *base`) behind a map's own: what the map says itself wins.
fn merge(entries: &mut Vec<(Node, Node)>) -> Result<(), Box<Diagnostic>> {
    let is_merge = |key: &Node| matches!(&key.value, Value::Text(t) if t == "<<");
    if !entries.iter().any(|(key, _)| is_merge(key)) {
        return Ok(());
    }
    let (merges, mut own): (Vec<_>, Vec<_>) = entries.drain(..).partition(|(key, _)| is_merge(key));
    for (_, source) in merges {
        let at = source.at;
        let sources = match source.value {
            Value::List(items) => items,
            value => vec![Node { at, value }],
        };
        for source in sources {
            let Value::Map(inherited) = source.value else {
                return Err(fault(at, format!("<< takes a map or a list of maps, not {}", source.kind())));
            };
            for (key, value) in inherited {
                if !own.iter().any(|(k, _)| k == &key) {
                    own.push((key, value));
                }
            }
        }
    }
    *entries = own;
    Ok(())
}

/// The value of a plain scalar, by PyYAML's resolver.
fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Value::Bool(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Value::Bool(false),
        _ => integer(text)
            .map(Value::Int)
            .or_else(|| float::read(text).map(Value::Float))
            .unwrap_or_else(|| Value::Text(text.to_owned())),
    }
}

fn split_sign(text: &str) -> (i64, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn integer(text: &str) -> Option<i64> {
    let (sign, body) = split_sign(text);
    let digits = body.replace('_', "");
    if digits.is_empty() || body.starts_with('_') {
        return None;
    }
    let of_radix = |digits: &str, radix: u32| {
        // from_str_radix would take a sign of its own.
        let plain = digits.chars().all(|c| c.is_digit(radix));
        plain.then(|| i64::from_str_radix(digits, radix).ok()).flatten()
    };
    let magnitude = if let Some(binary) = digits.strip_prefix("0b") {
        of_radix(binary, 2)?
    } else if let Some(hexadecimal) = digits.strip_prefix("0x") {
        of_radix(hexadecimal, 16)?
    } else if digits.contains(':') {
        base_sixty(&digits)?
    } else if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    } else if digits.len() > 1 && digits.starts_with('0') {
        of_radix(&digits, 8)?
    } else {
        digits.parse().ok()?
    };
    Some(sign * magnitude)
}

/// `1:30` is ninety in YAML 1.1.
fn base_sixty(digits: &str) -> Option<i64> {
    let mut parts = digits.split(':');
    let first = parts.next()?;
    if first.starts_with('0') || first.is_empty() || !first.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    parts.try_fold(first.parse::<i64>().ok()?, |sum, part| {
        let fits = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        let part: i64 = part.parse().ok().filter(|n| fits && *n < 60)?;
        sum.checked_mul(60)?.checked_add(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_are_what_pyyaml_makes_of_them() {
        let table = [
            ("yes", Value::Bool(true)),
            ("off", Value::Bool(false)),
            ("~", Value::Null),
            ("0755", Value::Int(493)),
            ("0x1F", Value::Int(31)),
            ("0b101", Value::Int(5)),
            ("1_000", Value::Int(1000)),
            ("1:30", Value::Int(90)),
            ("-7", Value::Int(-7)),
            ("1.5", Value::Float(1.5)),
            (".5", Value::Float(0.5)),
            ("1.0e+3", Value::Float(1000.0)),
            ("1:30.5", Value::Float(90.5)),
            ("1e3", Value::Text("1e3".into())),
            ("-.5", Value::Text("-.5".into())),
            ("_1.5", Value::Text("_1.5".into())),
            ("2017-01-01", Value::Text("2017-01-01".into())),
            ("089", Value::Text("089".into())),
            ("y", Value::Text("y".into())),
            ("1.2.3", Value::Text("1.2.3".into())),
            ("-", Value::Text("-".into())),
            ("-0x-8000000000000000", Value::Text("-0x-8000000000000000".into())),
            ("0x", Value::Text("0x".into())),
        ];
        for (text, expected) in table {
            assert_eq!(resolve(text), expected, "{text}");
        }
    }

    #[test]
    fn quotes_keep_text_and_anchors_merge() {
        let node = parse("a: &a {x: 1, y: 'yes'}\nb: {<<: *a, x: 2}\n").unwrap();
        assert_eq!(node.to_json(), serde_json::json!({"a": {"x": 1, "y": "yes"}, "b": {"x": 2, "y": "yes"}}));
    }

    #[test]
    fn bombs_are_refused() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..9 {
            let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
            bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
        }
        assert!(parse(&bomb).unwrap_err().message.contains("aliases"));
        assert!(parse(&"[".repeat(5000)).is_err());
        assert!(parse("").unwrap_err().message.contains("empty"));
        assert!(parse("a: 1\n---\nb: 2\n").unwrap_err().message.contains("second document"));
    }

    proptest::proptest! {
        #[test]
        fn no_number_makes_it_panic(text in "[-+0-9xb:._eE]{0,30}") {
            let _ = resolve(&text);
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,200}") {
            let _ = parse(&text);
        }
    }
}
