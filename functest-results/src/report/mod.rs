// SPDX-License-Identifier: Apache-2.0
//! The HTML report: one page that asks nothing of any server and runs no script.

mod api;
mod case;
mod facts;
mod headline;
mod page;
mod timeline;

use functest_core::record::RunRecord;
use functest_core::verdict::Verdict;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Error, UndefinedBehavior, Value};

use self::page::Page;
use crate::words;

/// The HTML page about a run.
pub(crate) fn html(record: &RunRecord) -> Result<String, Error> {
    let mut environment = Environment::new();
    // A field that the template misspells is an error, not an empty place.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    // What clouds and cases say may hold anything. Escaping is by file name: on for .html, off for the style sheet.
    environment.set_formatter(|out, state, value| match value.as_str().filter(|_| !value.is_safe()) {
        Some(text) => minijinja::escape_formatter(out, state, &Value::from(words::visible(text))),
        None => minijinja::escape_formatter(out, state, value),
    });
    environment.add_template("report.css", include_str!("report.css"))?;
    environment.add_template("report.html", include_str!("report.html.j2"))?;
    environment.get_template("report.html")?.render(Serde(Page::of(record)))
}

/// The name under which the style sheet knows a verdict.
fn style_of(verdict: Option<&Verdict>) -> &'static str {
    match verdict {
        Some(Verdict::Passed) => "passed",
        Some(Verdict::Flaky { .. }) => "flaky",
        Some(Verdict::Failed { .. }) => "failed",
        Some(Verdict::Errored { .. }) => "errored",
        Some(Verdict::Skipped { .. }) => "skipped",
        Some(Verdict::NotRun { .. }) | None => "not-run",
    }
}

/// A share in percent, as SVG and CSS take it.
fn percent(part: f64, whole: f64) -> String {
    let share = if whole > 0.0 { (part / whole * 100.0).clamp(0.0, 100.0) } else { 0.0 };
    format!("{share:.2}")
}
