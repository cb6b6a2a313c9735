// SPDX-License-Identifier: Apache-2.0
//! What ran when: a bar for each case over the time of the run.

use chrono::{DateTime, Utc};
use functest_core::record::{CaseRecord, RunRecord, RunState};
use functest_core::verdict::Verdict;
use serde::Serialize;

use super::{percent, style_of};
use crate::words;

/// The bars and their scale.
#[derive(Debug, Serialize)]
pub(super) struct Timeline {
    /// In the order in which the cases started.
    bars: Vec<Bar>,
    ticks: Vec<Tick>,
    /// The most cases that ran at one time.
    most_at_once: usize,
    /// All cases' durations over the time in which any ran, such as `2.4`; `None` when it says nothing.
    speed_up: Option<String>,
}

/// One case. `left` and `width` are in percent of the run.
#[derive(Debug, Serialize)]
struct Bar {
    case: String,
    style: &'static str,
    word: &'static str,
    left: String,
    width: String,
    began: String,
    took: String,
}

/// A line across the bars, `left` percent into the run.
#[derive(Debug, Serialize)]
struct Tick {
    left: String,
    text: String,
}

/// When a case ran, in milliseconds since the run started.
struct Span<'a> {
    case: &'a CaseRecord,
    from: u64,
    to: u64,
}

impl Timeline {
    /// The timeline of a run; `None` when no case started.
    pub(super) fn of(record: &RunRecord) -> Option<Self> {
        let mut spans: Vec<_> = record.cases.iter().filter_map(|case| span(record, case)).collect();
        spans.sort_by_key(|span| span.from);
        let end = spans.iter().map(|span| span.to).max()?.max(record.duration_ms).max(1);
        let busy: u64 = busy(&spans);
        let sum: f64 = spans.iter().map(|span| (span.to - span.from) as f64).sum();
        let most_at_once = most_at_once(&spans);
        Some(Self {
            ticks: ticks(end),
            most_at_once,
            speed_up: (most_at_once > 1 && busy > 0).then(|| format!("{:.1}", sum / busy as f64)),
            bars: spans.iter().map(|span| bar(span, end)).collect(),
        })
    }
}

fn since(start: DateTime<Utc>, at: DateTime<Utc>) -> u64 {
    (at - start).num_milliseconds().max(0).unsigned_abs()
}

fn span<'a>(record: &RunRecord, case: &'a CaseRecord) -> Option<Span<'a>> {
    let from = since(record.started, case.started?);
    // A case that the run died in has no end of its own.
    let cut_off = record.state == RunState::Unfinished && case.duration_ms == 0;
    let to = if cut_off { record.duration_ms.max(from) } else { from.saturating_add(case.duration_ms) };
    Some(Span { case, from, to })
}

fn bar(span: &Span<'_>, end: u64) -> Bar {
    /// So that the shortest case is seen.
    const NARROWEST: f64 = 0.004;
    let width = ((span.to - span.from) as f64).max(end as f64 * NARROWEST);
    let left = (span.from as f64).min(end as f64 - width);
    Bar {
        case: span.case.choice.case_name.clone(),
        style: style_of(span.case.verdict.as_ref()),
        word: span.case.verdict.as_ref().map_or("not run", Verdict::word),
        left: percent(left, end as f64),
        width: percent(width, end as f64),
        began: words::duration(span.from),
        took: words::duration(span.to - span.from),
    }
}

/// The time in which at least one case ran. `spans` are in order of their start.
fn busy(spans: &[Span<'_>]) -> u64 {
    let (mut total, mut until) = (0, 0);
    for span in spans {
        total += span.to.saturating_sub(span.from.max(until));
        until = until.max(span.to);
    }
    total
}

fn most_at_once(spans: &[Span<'_>]) -> usize {
    let at = |from: u64| spans.iter().filter(|span| span.from <= from && from < span.to).count();
    spans.iter().map(|span| at(span.from)).max().unwrap_or(0).max(1)
}

/// A line at every round number, at most five of them so that their texts have room on a phone.
fn ticks(end: u64) -> Vec<Tick> {
    const SECOND: u64 = 1000;
    const MINUTE: u64 = 60 * SECOND;
    const HOUR: u64 = 60 * MINUTE;
    const STEPS: [u64; 29] = [
        1,
        2,
        5,
        10,
        20,
        50,
        100,
        200,
        500,
        SECOND,
        2 * SECOND,
        5 * SECOND,
        10 * SECOND,
        15 * SECOND,
        30 * SECOND,
        MINUTE,
        2 * MINUTE,
        5 * MINUTE,
        10 * MINUTE,
        15 * MINUTE,
        30 * MINUTE,
        HOUR,
        2 * HOUR,
        4 * HOUR,
        8 * HOUR,
        12 * HOUR,
        24 * HOUR,
        48 * HOUR,
        168 * HOUR,
    ];
    let step = STEPS.into_iter().find(|step| end / step <= 5).unwrap_or(end);
    let tick = |i: u64| Tick { left: percent((i * step) as f64, end as f64), text: tick_text(i * step) };
    // The text of a line at the very end would stand outside.
    (0..=end / step).filter(|i| i * step <= end - end / 20).map(tick).collect()
}

fn tick_text(ms: u64) -> String {
    match ms {
        0 => "0".into(),
        1..1000 => format!("{ms} ms"),
        1000..60_000 => format!("{} s", ms / 1000),
        60_000..3_600_000 if ms.is_multiple_of(60_000) => format!("{} min", ms / 60_000),
        60_000..3_600_000 => format!("{}:{:02} min", ms / 60_000, ms / 1000 % 60),
        _ if ms.is_multiple_of(3_600_000) => format!("{} h", ms / 3_600_000),
        _ => format!("{}:{:02} h", ms / 3_600_000, ms / 60_000 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_between_one_and_five_lines_after_the_start() {
        for end in [1, 3, 37, 999, 1000, 4200, 61_000, 754_000, 3_600_000, 90_000_000, 6_000_000_000] {
            let ticks = ticks(end);
            assert!((1..=6).contains(&ticks.len()), "{end}: {ticks:?}");
            assert_eq!(ticks[0].text, "0");
        }
        let texts: Vec<_> = ticks(754_000).into_iter().map(|tick| tick.text).collect();
        assert_eq!(texts, ["0", "5 min", "10 min"]);
    }
}
