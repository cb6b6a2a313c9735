// SPDX-License-Identifier: Apache-2.0
//! That the parts of a crate (the files and folders that its root declares) do not use each other in a circle.
//!
//! It reads the source: `use` declarations, and paths inside the code. Modules of tests are free.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::circle::{Graph, circles};
use crate::crates::CRATES;
use crate::paths::named;
use crate::repository;

/// Uses that close a circle and are known: in which crate, of what by whom, and why it stands.
const EXCEPTIONS: &[(&str, &str, &str, &str)] = &[
    ("functest-core", "tier", "catalogue", "A tier gives its cases as the catalogue describes them."),
    ("functest-ssh", "dialer", "session", "A hop is reached through the session of the hop before it."),
    ("functest-ssh", "forward", "session", "A session opens its forwards, and a forward keeps its session open."),
    ("functest-ssh", "process", "session", "A session starts its processes, and a process keeps its session open."),
    (
        "functest-ssh",
        "target",
        "host_key",
        "A target says which host keys are trusted; those are checked for a target.",
    ),
    (
        "functest-openstack",
        "auth",
        "connect",
        "The credentials that the login takes are where the configuration is read.",
    ),
    (
        "functest-openstack",
        "auth",
        "rest",
        "The login sends its requests as all are sent, and all of them need a login.",
    ),
];

/// The fewest crates, files and uses that there are: nothing holds because nothing was read.
const FEWEST_CRATES: usize = 10;
const FEWEST_FILES: usize = 300;
const FEWEST_USES: usize = 1_000;

/// Where one part of a crate first uses another.
type Places = BTreeMap<(String, String), String>;

/// The parts of a crate, and who uses whom.
struct Parts {
    name: &'static str,
    files: usize,
    places: Places,
    uses: usize,
}

impl Parts {
    fn read(name: &'static str) -> Option<Self> {
        let source = folder_of(name).join("src");
        if !source.is_dir() {
            return None;
        }
        let files = files(&source);
        let root = Root::read(&source);
        let mut parts = Self { name, files: files.len(), places: Places::new(), uses: 0 };
        for file in files.iter().filter(|file| !root.files.contains(file)) {
            parts.add(file, &source, &root);
        }
        Some(parts)
    }

    fn add(&mut self, file: &Path, source: &Path, root: &Root) {
        let shown = file.strip_prefix(repository()).unwrap().display().to_string();
        let module = module_of(file, source);
        let from = &module[0];
        for named in named(&std::fs::read_to_string(file).unwrap(), &module, &[]) {
            let to = root.part_of(&named.path);
            if to != *from {
                self.uses += 1;
                let place = format!("{shown}:{}: uses crate::{}", named.line, named.path);
                self.places.entry((from.clone(), to)).or_insert(place);
            }
        }
    }

    fn graph(&self) -> Graph {
        let mut graph = Graph::new();
        for (from, to) in self.places.keys().filter(|(from, to)| !self.is_exception(from, to)) {
            graph.entry(from.clone()).or_default().insert(to.clone());
        }
        graph
    }

    fn is_exception(&self, from: &str, to: &str) -> bool {
        EXCEPTIONS.iter().any(|(name, user, used, _)| (*name, *user, *used) == (self.name, from, to))
    }

    /// A circle, with a place for each of its uses.
    fn tell(&self, circle: &[String]) -> String {
        let mut told = format!("{}: {} -> {}", self.name, circle.join(" -> "), circle[0]);
        for (place, from) in circle.iter().enumerate() {
            let to = &circle[(place + 1) % circle.len()];
            told.push_str(&format!("\n    {}", self.places[&(from.clone(), to.clone())]));
        }
        told
    }
}

/// What stands at the root of a crate.
struct Root {
    files: Vec<PathBuf>,
    modules: BTreeSet<String>,
    /// Things of the parts that the root shows under its own name, and the part each is from.
    shown: BTreeMap<String, String>,
}

impl Root {
    fn read(source: &Path) -> Self {
        let files: Vec<PathBuf> = ["lib.rs", "main.rs"].map(|name| source.join(name)).into();
        let files: Vec<PathBuf> = files.into_iter().filter(|file| file.is_file()).collect();
        assert!(!files.is_empty(), "{} has no root", source.display());
        let mut root = Self { files, modules: BTreeSet::new(), shown: BTreeMap::new() };
        for file in root.files.clone() {
            root.add(&std::fs::read_to_string(file).unwrap());
        }
        root
    }

    fn add(&mut self, text: &str) {
        for named in named(text, &[], &[]) {
            let (part, thing) = named.path.split_once("::").unwrap_or((&named.path, ""));
            match thing.rsplit("::").next() {
                None | Some("") => self.modules.insert(part.to_owned()),
                Some(last) => self.shown.insert(last.to_owned(), part.to_owned()).is_none(),
            };
        }
    }

    /// The part that a path is in. What the root itself defines is in the root, which uses all of them.
    fn part_of(&self, path: &str) -> String {
        let first = path.split("::").next().unwrap_or_default();
        if self.modules.contains(first) {
            return first.to_owned();
        }
        self.shown.get(first).cloned().unwrap_or_else(|| "the root".to_owned())
    }
}

/// Where a crate is; those that are named after the workspace have their own name as folder.
fn folder_of(name: &str) -> PathBuf {
    repository().join(if name == "functest-examples" { "examples" } else { name })
}

/// Every source file, in a fixed order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    let below = entries.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] });
    below.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// Where a file's module is: `api/call.rs` is `api::call`, `api/mod.rs` is `api`.
fn module_of(file: &Path, source: &Path) -> Vec<String> {
    let path = file.strip_prefix(source).unwrap().with_extension("");
    let mut parts: Vec<String> = path.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

fn all() -> Vec<Parts> {
    let all: Vec<Parts> = CRATES.iter().filter_map(|(name, _)| Parts::read(name)).collect();
    assert!(all.len() >= FEWEST_CRATES, "only {} crates were read", all.len());
    let files: usize = all.iter().map(|parts| parts.files).sum();
    assert!(files >= FEWEST_FILES, "only {files} files were read");
    let uses: usize = all.iter().map(|parts| parts.uses).sum();
    assert!(uses >= FEWEST_USES, "only {uses} uses were found");
    all
}

#[test]
fn no_two_parts_of_a_crate_use_each_other() {
    let all = all();
    let told = |parts: &Parts| circles(&parts.graph()).iter().map(|circle| parts.tell(circle)).collect::<Vec<_>>();
    let found: Vec<String> = all.iter().flat_map(told).collect();
    assert!(found.is_empty(), "parts that use each other in a circle:\n{}", found.join("\n"));
}

#[test]
fn each_exception_is_needed() {
    let all = all();
    let mut stale = Vec::new();
    for (name, from, to, reason) in EXCEPTIONS {
        let parts = all.iter().find(|parts| parts.name == *name).unwrap_or_else(|| panic!("there is no crate {name}"));
        if !parts.places.contains_key(&((*from).to_owned(), (*to).to_owned())) {
            stale.push(format!("{name}: {from} does not use {to} any more: it is no exception"));
        }
        assert!(reason.ends_with('.'), "{name}: why {from} uses {to} is a sentence");
    }
    assert!(stale.is_empty(), "{}", stale.join("\n"));
}
