// SPDX-License-Identifier: Apache-2.0
//! `functest openstack check`.

use functest::{CheckReport, CheckRequest, Functest, SandboxRequest};
use owo_colors::OwoColorize;

use crate::error::Error;
use crate::output::Output;
use crate::runtime::block_on;
use crate::table::table;

/// Connect, and list services, versions, roles, and what is missing for which case.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:
  functest openstack check --cloud mycloud")]
pub(crate) struct Args {
    /// The cloud: a name in clouds.yaml, or the path of an openrc file [default: $OS_CLOUD, or the OS_* variables].
    #[arg(long, value_name = "NAME")]
    cloud: Option<String>,
    /// A setting of the run (`run.KEY=VALUE`); may be given more than once.
    #[arg(long, value_name = "run.KEY=VALUE")]
    set: Vec<String>,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

pub(super) fn execute(functest: &Functest, args: Args, output: &Output) -> Result<u8, Error> {
    let request = CheckRequest { cloud: args.cloud, sandbox: SandboxRequest::default(), set: args.set };
    output.note("Connecting ...");
    let report = block_on(async { Ok(functest.openstack().check(&request).await?) })?;
    output.warnings(&report.notices);
    if args.json {
        output.json(&report)?;
    } else {
        print(&report, output)?;
    }
    Ok(report.exit_code())
}

fn print(report: &CheckReport, output: &Output) -> Result<(), Error> {
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
    let cloud = &report.cloud;
    let name = cloud.name.as_deref().unwrap_or("the cloud of the OS_* variables");
    output.line(format!("{} at {}", name.style(output.styles.strong), cloud.auth_url))?;
    let admin = if report.report.is_admin { "an administrator" } else { "no administrator" };
    let (user, project) = (or_none(&cloud.user), or_none(&cloud.project));
    let roles = report.report.roles.join(", ");
    output
        .line(format!("user {user} in project {project}, region {}: {admin}; roles {roles}", or_none(&cloud.region)))?;
    let mut services = table(&["service", "name", "version", "endpoint"], output);
    for service in &report.report.services {
        let endpoint = match (&service.problem, &service.url) {
            (Some(problem), _) => problem.clone(),
            (None, Some(url)) => url.clone(),
            (None, None) if service.is_used() => "no endpoint in this region, by this interface".into(),
            (None, None) => "not used by functest".into(),
        };
        services.add_row([&service.service_type, &service.name, &or_none(&service.versions), &endpoint]);
    }
    output.table(&services)?;
    let mut cases = table(&["case", "can run", "missing"], output);
    for case in &report.cases {
        let (word, missing) = match (case.missing.is_empty(), case.missing_for_some_checks.is_empty()) {
            (true, true) => ("yes", String::new()),
            (true, false) => ("in part", case.missing_for_some_checks.join(", ")),
            (false, _) => ("no", case.missing.join(", ")),
        };
        cases.add_row([case.case_name.as_str(), word, missing.as_str()]);
    }
    output.table(&cases)
}
