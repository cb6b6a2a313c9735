// SPDX-License-Identifier: Apache-2.0
//! Which part of the sandbox may use which. The compiler does not mind when two modules use each other; whoever wants to
//! read, test or replace one of them does. So what may use what stands here, and every other use fails.
//!
//! It reads the source: `use` declarations, paths inside the code, and the cloud's fields. Modules of tests are free.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by ending")]

#[path = "direction/paths.rs"]
mod paths;
#[path = "direction/words.rs"]
mod words;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use paths::named;

/// A part of the crate, by where its modules begin, and the parts that it may use. They stand in the order of the house:
/// from the ground up, so that none uses one below it in this list.
const PARTS: &[(&str, &[&str])] = &[
    ("ground", &[]),
    ("api", &["ground"]),
    ("fault", &["api"]),
    ("options", &["fault"]),
    ("services::identity", &["ground", "api", "fault"]),
    ("services::image", &["ground", "api", "fault", "services::identity"]),
    ("services::network", &["ground", "api", "fault", "services::identity"]),
    ("services::compute::guest", &["api", "fault", "services::network"]),
    (
        "services::compute",
        &[
            "ground",
            "api",
            "fault",
            "services::identity",
            "services::image",
            "services::network",
            "services::compute::guest",
        ],
    ),
    (
        "services",
        &[
            "ground",
            "api",
            "fault",
            "options",
            "services::identity",
            "services::image",
            "services::network",
            "services::compute",
        ],
    ),
    ("shared", &["api", "services"]),
    ("http_server", &["ground", "api", "fault", "services", "shared"]),
    ("ssh_server", &["services", "shared"]),
    ("sandbox", &["api", "options", "services", "shared", "http_server", "ssh_server"]),
];

/// A use against that order: by whom, of which one thing, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("services::identity", "services::Cloud", HANDED),
    ("services::image", "services::Cloud", HANDED),
    ("services::network", "services::Cloud", HANDED),
    ("services::compute::guest", "services::Cloud", "A guest's commands look at the network of the cloud it runs in."),
    ("services::compute", "services::Cloud", HANDED),
];

const HANDED: &str = "A handler is handed the whole cloud, which is composed of what the services keep.";

/// The fewest files, and uses of one part by another, that there are: nothing holds because nothing was read.
const FEWEST_FILES: usize = 150;
const FEWEST_USES: usize = 2_000;

/// One use of one part by another.
#[derive(Debug)]
struct Arrow {
    file: String,
    line: usize,
    from: &'static str,
    to: &'static str,
    path: String,
}

impl Arrow {
    fn is_allowed(&self) -> bool {
        let allowed = PARTS.iter().find(|(part, _)| *part == self.from).map_or(&[][..], |(_, allowed)| *allowed);
        allowed.contains(&self.to) || exception_of(self).is_some()
    }
}

fn exception_of(arrow: &Arrow) -> Option<&'static (&'static str, &'static str, &'static str)> {
    EXCEPTIONS.iter().find(|(from, thing, _)| *from == arrow.from && *thing == arrow.path)
}

/// The part that a path is in: of those that it begins with, the one that says most.
fn part_of(path: &str) -> Option<&'static str> {
    let begins = |part: &&str| path.strip_prefix(*part).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
    PARTS.iter().map(|(part, _)| *part).filter(begins).max_by_key(|part| part.len())
}

fn source_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every source file, in a fixed order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Where a file's module is: `api/call.rs` is `api::call`, `api/mod.rs` is `api`.
fn module_of(file: &Path) -> Vec<String> {
    let path = file.strip_prefix(source_folder()).unwrap().with_extension("");
    let mut parts: Vec<String> = path.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

/// The services, as the folders say: each is a field of the cloud.
fn services() -> Vec<String> {
    let entries = std::fs::read_dir(source_folder().join("services")).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.path().is_dir());
    folders.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

/// Every use of one part by another. `lib.rs` puts all of them together, and is none.
fn arrows() -> Vec<Arrow> {
    let services = services();
    let all = files(&source_folder());
    assert!(all.len() >= FEWEST_FILES, "only {} files were read", all.len());
    let mut arrows = Vec::new();
    for file in all.iter().filter(|file| !file.ends_with("src/lib.rs")) {
        let module = module_of(file);
        let shown = file.strip_prefix(source_folder()).unwrap().display().to_string();
        let from = part_of(&module.join("::")).unwrap_or_else(|| panic!("{shown} belongs to no part: give it a row"));
        for named in named(&std::fs::read_to_string(file).unwrap(), &module, &services) {
            let to = part_of(&named.path)
                .unwrap_or_else(|| panic!("{shown}:{}: {} is in no part: give it a row", named.line, named.path));
            if from != to {
                arrows.push(Arrow { file: shown.clone(), line: named.line, from, to, path: named.path });
            }
        }
    }
    assert!(arrows.len() >= FEWEST_USES, "only {} uses were found", arrows.len());
    arrows
}

#[test]
fn no_part_uses_what_it_may_not() {
    let wrong: Vec<String> = arrows()
        .iter()
        .filter(|arrow| !arrow.is_allowed())
        .map(|arrow| format!("{}:{}: {} may not use {}", arrow.file, arrow.line, arrow.from, arrow.path))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A service without a row would pass for the list of them, which may use everything.
#[test]
fn every_service_is_a_part() {
    for service in services() {
        let part = format!("services::{service}");
        assert!(PARTS.iter().any(|(known, _)| *known == part), "give {part} a row, and say which services it asks");
    }
}

#[test]
fn the_parts_are_in_order() {
    for (place, (part, allowed)) in PARTS.iter().enumerate() {
        for other in *allowed {
            let is_above = PARTS[..place].iter().any(|(above, _)| above == other);
            assert!(is_above, "{part} may use {other}, which does not stand before it");
        }
    }
}

#[test]
fn what_is_allowed_is_used() {
    let arrows = arrows();
    let used: BTreeSet<(&str, &str)> = arrows.iter().map(|arrow| (arrow.from, arrow.to)).collect();
    for (part, allowed) in PARTS {
        for other in *allowed {
            assert!(used.contains(&(*part, *other)), "{part} does not use {other} any more: take it out of the list");
        }
    }
    for exception in EXCEPTIONS {
        let used = arrows.iter().filter_map(exception_of).any(|used| used == exception);
        assert!(used, "{} does not use {} any more: it is no exception", exception.0, exception.1);
    }
}

#[test]
fn every_way_to_name_a_thing_is_seen() {
    const SOURCE: &str = r##"
        //! crate::comment::Nothing
        mod child;
        use std::fmt;
        use crate::a::{self, B, c::{D as E, f}};
        use super::super::g;
        use self::child::Thing;
        /* crate::comment::Nothing /* nested */ crate::comment::Nothing */
        fn x<'l>(cloud: &'l mut Cloud) -> fmt::Result {
            let text = ("crate::text::Nothing \" crate::text", r#"crate::text::Nothing"#, '"', '\'', b"crate::text");
            crate::h::call::<u8>();
            f::inner::call(g::other(), child::deep(), a::B);
            cloud.network.ports.len() + shared.cloud().image.len() + cloud.random;
            let Cloud { identity: state, random, .. } = cloud;
        }
        #[cfg(test)]
        mod tests { use crate::tests::Nothing; }
        fn y() { super::last() }
    "##;
    let module = ["m", "n"].map(str::to_owned);
    let services = ["identity", "image", "network"].map(str::to_owned);
    let found: BTreeSet<String> = named(SOURCE, &module, &services).into_iter().map(|named| named.path).collect();
    let expected = [
        "a",
        "a::B",
        "a::c::D",
        "a::c::f",
        "a::c::f::inner::call",
        "g",
        "g::other",
        "h::call",
        "m::last",
        "m::n::child",
        "m::n::child::Thing",
        "m::n::child::deep",
        "services::identity",
        "services::image",
        "services::network",
    ];
    assert_eq!(found, expected.map(str::to_owned).into());
}
