// SPDX-License-Identifier: Apache-2.0
//! Patterns against their judge: whatever Python's `re.search` says of a pattern and a text, ours says.
//!
//! `FUNCTEST_PATTERN_PAIRS` sets how many random pairs are compared.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test ends where it cannot go on")]

use std::io::Write as _;
use std::process::{Command, Stdio};

use functest_core::pattern::{Pattern, PatternError};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Pieces of patterns, out of which most combinations are patterns, and many are not quite.
const PIECES: &[&str] = &[
    "a",
    "b",
    "ab",
    "A",
    "B",
    "é",
    "É",
    "ſ",
    "k",
    "-",
    "_",
    " ",
    "\n",
    "1",
    "٣",
    "]",
    "}",
    "&&",
    "--",
    ":",
    "=",
    "<",
    "#",
    ".",
    ".*",
    "^",
    "$",
    "|",
    "*",
    "+",
    "?",
    "*?",
    "+?",
    "??",
    "*+",
    "++",
    "?+",
    "{2}",
    "{,2}",
    "{1,}",
    "{1,2}?",
    "{0,1}+",
    "{",
    "{,}",
    "{a",
    "{2",
    "(",
    "(",
    ")",
    ")",
    ")",
    "(?:",
    "(?=",
    "(?!",
    "(?<=",
    "(?<!",
    "(?>",
    "(?P<n>",
    "(?P=n)",
    "(?(1)",
    "(?(n)",
    "(?#",
    "(?i)",
    "(?s)",
    "(?m)",
    "(?x)",
    "(?a)",
    "(?i:",
    "(?-i:",
    "(?s-i:",
    "(?m:",
    "(?x:",
    "(?a:",
    "(?u:",
    "[",
    "[^",
    "[]",
    "[a-c]",
    "[^a]",
    "[a-",
    "[\\d-",
    "[[:alpha:]]",
    "\\d",
    "\\D",
    "\\w",
    "\\W",
    "\\s",
    "\\S",
    "\\b",
    "\\B",
    "\\A",
    "\\Z",
    "\\1",
    "\\2",
    "\\0",
    "\\101",
    "\\12",
    "\\x41",
    "\\u0061",
    "\\n",
    "\\.",
    "\\<",
    "\\q",
    "\\",
    "\\z",
];

const SUBJECT: &str = "[abABkKsé\u{c9}\u{17f}1\u{663} \n_\\-\\]{}&:<#]{0,7}";

#[test]
fn python_says_the_same() {
    let pairs = written().into_iter().chain(random()).collect::<Vec<_>>();
    let Some(expected) = ask_python(&pairs) else {
        eprintln!("skipped: python_says_the_same needs python3");
        return;
    };
    assert_eq!(expected.len(), pairs.len());
    let is_same = |((pattern, text), expected): &(&(String, String), &Option<bool>)| match pattern.parse::<Pattern>() {
        Err(_) => expected.is_none(),
        Ok(compiled) => match compiled.is_found_in(text) {
            Ok(found) => **expected == Some(found),
            Err(PatternError::TooExpensive { .. }) => true,
            Err(PatternError::Invalid { .. }) => false,
        },
    };
    let different: Vec<_> = pairs.iter().zip(&expected).filter(|pair| !is_same(pair)).take(20).collect();
    assert!(different.is_empty(), "of {} pairs: {different:#?}", pairs.len());
    let found = expected.iter().filter(|found| **found == Some(true)).count();
    let refused = expected.iter().filter(|found| found.is_none()).count();
    assert!(found * 20 > pairs.len() && refused * 20 > pairs.len(), "{found} found, {refused} refused: too one-sided");
}

/// The kinds of conditions that published catalogues have, with values that jobs have.
fn written() -> Vec<(String, String)> {
    let patterns = [
        "^((?!bgpvpn|odl_l3).)*$",
        "os-(nosdn|odl_l2)-.*-(ha|noha)$",
        "(apex|fuel|joid|compass)",
        r"^[^-]*-[^-]*-\w+-ha\Z",
        "(?i)OS-NOSDN",
        "^os-(?P<sdn>[a-z0-9_]+)-(?!nofeature)",
        "$^",
        "",
        "a{,}b",
        "[a&&b]",
        "(?x) os  # the first word\n - no",
        "(a)?b(?(1)c|d)",
        r"(\w+)-\1",
    ];
    let texts = ["os-nosdn-nofeature-ha", "os-odl_l2-bgpvpn-noha", "apex", "", "true\n", "bd", "abc", "no-no", "&"];
    let pair = |pattern: &str, text: &str| (pattern.to_owned(), text.to_owned());
    patterns.iter().flat_map(|pattern| texts.iter().map(|text| pair(pattern, text))).collect()
}

fn random() -> Vec<(String, String)> {
    let wanted = std::env::var("FUNCTEST_PATTERN_PAIRS").ok().and_then(|count| count.parse().ok()).unwrap_or(20_000);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[26; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let piece = proptest::sample::select(PIECES);
    let pattern = proptest::collection::vec(piece, 1..9).prop_map(closed);
    let pair = (pattern, SUBJECT);
    (0..wanted).map(|_| pair.new_tree(&mut runner).unwrap().current()).collect()
}

/// Closes the brackets that were opened, most of the time: else nearly none would be a pattern.
fn closed(pieces: Vec<&str>) -> String {
    let opened = pieces.iter().filter(|piece| piece.starts_with('(') && !piece.ends_with(')')).count();
    let closed = pieces.iter().filter(|piece| **piece == ")").count();
    let missing = if pieces.len().is_multiple_of(5) { 0 } else { opened.saturating_sub(closed) };
    pieces.concat() + &")".repeat(missing)
}

fn ask_python(pairs: &[(String, String)]) -> Option<Vec<Option<bool>>> {
    let oracle = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/patterns/oracle.py");
    let mut python = Command::new("python3").arg(oracle).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    let mut input = python.stdin.take().unwrap();
    input.write_all(&serde_json::to_vec(pairs).unwrap()).unwrap();
    drop(input);
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(serde_json::from_slice(&output.stdout).unwrap())
}
