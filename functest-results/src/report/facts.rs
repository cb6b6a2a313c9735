// SPDX-License-Identifier: Apache-2.0
//! What was tested, and by what.

use functest_core::event::{CloudIdentity, RunHead};
use functest_core::record::RunRecord;
use functest_core::selection::{Fact, FactSource};
use serde::Serialize;

use crate::words;

/// One thing known about a run.
#[derive(Debug, Serialize)]
pub(super) struct Known {
    label: String,
    value: String,
    /// Where it is from, when that matters.
    note: Option<String>,
    /// Whether it is to be read letter by letter.
    mono: bool,
}

/// Things known, under one heading.
#[derive(Debug, Serialize)]
pub(super) struct Group {
    title: &'static str,
    known: Vec<Known>,
}

/// Everything known about a run, by subject.
pub(super) fn groups(record: &RunRecord) -> Vec<Group> {
    vec![
        Group { title: "Cloud", known: record.head.cloud.as_ref().map_or_else(no_cloud, cloud) },
        Group { title: "System under test", known: system(&record.head) },
        Group { title: "Run", known: run(record) },
    ]
}

fn plain(label: &str, value: impl Into<String>) -> Known {
    Known { label: label.to_owned(), value: value.into(), note: None, mono: false }
}

fn exact(label: &str, value: impl Into<String>) -> Known {
    Known { mono: true, ..plain(label, value) }
}

fn no_cloud() -> Vec<Known> {
    vec![plain("Name", "none: no case of this run needs one")]
}

fn cloud(cloud: &CloudIdentity) -> Vec<Known> {
    let name = cloud.name.as_deref();
    let mut all = vec![
        Known {
            note: name.is_none().then(|| "named by variables (OS_*)".into()),
            ..plain("Name", name.unwrap_or("without a name"))
        },
        exact("Auth URL", &cloud.auth_url),
    ];
    all.extend(cloud.sandbox.then(|| plain("Kind", "functest's sandbox: no real cloud")));
    all.extend(cloud.region.as_deref().map(|region| plain("Region", region)));
    let project = cloud.project.as_deref().or(cloud.project_id.as_deref());
    let id = cloud.project_id.clone().filter(|id| project.is_some_and(|project| project != id));
    all.extend(project.map(|project| Known { note: id, ..plain("Project", project) }));
    all.extend(cloud.user.as_deref().map(|user| plain("User", user)));
    all
}

fn system(head: &RunHead) -> Vec<Known> {
    let mut all: Vec<_> = head.facts.iter().map(fact).collect();
    all.push(from_variable("Pod", head.node_name.as_deref()));
    all.push(from_variable("Build", head.build_tag.as_deref()));
    all
}

fn fact(fact: &Fact) -> Known {
    let label = match fact.variable.as_str() {
        "INSTALLER_TYPE" => "Installer",
        "DEPLOY_SCENARIO" => "Scenario",
        "CI_LOOP" => "CI loop",
        other => other,
    };
    let note = match fact.source {
        FactSource::Given | FactSource::Unknown => None,
        FactSource::Installer => Some("from the installer".into()),
        FactSource::Environment => Some(format!("from ${}", fact.variable)),
        FactSource::Default => Some("assumed, because it is not given".into()),
    };
    Known { note, ..from_variable(label, fact.value.as_deref()) }
}

fn from_variable(label: &str, value: Option<&str>) -> Known {
    plain(label, value.filter(|value| !value.is_empty()).unwrap_or("not given"))
}

fn run(record: &RunRecord) -> Vec<Known> {
    let head = &record.head;
    let jobs = if head.jobs == 1 { "1 case at a time".into() } else { format!("up to {} cases at a time", head.jobs) };
    let exit_code = record.exit_code.map_or_else(|| "none: there is no end".into(), |code| code.to_string());
    vec![
        plain("Started", words::date_and_time(record.started)),
        Known { note: Some(jobs), ..plain("Duration", words::duration(record.duration_ms)) },
        plain("Exit code", exit_code),
        plain("functest", &head.functest),
        from_variable("Catalogue", Some(&head.catalogue)),
        exact("Run id", &head.run_id),
    ]
}
