// SPDX-License-Identifier: Apache-2.0
//! What the reports say.

use functest_core::exit_code;
use functest_core::record::RunRecord;
use functest_results::{Format, render};

use crate::{record, sample};

fn html(record: &RunRecord) -> String {
    render(record, Format::Html).unwrap()
}

/// The words of a page, a line for each row, paragraph, term or list item.
fn text(html: &str) -> String {
    const LINES: [&str; 10] = ["p", "h1", "h2", "h3", "h4", "tr", "li", "dt", "summary", "footer"];
    let mut text = String::new();
    let (_, body) = html.split_once("<body>").unwrap();
    for piece in body.split('<').skip(1) {
        let (tag, words) = piece.split_once('>').unwrap();
        let name = tag.split([' ', '/']).next().unwrap();
        if LINES.contains(&name) {
            text.push('\n');
        } else if ["td", "th", "dd"].contains(&name) {
            text.push_str(" | ");
        }
        // A browser shows any space as one, which the end of this does too.
        text.push_str(&words.replace('\n', " "));
    }
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let text = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    let entities = [("&#x2f;", "/"), ("&#x27;", "'"), ("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    entities.into_iter().fold(text, |text, (entity, character)| text.replace(entity, character))
}

/// The part of a page from one heading to another, or to the end.
fn part<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let text = &text[text.find(from).unwrap()..];
    &text[..text.find(to).unwrap_or(text.len())]
}

#[test]
fn junit() {
    for name in ["failed", "died"] {
        insta::assert_snapshot!(format!("junit_of_{name}"), render(&record(name), Format::Junit).unwrap());
    }
}

#[test]
fn junit_counts_what_is_wrong_with_the_run_itself() {
    let attributes = |name: &str| {
        let xml = render(&record(name), Format::Junit).unwrap();
        let line = xml.lines().nth(1).unwrap();
        line[line.find(" tests=").unwrap()..line.find(" time=").unwrap()].to_owned()
    };
    assert_eq!(attributes("passed"), r#" tests="9" failures="0" errors="0""#);
    assert_eq!(attributes("left"), r#" tests="10" failures="0" errors="1""#);
    // What was to run and did not is an error.
    assert_eq!(attributes("interrupted"), r#" tests="20" failures="0" errors="8""#);
    assert_eq!(attributes("empty"), r#" tests="0" failures="0" errors="0""#);
}

#[test]
fn whatever_did_not_pass_shows_in_its_suite() {
    for (name, _) in sample::ALL {
        let run = record(name);
        let xml = render(&run, Format::Junit).unwrap();
        let suites: Vec<&str> = xml.split("<testsuite ").skip(1).collect();
        for case in &run.cases {
            let suite_name = format!("name=\"{}.{}\"", case.choice.tier, case.choice.case_name);
            let Some(suite) = suites.iter().find(|suite| suite.starts_with(&suite_name)) else { continue };
            let is_red = suite.contains("<failure") || suite.contains("<error");
            let word = case.verdict.as_ref().map_or("not run", |verdict| verdict.word());
            if ["failed", "errored", "not run"].contains(&word) {
                assert!(is_red, "{name}: {word}\n{suite}");
            }
        }
    }
}

#[test]
fn what_a_criteria_forgives_is_said_everywhere() {
    let said = "passed by its criteria; 2 of 4 checks did not hold";
    let run = record("forgiven");
    assert_eq!(run.cases[0].tolerated.as_deref(), Some(said));
    let page = text(&html(&run));
    assert!(
        page.contains(said) && page.contains("1 passed by its criteria only: checks of it did not hold."),
        "{page}"
    );
    assert!(render(&run, Format::Json).unwrap().contains(said));
    insta::assert_snapshot!("junit_of_forgiven", render(&run, Format::Junit).unwrap());
}

#[test]
fn the_report_tells_everything_about_a_failed_run() {
    insta::assert_snapshot!("report_of_failed", text(&html(&record("failed"))));
}

#[test]
fn the_report_begins_with_what_matters_most() {
    for name in ["passed", "interrupted", "died", "left", "empty"] {
        let text = text(&html(&record(name)));
        insta::assert_snapshot!(format!("head_of_{name}"), part(&text, "functest", "Cloud\n"));
    }
}

#[test]
fn every_end_has_its_headline() {
    let mut run = record("passed");
    let mut title = |exit_code: u8| {
        run.exit_code = Some(exit_code);
        let html = html(&run);
        part(&html, "<title>", " \u{b7}")["<title>".len()..].to_owned()
    };
    assert_eq!(title(exit_code::OK), "Passed");
    assert_eq!(title(exit_code::INTERNAL), "functest failed");
    // The exit code is the last word: what it does not call passed is not shown as passed.
    assert_eq!(title(exit_code::NOT_PASSED), "Incomplete");
}

#[test]
fn nothing_that_a_cloud_says_becomes_markup() {
    let html = html(&record("hostile"));
    assert_eq!(html.matches("<script").count(), 0);
    assert_eq!(html.matches("<img").count(), 0);
    assert!(html.contains("amp; {{ 7*7 }} {% raw %}") && !html.contains("amp; 49"), "a template was evaluated");
    for c in ['\u{202e}', '\u{1b}', '\0', '\u{fffe}'] {
        assert!(!html.contains(c), "{c:?}");
    }
    for piece in html.split('<').skip(1) {
        let tag = piece.split('>').next().unwrap();
        assert!(!tag.contains("onerror=") && !tag.contains("javascript:"), "{tag}");
    }
}

#[test]
fn the_report_asks_nothing_of_any_server() {
    for (name, _) in sample::ALL {
        let html = html(&record(name));
        for piece in html.split('<').skip(1) {
            let tag = piece.split('>').next().unwrap();
            for attribute in ["src=", "srcset=", "url(", "@import", "href=\"http", "href=\"//"] {
                assert!(!tag.contains(attribute), "{name}: <{tag}>");
            }
        }
        assert_eq!(html.matches("<link").count(), html.matches(r#"<link rel="icon" href="data:,">"#).count());
    }
}

#[test]
fn ids_are_unique_and_every_link_leads_somewhere() {
    for (name, _) in sample::ALL {
        let html = html(&record(name));
        let mut ids: Vec<_> = html.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        for link in html.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(ids.contains(&link), "{name}: #{link}");
        }
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{name}");
    }
}

#[test]
fn a_large_run_is_reported_whole_and_stays_readable() {
    let run = record("large");
    assert_eq!(run.cases.iter().map(|case| case.checks.len()).sum::<usize>(), 2_000);
    assert_eq!(run.api.len(), 50);
    let html = html(&run);
    assert_eq!(html.matches("<li class=\"check ").count(), 2_000);
    assert_eq!(html.matches("<td class=\"bar\">").count(), 50);
    let text = text(&html);
    assert!(text.contains("1,898 checks passed"), "those that passed are folded away");
    assert!(html.len() < 2_000_000, "{} bytes", html.len());
    let api = part(&text, "API calls\n1,000", "All times").lines().take(8).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!("slowest_calls_of_large", api);
}
