// SPDX-License-Identifier: Apache-2.0
//! A tier that no file describes: its test cases are made of what the program is told.

use functest::core::catalogue::CaseSpec;
use functest::core::{Scenario, Tier};
use serde_json::Value;

/// Commands of the site, each of which must end with 0.
#[derive(Debug)]
pub(crate) struct Smoke {
    description: String,
    cases: Vec<CaseSpec>,
}

impl Smoke {
    /// A case for each `NAME=COMMAND`. In a scenario that is highly available one that fails does not end the run: there is
    /// another controller.
    ///
    /// # Errors
    /// With an argument of another form.
    pub(crate) fn new(scenario: &dyn Scenario, commands: &[String]) -> Result<Self, String> {
        let blocking = scenario.high_availability() != Some(true);
        let controller = scenario.controller().unwrap_or("no SDN controller");
        let features = scenario.features();
        let features = if features.is_empty() { "no feature".to_owned() } else { features.join(" and ") };
        let cases = commands.iter().map(|command| case(command, blocking)).collect::<Result<_, _>>()?;
        Ok(Self { description: format!("The site's own commands, with {controller} and {features}."), cases })
    }
}

/// An entry as a file would have it, run by the driver of Xtesting's `bashfeature`.
fn case(argument: &str, blocking: bool) -> Result<CaseSpec, String> {
    let Some((name, command)) = argument.split_once('=').filter(|(name, _)| !name.is_empty()) else {
        return Err(format!("expected NAME=COMMAND, found {argument:?}"));
    };
    let mut case = CaseSpec::new(name, "bashfeature");
    case.project_name = "site".into();
    case.description = format!("`{command}` ends with 0.");
    case.blocking = blocking;
    case.args.insert("cmd".into(), Value::from(command));
    // Foreign cases take the whole cloud unless their entry says otherwise.
    case.extra.insert("excludes".into(), Value::from("nothing"));
    Ok(case)
}

impl Tier for Smoke {
    fn name(&self) -> &str {
        "smoke"
    }

    fn description(&self) -> &str {
        &self.description
    }

    fn test_cases(&self) -> &[CaseSpec] {
        &self.cases
    }
}

#[cfg(test)]
mod tests {
    use functest::core::scenario::ScenarioName;

    use super::*;

    #[test]
    fn the_scenario_shapes_the_tier() {
        let smoke = |scenario: &str| Smoke::new(&ScenarioName(scenario.into()), &["a=true".into()]).unwrap();
        let plain = smoke("os-nosdn-nofeature-noha");
        assert_eq!(plain.description, "The site's own commands, with no SDN controller and no feature.");
        assert!(plain.cases[0].blocking);
        let rich = smoke("os-odl_l2-ovs_dpdk-ha");
        assert_eq!(rich.description, "The site's own commands, with odl_l2 and ovs and dpdk.");
        assert!(!rich.cases[0].blocking);
        assert!(Smoke::new(&ScenarioName("x".into()), &["true".into()]).is_err());
    }
}
