// SPDX-License-Identifier: Apache-2.0
//! What of its own crate a source file names: in `use`, and inline.

use std::collections::{BTreeMap, BTreeSet};

use super::words::{Word, end_of_braces, without_tests, words};

/// A path from the crate's root on, such as `api::Call`, and the line that names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Named {
    pub(crate) path: String,
    pub(crate) line: usize,
}

/// Everything of the crate that a file names. `module` is where the file is, such as `["api", "call"]`; `services` are
/// the fields of the cloud by which a service is reached without a path.
pub(crate) fn named(source: &str, module: &[String], services: &[String]) -> BTreeSet<Named> {
    let words = without_tests(&words(source));
    let mut file = File { module, known: BTreeMap::new(), found: BTreeSet::new() };
    file.read_children(&words);
    let rest = file.read_uses(&words);
    file.read_paths(&rest);
    file.read_fields(&rest, services);
    file.found
}

struct File<'f> {
    module: &'f [String],
    /// What names in this file stand for, as paths from the crate's root on.
    known: BTreeMap<String, Vec<String>>,
    found: BTreeSet<Named>,
}

impl File<'_> {
    /// Reads which modules the file declares: it knows them, and may name what is in them without more words.
    fn read_children(&mut self, words: &[Word]) {
        for window in words.windows(3).filter(|window| window[0].text == "mod" && window[1].is_name()) {
            let [_, Word { text: name, line }, behind] = window else { continue };
            assert_ne!(behind.text, "{", "line {line}: modules inside a file are not followed");
            let absolute = [self.module, std::slice::from_ref(name)].concat();
            self.found.insert(Named { path: absolute.join("::"), line: *line });
            self.known.insert(name.clone(), absolute);
        }
    }

    /// Reads what is used, and returns the words without it.
    fn read_uses(&mut self, words: &[Word]) -> Vec<Word> {
        let mut rest = Vec::new();
        let mut place = 0;
        while place < words.len() {
            if words[place].text != "use" {
                rest.push(words[place].clone());
                place += 1;
                continue;
            }
            let end = words[place..].iter().position(|word| word.text == ";").map_or(words.len(), |end| place + end);
            // `use<'a, T>` says what a type captures.
            if words.get(place + 1).is_some_and(|word| word.text != "<") {
                self.read_tree(&words[place + 1..end], &[]);
            }
            place = end.max(place + 1);
        }
        rest
    }

    /// Reads a part of a `use`, which may branch.
    fn read_tree(&mut self, tree: &[Word], prefix: &[String]) {
        let mut path = prefix.to_vec();
        for (place, word) in tree.iter().enumerate() {
            match word.text.as_str() {
                "::" => {}
                "*" => panic!("line {}: a glob hides what is used", word.line),
                "{" => {
                    for branch in branches(&tree[place + 1..end_of_braces(tree, place) - 1]) {
                        self.read_tree(branch, &path);
                    }
                    return;
                }
                "as" => {
                    let alias = tree.get(place + 1).map(|word| word.text.clone());
                    return self.import(&path, alias, word.line);
                }
                _ => path.push(word.text.clone()),
            }
        }
        if let Some(line) = tree.last().map(|word| word.line) {
            self.import(&path, None, line);
        }
    }

    fn import(&mut self, path: &[String], alias: Option<String>, line: usize) {
        // A branch that is `self` is the module before it.
        let path = if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            &path[..path.len() - 1]
        } else {
            path
        };
        let Some(absolute) = self.resolve(path) else { return };
        self.found.insert(Named { path: absolute.join("::"), line });
        if let Some(name) = alias.or_else(|| absolute.last().cloned()) {
            self.known.insert(name, absolute);
        }
    }

    /// Reads the paths of several parts that stand in the code itself.
    fn read_paths(&mut self, words: &[Word]) {
        let mut place = 0;
        while place < words.len() {
            let start = place;
            let mut path = Vec::new();
            while words.get(place).is_some_and(Word::is_name) {
                path.push(words[place].text.clone());
                place += 1;
                if words.get(place).is_none_or(|word| word.text != "::") {
                    break;
                }
                place += 1;
            }
            if path.len() > 1
                && let Some(absolute) = self.resolve(&path)
            {
                self.found.insert(Named { path: absolute.join("::"), line: words[start].line });
            }
            place = place.max(start + 1);
        }
    }

    /// Reads through which of its fields the cloud is entered: as in `cloud.network`, in `shared.cloud().network`, and in
    /// `let Cloud { network, .. } = cloud`.
    fn read_fields(&mut self, words: &[Word], services: &[String]) {
        for (place, word) in words.iter().enumerate() {
            let behind: Vec<&str> = words[place + 1..].iter().take(4).map(|word| word.text.as_str()).collect();
            let field = match (word.text.as_str(), behind.as_slice()) {
                ("cloud", [".", field, ..] | ["(", ")", ".", field]) => vec![*field],
                ("Cloud", ["{", ..]) => fields(&words[place + 1..end_of_braces(words, place)]),
                _ => continue,
            };
            for service in field.into_iter().filter(|field| services.iter().any(|service| service == field)) {
                self.found.insert(Named { path: format!("services::{service}"), line: word.line });
            }
        }
    }

    /// A path from the crate's root on. `None` when it leads elsewhere.
    fn resolve(&self, path: &[String]) -> Option<Vec<String>> {
        let (first, rest) = path.split_first()?;
        let mut base = match first.as_str() {
            "crate" => Vec::new(),
            "self" => self.module.to_vec(),
            "super" => self.module.split_last()?.1.to_vec(),
            name => self.known.get(name)?.clone(),
        };
        for part in rest {
            if part == "super" {
                base.pop()?;
            } else {
                base.push(part.clone());
            }
        }
        Some(base)
    }
}

/// The parts between the commas of a `use`'s braces.
fn branches(tree: &[Word]) -> Vec<&[Word]> {
    let mut depth = 0;
    let is_comma = |word: &Word| {
        match word.text.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        depth == 0 && word.text == ","
    };
    tree.split(is_comma).filter(|branch| !branch.is_empty()).collect()
}

/// The fields that a pattern in braces names.
fn fields(pattern: &[Word]) -> Vec<&str> {
    let opens_field = |word: &Word| word.text == "{" || word.text == ",";
    pattern.windows(2).filter(|window| opens_field(&window[0])).map(|window| window[1].text.as_str()).collect()
}
