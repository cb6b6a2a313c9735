// SPDX-License-Identifier: Apache-2.0
//! The decision about each case, with its reason.

use super::{Choice, Decision, Facts, Request, RequestError, Selection};
use crate::catalogue::{CaseSpec, Catalogue, Dependency, DriverName};
use crate::pattern::{Pattern, PatternError};
use crate::tier::Tier;
use crate::words;

/// Who implements cases.
pub trait Implementations {
    /// The names of the checks of the entry's case; `None` when nothing implements it, an empty list when they cannot be known
    /// before it runs.
    fn checks_of(&self, entry: &CaseSpec) -> Option<Vec<String>>;
}

/// Decides about every case of `catalogue`.
///
/// # Errors
/// When the request names something that the catalogue does not have.
pub fn select(
    catalogue: &Catalogue,
    facts: &Facts,
    request: &Request,
    drivers: &dyn Implementations,
) -> Result<Selection, RequestError> {
    request.check_names(catalogue)?;
    let choose = |(tier, case): (&std::sync::Arc<dyn Tier>, &CaseSpec)| {
        let Decided { decision, reason, out_of_scope } = decide(tier.as_ref(), case, facts, request, drivers);
        Choice {
            tier: tier.name().to_owned(),
            case_name: case.case_name.clone(),
            project_name: case.project_name.clone(),
            decision,
            reason,
            out_of_scope,
            blocking: case.blocking,
            criteria: case.criteria,
        }
    };
    Ok(Selection {
        version: 1,
        catalogue: catalogue.origin.clone(),
        facts: facts.as_slice().to_vec(),
        cases: catalogue.cases().map(choose).collect(),
    })
}

/// What was decided about a case, and why.
struct Decided {
    decision: Decision,
    reason: String,
    out_of_scope: Option<u32>,
}

impl From<(Decision, String)> for Decided {
    fn from((decision, reason): (Decision, String)) -> Self {
        Self { decision, reason, out_of_scope: None }
    }
}

fn decide(
    tier: &dyn Tier,
    case: &CaseSpec,
    facts: &Facts,
    request: &Request,
    drivers: &dyn Implementations,
) -> Decided {
    if !request.names(tier.name(), &case.case_name) {
        return (Decision::OutOfScope, "not named in the request".to_owned()).into();
    }
    if let Some(glob) = request.excludes(tier.name(), &case.case_name) {
        return (Decision::Excluded, format!("excluded by `{glob}`")).into();
    }
    if !case.enabled {
        return (Decision::Disabled, "the catalogue disables it (`enabled: false`)".to_owned()).into();
    }
    if let Some(reason) = outside_the_loop(tier, facts, request) {
        return (Decision::Environment, reason).into();
    }
    if let Some(unmet) = case.dependencies.iter().find_map(|dependency| unmet(dependency, facts)) {
        return unmet.into();
    }
    let Some(checks) = drivers.checks_of(case) else {
        return (Decision::NoDriver, nobody_runs(&case.driver)).into();
    };
    match request.scope() {
        // What nobody knows beforehand is narrowed down when it runs.
        Some(scope) if !checks.is_empty() && !checks.iter().any(|name| may_be_found(scope, name)) => {
            let reason =
                format!("none of its {} is in the scope {scope:?}", words::counted(checks.len() as u64, "check"));
            let out_of_scope = u32::try_from(checks.len()).ok();
            Decided { decision: Decision::OutOfScope, reason, out_of_scope }
        }
        _ => (Decision::Selected, selected_because(case, facts)).into(),
    }
}

fn nobody_runs(driver: &DriverName) -> String {
    match driver {
        DriverName::Unsaid => {
            "the rules select it, but the catalogue does not say what runs it: it has no key `run`".into()
        }
        named => format!("the rules select it, but nothing here implements `{named}`"),
    }
}

/// A scope that cannot decide within its budget leaves nothing out.
fn may_be_found(scope: &Pattern, name: &str) -> bool {
    !matches!(scope.is_found_in(name), Ok(false))
}

/// A whole run of the catalogue keeps the tiers of its loop; who names a case or a tier wants it now.
fn outside_the_loop(tier: &dyn Tier, facts: &Facts, request: &Request) -> Option<String> {
    let loops = tier.ci_loop().filter(|_| request.is_for_everything())?;
    let fact = facts.get("CI_LOOP")?;
    let outside = !loops.contains(fact.value.as_deref()?);
    outside.then(|| format!("the tier runs in the loops `{loops}`, the loop is {}", fact.in_words()))
}

fn unmet(dependency: &Dependency, facts: &Facts) -> Option<(Decision, String)> {
    let decision = match dependency.variable.as_str() {
        "INSTALLER_TYPE" => Decision::Installer,
        "DEPLOY_SCENARIO" => Decision::Scenario,
        _ => Decision::Environment,
    };
    let value = facts.value(&dependency.variable);
    if value.is_none() && dependency.unknown_passes {
        return None;
    }
    let words = facts.get(&dependency.variable).map(super::Fact::in_words).unwrap_or_else(|| "not given".into());
    let pattern = dependency.pattern.as_str();
    match dependency.pattern.is_found_in(value.unwrap_or_default()) {
        Ok(true) => None,
        Ok(false) => Some((decision, format!("{} is {words}, the case needs `{pattern}`", dependency.variable))),
        Err(e @ (PatternError::TooExpensive { .. } | PatternError::Invalid { .. })) => {
            Some((decision, format!("{} is {words}: {e}", dependency.variable)))
        }
    }
}

fn selected_because(case: &CaseSpec, facts: &Facts) -> String {
    let met = |d: &Dependency| match facts.get(&d.variable) {
        _ if d.pattern.as_str().is_empty() => None,
        Some(fact) if fact.value.is_some() => Some(format!("{} {} fits", d.variable, fact.in_words())),
        _ if d.unknown_passes => Some(format!("{} is not given, so not checked", d.variable)),
        _ => Some(format!("{} is not given, which fits", d.variable)),
    };
    let reasons: Vec<String> = case.dependencies.iter().filter_map(met).collect();
    if reasons.is_empty() { "no condition speaks against it".into() } else { reasons.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Known;

    impl Implementations for Known {
        fn checks_of(&self, entry: &CaseSpec) -> Option<Vec<String>> {
            (entry.driver.to_string() == "known").then(|| vec!["one".into(), "two".into()])
        }
    }

    fn decisions(yaml: &str, given: &[(&str, &str)], request: Request) -> Vec<(String, Decision)> {
        let catalogue = Catalogue::parse("t", yaml).unwrap();
        let given: Vec<_> = given.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
        let facts = Facts::gather(&catalogue, &given, &|_| None, &[]).unwrap();
        let selection = select(&catalogue, &facts, &request, &Known).unwrap();
        selection.cases.into_iter().map(|c| (c.case_name, c.decision)).collect()
    }

    const XTESTING: &str = "tiers: [{name: t, testcases: [
        {case_name: a, run: {name: known}, dependencies: [{NO_TENANT_NETWORK: '^(?![tT]rue$)'}]},
        {case_name: b, run: {name: other}},
        {case_name: c, run: {name: known}, enabled: false},
        {case_name: d, run: {name: known}, dependencies: [{DASHBOARD_URL: '.+'}]},
        {case_name: e, run: {name: known}, dependencies: [{INSTALLER_TYPE: apex}]},
    ]}]";

    #[test]
    fn every_case_has_its_decision() {
        use Decision::*;
        let expected = [("a", Selected), ("b", NoDriver), ("c", Disabled), ("d", Environment), ("e", Installer)];
        let expected: Vec<_> = expected.iter().map(|(name, d)| (name.to_string(), *d)).collect();
        assert_eq!(decisions(XTESTING, &[], Request::default()), expected);
        let apex =
            decisions(XTESTING, &[("INSTALLER_TYPE", "apex"), ("NO_TENANT_NETWORK", "True")], Request::default());
        assert_eq!((apex[0].1, apex[4].1), (Environment, Selected));
    }

    #[test]
    fn requests_narrow() {
        use Decision::*;
        let request = |names: &[&str], exclude: &[&str], scope| {
            let owned = |texts: &[&str]| texts.iter().map(|t| t.to_string()).collect::<Vec<_>>();
            Request::new(&owned(names), &owned(exclude), scope).unwrap()
        };
        assert_eq!(decisions(XTESTING, &[], request(&["b"], &[], None))[0].1, OutOfScope);
        assert_eq!(decisions(XTESTING, &[], request(&[], &["a*"], None))[0].1, Excluded);
        assert_eq!(decisions(XTESTING, &[], request(&[], &[], Some("^three$")))[0].1, OutOfScope);
        assert_eq!(decisions(XTESTING, &[], request(&["t"], &[], Some("tw")))[0].1, Selected);
    }

    #[test]
    fn loops_keep_tiers_of_a_whole_run_only() {
        let yaml = "tiers: [{name: w, ci_loop: weekly, testcases: [{case_name: a, run: {name: known}}]}]";
        let daily = [("CI_LOOP", "daily")];
        assert_eq!(decisions(yaml, &daily, Request::default())[0].1, Decision::Environment);
        assert_eq!(decisions(yaml, &[("CI_LOOP", "weekly")], Request::default())[0].1, Decision::Selected);
        let named = Request::new(&["a".into()], &[], None).unwrap();
        assert_eq!(decisions(yaml, &daily, named)[0].1, Decision::Selected);
    }
}
