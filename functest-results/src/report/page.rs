// SPDX-License-Identifier: Apache-2.0
//! Everything on the page, in the words and the order of the page.

use functest_core::record::{CaseRecord, RunRecord, RunState};
use functest_core::selection::Decision;
use serde::Serialize;

use super::api::Api;
use super::case::{self, CaseView, LeftView, MessageView};
use super::facts::{self, Group};
use super::headline::Headline;
use super::timeline::Timeline;
use crate::words;

/// What the template is given.
#[derive(Debug, Serialize)]
pub(super) struct Page<'a> {
    title: String,
    run_id: &'a str,
    functest: &'a str,
    started: String,
    ended: String,
    headline: Headline,
    unfinished: bool,
    interrupted: bool,
    cloud: Option<&'a str>,
    facts: Vec<Group>,
    left: Vec<LeftView<'a>>,
    notices: &'a [String],
    warnings: Vec<MessageView<'a>>,
    messages_of_run: Vec<MessageView<'a>>,
    tiers: Vec<TierView<'a>>,
    /// Whether any case has more to tell than the summary does.
    has_details: bool,
    not_selected: Vec<NotSelected<'a>>,
    timeline: Option<Timeline>,
    api: Option<Api>,
}

/// The cases of one tier that were to run.
#[derive(Debug, Serialize)]
struct TierView<'a> {
    name: &'a str,
    cases: Vec<CaseView<'a>>,
}

/// A case that was not to run.
#[derive(Debug, Serialize)]
struct NotSelected<'a> {
    name: &'a str,
    tier: &'a str,
    project: &'a str,
    decision: &'static str,
    reason: &'a str,
}

impl<'a> Page<'a> {
    pub(super) fn of(record: &'a RunRecord) -> Self {
        let head = &record.head;
        let headline = Headline::of(record);
        let cloud = head.cloud.as_ref().map(|cloud| cloud.name.as_deref().unwrap_or(&cloud.auth_url));
        let tiers = tiers(record);
        let title = format!("{} \u{b7} {} \u{b7} functest", headline.title, cloud.unwrap_or("no cloud"));
        Self {
            title,
            run_id: &head.run_id,
            functest: &head.functest,
            started: words::timestamp(record.started),
            ended: ended(record),
            headline,
            unfinished: record.state == RunState::Unfinished,
            interrupted: record.state == RunState::Interrupted,
            cloud,
            facts: facts::groups(record),
            left: case::left(&record.left),
            notices: &head.notices,
            warnings: case::messages(record.warnings()),
            messages_of_run: case::messages(&record.messages),
            has_details: tiers.iter().flat_map(|tier| &tier.cases).any(CaseView::has_details),
            tiers,
            not_selected: record.cases.iter().filter(|case| !case::was_to_run(case)).map(not_selected).collect(),
            timeline: Timeline::of(record),
            api: Api::of(record),
        }
    }
}

/// The end of the run; its start when there is no such date.
fn ended(record: &RunRecord) -> String {
    let duration = i64::try_from(record.duration_ms).ok().and_then(chrono::Duration::try_milliseconds);
    let end = duration.and_then(|duration| record.started.checked_add_signed(duration));
    words::date_and_time(end.unwrap_or(record.started))
}

fn tiers(record: &RunRecord) -> Vec<TierView<'_>> {
    let mut tiers: Vec<TierView<'_>> = Vec::new();
    for (index, case) in record.cases.iter().enumerate().filter(|(_, case)| case::was_to_run(case)) {
        let view = CaseView::of(index, case, &record.head);
        match tiers.iter_mut().find(|tier| tier.name == view.tier()) {
            Some(tier) => tier.cases.push(view),
            None => tiers.push(TierView { name: view.tier(), cases: vec![view] }),
        }
    }
    tiers
}

fn not_selected(case: &CaseRecord) -> NotSelected<'_> {
    let choice = &case.choice;
    let decision = match choice.decision {
        Decision::Selected => "selected",
        Decision::Disabled => "disabled",
        Decision::Installer => "installer",
        Decision::Scenario => "scenario",
        Decision::Environment => "environment",
        Decision::Excluded => "excluded",
        Decision::OutOfScope => "out of scope",
        Decision::NoDriver => "no driver",
    };
    NotSelected {
        name: &choice.case_name,
        tier: &choice.tier,
        project: &choice.project_name,
        decision,
        reason: &choice.reason,
    }
}
