// SPDX-License-Identifier: Apache-2.0
//! The guest's shell: lines of commands with `;`, `&&`, `||`, pipes, quotes and redirections.

use std::time::Duration;

use super::Guest;
use super::command::{self, Context};
use crate::services::Cloud;

/// What came of a line.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) output: String,
    pub(crate) errors: String,
    pub(crate) status: u32,
    /// How long it takes.
    pub(crate) time: Duration,
    /// Whether the shell ends.
    pub(crate) ends: bool,
}

/// The most that one line gives out, in bytes.
const MOST_OUTPUT: usize = 1 << 20;

/// Runs a line.
pub(crate) fn run(cloud: &Cloud, guest: &mut Guest, line: &str) -> Outcome {
    let mut total = Outcome::default();
    let mut last = Join::Always;
    for (text, join) in statements(line) {
        let wanted = match last {
            Join::Always => true,
            Join::IfGood => total.status == 0,
            Join::IfBad => total.status != 0,
        };
        if wanted && !text.trim().is_empty() {
            let outcome = pipeline(cloud, guest, &text, total.status);
            total.output.push_str(&outcome.output);
            total.errors.push_str(&outcome.errors);
            total.status = outcome.status;
            total.time += outcome.time;
            if outcome.ends || total.output.len() > MOST_OUTPUT {
                total.ends = outcome.ends;
                break;
            }
        }
        last = join;
    }
    total
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Join {
    Always,
    IfGood,
    IfBad,
}

/// A line's statements, each with what joins it to the next.
fn statements(line: &str) -> Vec<(String, Join)> {
    let mut all = Vec::new();
    let mut text = String::new();
    let mut quote = None;
    let mut letters = line.chars().peekable();
    while let Some(c) = letters.next() {
        let join = match (quote, c) {
            (Some(open), _) => {
                quote = (c != open).then_some(open);
                None
            }
            (None, '\'' | '"') => {
                quote = Some(c);
                None
            }
            (None, ';' | '\n') => Some(Join::Always),
            (None, '&') if letters.next_if_eq(&'&').is_some() => Some(Join::IfGood),
            (None, '|') if letters.next_if_eq(&'|').is_some() => Some(Join::IfBad),
            _ => None,
        };
        match join {
            Some(join) => all.push((std::mem::take(&mut text), join)),
            None => text.push(c),
        }
    }
    all.push((text, Join::Always));
    all
}

fn pipeline(cloud: &Cloud, guest: &mut Guest, text: &str, status: u32) -> Outcome {
    let mut input = String::new();
    let mut total = Outcome::default();
    let parts = split_pipes(text);
    let count = parts.len();
    for (place, part) in parts.into_iter().enumerate() {
        let outcome = simple(cloud, guest, &part, input, status);
        total.errors.push_str(&outcome.errors);
        total.time += outcome.time;
        (total.status, total.ends) = (outcome.status, outcome.ends);
        input = outcome.output;
        if place + 1 == count {
            total.output = std::mem::take(&mut input);
        }
    }
    total
}

fn split_pipes(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quote = None;
    for c in text.chars() {
        match (quote, c) {
            (None, '|') => parts.push(String::new()),
            _ => {
                quote = match (quote, c) {
                    (None, '\'' | '"') => Some(c),
                    (Some(open), _) if open == c => None,
                    (state, _) => state,
                };
                if let Some(part) = parts.last_mut() {
                    part.push(c);
                }
            }
        }
    }
    parts
}

/// One command with its redirections.
fn simple(cloud: &Cloud, guest: &mut Guest, text: &str, input: String, status: u32) -> Outcome {
    let mut words = words(text, status);
    let mut target = None;
    let mut silent = false;
    while let Some(place) = words.iter().position(|word| !word.quoted && redirection(&word.text).is_some()) {
        let (operator, attached) = redirection(&words[place].text).unwrap_or((">", ""));
        let file = match attached {
            "" if place + 1 < words.len() => words.remove(place + 1).text,
            attached => attached.to_owned(),
        };
        match operator {
            "2>&1" => {}
            "2>" => silent = true,
            operator => target = Some((file, operator == ">>")),
        }
        words.remove(place);
    }
    let mut words: Vec<String> = words.into_iter().map(|word| word.text).collect();
    while words.first().is_some_and(|word| word == "sudo" || word == "exec") {
        words.remove(0);
    }
    let Some((name, arguments)) = words.split_first() else { return Outcome::default() };
    let mut outcome = command::run(&mut Context { cloud, guest, input }, name, arguments);
    if silent {
        outcome.errors.clear();
    }
    match target {
        Some((path, _)) if path == "/dev/null" => outcome.output.clear(),
        Some((path, append)) => {
            let file = guest.files.entry(path).or_default();
            if !append {
                file.clear();
            }
            if file.len() < MOST_OUTPUT {
                file.push_str(&std::mem::take(&mut outcome.output));
            }
        }
        None => {}
    }
    outcome
}

fn redirection(word: &str) -> Option<(&'static str, &str)> {
    if word == "2>&1" {
        return Some(("2>&1", "-"));
    }
    ["2>", ">>", ">"].into_iter().find_map(|operator| Some((operator, word.strip_prefix(operator)?)))
}

#[derive(Debug, Default)]
struct Word {
    text: String,
    quoted: bool,
}

/// The words of a command, unquoted; `$?` is the status of the last one.
fn words(text: &str, status: u32) -> Vec<Word> {
    let mut all = Vec::new();
    let mut word: Option<Word> = None;
    let mut quote = None;
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match (quote, c) {
            (None, c) if c.is_whitespace() => all.extend(word.take()),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default().quoted = true;
            }
            (Some(open), c) if c == open => quote = None,
            (None | Some('"'), '$') if letters.next_if_eq(&'?').is_some() => {
                word.get_or_insert_default().text.push_str(&status.to_string());
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().text.extend(letters.next()),
            _ => word.get_or_insert_default().text.push(c),
        }
    }
    all.extend(word);
    all
}
