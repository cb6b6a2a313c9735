// SPDX-License-Identifier: Apache-2.0
//! The catalogues that OPNFV published load as they are, and select what their own releases selected; what is broken is
//! refused with its place.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by ending")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use functest_core::Tier;
use functest_core::catalogue::{Catalogue, CatalogueError, DriverName, Generation, Severity};
use functest_core::criteria::{Comparison, Criteria};
use functest_core::driver::Drivers;
use functest_core::selection::{Decision, FactSource, Facts, Request, Selection, select};

fn published(name: &str) -> Catalogue {
    let file: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalogues").join(name);
    Catalogue::load(&file).unwrap()
}

fn danube() -> Catalogue {
    published("functest-danube.yaml")
}

fn euphrates() -> Catalogue {
    published("functest-euphrates.yaml")
}

/// What becomes of the whole catalogue when these variables are set.
fn selection(catalogue: &Catalogue, variables: &[(&str, &str)]) -> Selection {
    let given: Vec<_> = variables.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let facts = Facts::gather(catalogue, &given, &|_| None, &[]).unwrap();
    select(catalogue, &facts, &Request::default(), &Drivers::default()).unwrap()
}

/// The names of what the rules select, whether or not somebody implements it.
fn chosen(catalogue: &Catalogue, variables: &[(&str, &str)]) -> Vec<String> {
    let cases = selection(catalogue, variables).cases.into_iter();
    let chosen = cases.filter(|choice| matches!(choice.decision, Decision::Selected | Decision::NoDriver));
    chosen.map(|choice| choice.case_name).collect()
}

fn sut<'a>(installer: &'a str, scenario: &'a str) -> Vec<(&'a str, &'a str)> {
    let facts = [("INSTALLER_TYPE", installer), ("DEPLOY_SCENARIO", scenario)];
    facts.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

#[test]
fn published_catalogues_load_without_a_word() {
    use Generation::*;
    let table = [
        ("functest-danube.yaml", Danube, "healthcheck 3, smoke 10, features 11, components 3, vnf 4"),
        ("functest-euphrates.yaml", Euphrates, "healthcheck 3, smoke 9, features 6, components 2, vnf 4"),
        ("functest-master-healthcheck.yaml", Xtesting, "healthcheck 12"),
        ("functest-master-smoke.yaml", Xtesting, "smoke 18"),
        ("xtesting-samples.yaml", Xtesting, "samples 8"),
    ];
    for (name, generation, tiers) in table {
        let catalogue = published(name);
        assert_eq!(catalogue.warnings, [], "{name}");
        assert_eq!(catalogue.generation, generation, "{name}");
        let tier = |tier: &Arc<dyn Tier>| format!("{} {}", tier.name(), tier.test_cases().len());
        let found: Vec<_> = catalogue.tiers.iter().map(tier).collect();
        assert_eq!(found.join(", "), tiers, "{name}");
    }
}

#[test]
fn danube_selects_what_danube_selected() {
    // By hand from the published conditions: healthcheck, smoke | features | components, vnf.
    let table = [
        (
            ("apex", "os-odl_l2-nofeature-ha"),
            "connection_check api_check snaps_health_check \
             vping_ssh vping_userdata tempest_smoke_serial rally_sanity refstack_defcore odl snaps_smoke \
             doctor security_scan \
             tempest_full_parallel rally_full cloudify_ims orchestra_ims",
        ),
        (
            ("fuel", "os-odl_l2-sfc-ha"),
            "connection_check api_check snaps_health_check \
             vping_ssh vping_userdata tempest_smoke_serial rally_sanity refstack_defcore odl snaps_smoke \
             promise doctor odl-sfc parser domino \
             tempest_full_parallel rally_full cloudify_ims orchestra_ims",
        ),
        (
            // Containers in place of virtual machines: nothing that watches a console, no userdata.
            ("joid", "os-nosdn-lxd-noha"),
            "connection_check api_check \
             vping_ssh tempest_smoke_serial rally_sanity refstack_defcore \
             promise \
             tempest_full_parallel rally_full cloudify_ims orchestra_ims",
        ),
        (
            ("compass", "os-onos-sfc-ha"),
            "connection_check api_check snaps_health_check \
             vping_ssh vping_userdata tempest_smoke_serial rally_sanity refstack_defcore onos snaps_smoke \
             onos_sfc domino \
             tempest_full_parallel rally_full orchestra_ims",
        ),
        (
            // No vping_ssh (`odl-bgpvpn`), no cloudify_ims (`^(os-odl)((?!bgpvpn).)*$`).
            ("apex", "os-odl-bgpvpn-ha"),
            "connection_check api_check snaps_health_check \
             vping_userdata tempest_smoke_serial rally_sanity refstack_defcore odl snaps_smoke \
             doctor bgpvpn security_scan \
             tempest_full_parallel rally_full orchestra_ims",
        ),
        (
            // An installer that is not given is not checked; the scenario is then os-nosdn-nofeature-noha.
            ("", ""),
            "connection_check api_check snaps_health_check \
             vping_ssh vping_userdata tempest_smoke_serial rally_sanity refstack_defcore snaps_smoke \
             promise doctor security_scan domino \
             tempest_full_parallel rally_full cloudify_ims orchestra_ims vyos_vrouter",
        ),
    ];
    for ((installer, scenario), expected) in table {
        let found = chosen(&danube(), &sut(installer, scenario));
        assert_eq!(found, words(expected), "installer {installer:?}, scenario {scenario:?}");
    }
}

#[test]
fn euphrates_selects_what_euphrates_selected() {
    let table = [
        (
            ("joid", "os-nosdn-lxd-noha"),
            "connection_check \
             vping_ssh tempest_smoke_serial rally_sanity refstack_defcore \
             promise domino-multinode \
             tempest_full_parallel rally_full",
        ),
        (
            ("daisy", "os-nosdn-nofeature-ha"),
            "connection_check api_check snaps_health_check \
             vping_ssh vping_userdata tempest_smoke_serial rally_sanity refstack_defcore snaps_smoke \
             domino-multinode \
             tempest_full_parallel rally_full cloudify_ims vyos_vrouter orchestra_openims orchestra_clearwaterims",
        ),
        (
            ("apex", "os-odl-bgpvpn-ha"),
            "connection_check api_check snaps_health_check \
             vping_userdata tempest_smoke_serial rally_sanity refstack_defcore odl snaps_smoke \
             doctor-notification bgpvpn domino-multinode \
             tempest_full_parallel rally_full",
        ),
    ];
    for ((installer, scenario), expected) in table {
        let found = chosen(&euphrates(), &sut(installer, scenario));
        assert_eq!(found, words(expected), "installer {installer}, scenario {scenario}");
    }
}

#[test]
fn a_daily_run_leaves_weekly_tiers_out() {
    let daily = [("CI_LOOP", "daily")];
    let weekly_cases = |catalogue: &Catalogue| {
        let cases = selection(catalogue, &daily).cases.into_iter();
        let outside = cases.filter(|choice| choice.decision == Decision::Environment);
        outside.map(|choice| choice.case_name).collect::<Vec<_>>()
    };
    let components_and_vnf = "tempest_full_parallel tempest_custom rally_full \
                              cloudify_ims orchestra_ims opera_ims vyos_vrouter";
    assert_eq!(weekly_cases(&danube()), words(components_and_vnf));
    assert_eq!(weekly_cases(&euphrates()), words("tempest_full_parallel rally_full"));
}

#[test]
fn what_is_not_selected_says_why() {
    let selection = selection(&danube(), &sut("joid", "os-nosdn-lxd-noha"));
    let choice = |name: &str| selection.cases.iter().find(|choice| choice.case_name == name).unwrap();
    let table = [
        ("doctor", Decision::Installer, "INSTALLER_TYPE is `joid`, the case needs `(apex)|(fuel)`"),
        (
            "snaps_health_check",
            Decision::Scenario,
            "DEPLOY_SCENARIO is `os-nosdn-lxd-noha`, the case needs `^((?!lxd).)*$`",
        ),
        // `unknown` stands for never.
        ("tempest_custom", Decision::Installer, "INSTALLER_TYPE is `joid`, the case needs `unknown`"),
        (
            "promise",
            Decision::NoDriver,
            "the rules select it, but nothing here implements `functest.opnfv_tests.features.promise.Promise`",
        ),
    ];
    for (name, decision, reason) in table {
        assert_eq!((choice(name).decision, choice(name).reason.as_str()), (decision, reason), "{name}");
    }
}

#[test]
fn danube_cases_are_read_in_full() {
    let catalogue = danube();
    let case = |name: &str| catalogue.cases().map(|(_, case)| case).find(|case| case.case_name == name).unwrap();
    let at_least = |percent| Criteria::SuccessRate(Comparison::AtLeast, percent);
    let table = [
        ("connection_check", "functest", Criteria::StatusPass, true),
        ("rally_sanity", "functest", Criteria::SuccessRate(Comparison::Equal, 100.0), false),
        ("bgpvpn", "sdnvpn", Criteria::StatusPass, false),
        ("onos_sfc", "functest", Criteria::StatusPass, true),
        ("parser", "parser", Criteria::ReturnCode(Comparison::Equal, 0), false),
        ("tempest_full_parallel", "functest", at_least(80.0), false),
        ("rally_full", "functest", at_least(90.0), false),
    ];
    for (name, project, criteria, blocking) in table {
        let case = case(name);
        assert_eq!((case.project_name.as_str(), case.criteria, case.blocking), (project, criteria, blocking), "{name}");
    }
    let netvirt = case("odl_netvirt");
    assert_eq!(netvirt.driver.to_string(), "functest.opnfv_tests.sdn.odl.odl.ODLTests");
    assert_eq!(netvirt.args["suites"].as_array().unwrap().len(), 3);
    let tier = &catalogue.tiers[3];
    assert_eq!((tier.name(), tier.order(), tier.ci_loop()), ("components", Some(3), Some("weekly")));
}

#[test]
fn euphrates_cases_are_read_in_full() {
    let catalogue = euphrates();
    let case = |name: &str| catalogue.cases().map(|(_, case)| case).find(|case| case.case_name == name).unwrap();
    assert_eq!(case("fds").project_name, "fastdatastacks");
    assert_eq!(case("cloudify_ims").criteria, Criteria::at_least(80.0).unwrap());
    assert!(case("vping_ssh").blocking && !case("odl").blocking);
    let promise = case("promise");
    assert_eq!(promise.driver.to_string(), "functest.core.feature.BashFeature");
    assert_eq!(promise.args["cmd"], "run_promise_tests.py");
}

#[test]
fn master_depends_on_variables() {
    let catalogue = published("functest-master-healthcheck.yaml");
    let all = "connection_check tenantnetwork1 tenantnetwork2 vmready1 vmready2 singlevm1 singlevm2 vping_ssh \
               vping_userdata cinder_test tempest_smoke tempest_horizon";
    let without = |names: &[&str]| words(all).into_iter().filter(|name| !names.contains(name)).collect::<Vec<_>>();
    // A variable that is not set is an empty text: it fits `^(?![tT]rue$)`, not `^(?!\s*$).+`.
    assert_eq!(chosen(&catalogue, &[]), without(&["tempest_horizon"]));
    let no_networks = without(&["tempest_horizon", "tenantnetwork1", "tenantnetwork2"]);
    assert_eq!(chosen(&catalogue, &[("NO_TENANT_NETWORK", "True")]), no_networks);
    assert_eq!(chosen(&catalogue, &[("DASHBOARD_URL", "http://horizon")]), words(all));
    let installer =
        selection(&catalogue, &[]).facts.into_iter().find(|fact| fact.variable == "INSTALLER_TYPE").unwrap();
    assert_eq!((installer.value.as_deref(), installer.source), (Some("unknown"), FactSource::Default));
    let (_, smoke) = catalogue.cases().find(|(_, case)| case.case_name == "tempest_smoke").unwrap();
    assert_eq!(smoke.driver, DriverName::Name { name: "tempest_common".into() });
    assert_eq!(smoke.args["mode"], r"(?=.*\[.*\bsmoke\b.*\])(^tempest\.api)");
}

#[test]
fn xtesting_disables_cases() {
    let catalogue = published("xtesting-samples.yaml");
    assert_eq!(chosen(&catalogue, &[]), words("first second third fourth nineth"));
    let disabled = selection(&catalogue, &[]).cases.into_iter().filter(|c| c.decision == Decision::Disabled);
    assert_eq!(disabled.map(|c| c.case_name).collect::<Vec<_>>(), words("fifth sixth eighth"));
}

/// One line of a tier, then its cases: the rows below begin where a case does.
const TIER: &str = "tiers:\n- name: t\n  testcases:\n";

#[test]
fn what_is_broken_is_refused_with_its_place() {
    let case = |text: &str| format!("{TIER}{text}");
    let table: Vec<(String, usize, &str, &str)> = vec![
        // The file.
        ("".into(), 1, "", "the file is empty"),
        ("# nothing but a comment\n".into(), 1, "", "the file is empty"),
        ("tiers\n".into(), 1, "", "expected a map, found a text"),
        ("- name: t\n".into(), 1, "", "expected a map, found a list"),
        ("tears: []\n".into(), 1, "", "the key `tiers` is missing"),
        ("tiers: []\n".into(), 1, "tiers", "no tier is listed"),
        ("tiers: all\n".into(), 1, "tiers", "expected a list, found the text \"all\""),
        ("tiers:\n- name: t\n---\ntiers: []\n".into(), 3, "", "a second document starts here"),
        // YAML.
        ("tiers:\n- name: [t\n".into(), 3, "", "not YAML"),
        // A tab that indents: the parser's place is where the value began that the tab would go on with.
        ("tiers:\n- name: t\n\ttestcases: []\n".into(), 2, "", "not YAML"),
        ("tiers:\n- name: t\n  order: *zero\n".into(), 3, "", "not YAML"),
        ("tiers:\n- {[a]: b}\n".into(), 2, "", "a key must be a plain value, this is a list"),
        // A tier.
        ("tiers:\n- order: 0\n".into(), 2, "tiers[0]", "the key `name` is missing"),
        ("tiers:\n- name: ' '\n".into(), 2, "tiers[0].name", "a name may not be empty"),
        ("tiers:\n- name: t\n  order: first\n".into(), 3, "tiers[0].order", "expected a whole number"),
        ("tiers:\n- name: t\n  testcases: {a: b}\n".into(), 3, "tiers[0].testcases", "expected a list, found a map"),
        ("tiers:\n- name: t\n- name: t\n".into(), 3, "tiers[1].name", "the tier `t` is listed already, in line 2"),
        // A case.
        (case("  - vping\n"), 4, "tiers[0].testcases[0]", "expected a map, found the text \"vping\""),
        (case("  - run: {name: x}\n"), 4, "tiers[0].testcases[0]", "the key `case_name` is missing"),
        (
            case("  - {casename: a, run: {name: x}}\n"),
            4,
            "tiers[0].testcases[0]",
            "the key `case_name` is missing (is `casename` meant for it?)",
        ),
        (case("  - case_name: a\n"), 4, "tiers[0].testcases[0]", "the key `run` is missing"),
        (
            case("  - {name: a, run: {module: m, class: C}}\n  - name: b\n"),
            5,
            "tiers[0].testcases[1]",
            "the key `run` is missing",
        ),
        (
            case("  - {case_name: yes, run: {name: x}}\n"),
            4,
            "tiers[0].testcases[0].case_name",
            "expected a name (one that YAML takes for something else than a text needs quotes), found the boolean true",
        ),
        (
            case("  - {case_name: ~, run: {name: x}}\n"),
            4,
            "tiers[0].testcases[0].case_name",
            "expected a name (one that YAML takes for something else than a text needs quotes), found nothing",
        ),
        (
            case("  - {case_name: a, run: {name: x}}\n  - {case_name: a, run: {name: x}}\n"),
            5,
            "tiers[0].testcases[1]",
            "the test case `a` is listed already, in line 4",
        ),
        (
            case("  - case_name: a\n    blocking: 'yes'\n    run: {name: x}\n"),
            5,
            "tiers[0].testcases[0].blocking",
            "expected true or false, found the text \"yes\"",
        ),
        // Criteria.
        (
            case("  - case_name: a\n    criteria: 101\n    run: {name: x}\n"),
            5,
            "tiers[0].testcases[0].criteria",
            "\"101\" is not a criterion",
        ),
        (
            case("  - case_name: a\n    criteria: success_rate >= most\n    run: {name: x}\n"),
            5,
            "tiers[0].testcases[0].criteria",
            "\"success_rate >= most\" is not a criterion",
        ),
        (
            case("  - case_name: a\n    criteria: [100]\n    run: {name: x}\n"),
            5,
            "tiers[0].testcases[0].criteria",
            "expected a number from 0 to 100 or a condition, found a list",
        ),
        (
            case("  - case_name: a\n    criteria: success_rate < 100%\n    run: {name: x}\n"),
            5,
            "tiers[0].testcases[0].criteria",
            "the criteria `success_rate < 100%` is refused: a case that fails more would meet it sooner",
        ),
        (
            case("  - case_name: a\n    criteria: ret != 0\n    run: {name: x}\n"),
            5,
            "tiers[0].testcases[0].criteria",
            "the criteria `ret != 0` is refused: it is met by many exit statuses, of failures too",
        ),
        // Dependencies.
        (
            case("  - case_name: a\n    run: {name: x}\n    dependencies:\n      installer: '('\n"),
            7,
            "tiers[0].testcases[0].dependencies.installer",
            "\"(\" is not a regular expression",
        ),
        (
            case("  - case_name: a\n    run: {name: x}\n    dependencies:\n    - A: x\n    - B: '[z-a]'\n"),
            8,
            "tiers[0].testcases[0].dependencies[1].B",
            "\"[z-a]\" is not a regular expression",
        ),
        (
            case("  - case_name: a\n    run: {name: x}\n    dependencies: apex\n"),
            6,
            "tiers[0].testcases[0].dependencies",
            "expected a map with `installer` and `scenario`, or a list",
        ),
        (
            case("  - {case_name: a, run: {name: x}, dependencies: {NO_TENANT_NETWORK: '^(?![tT]rue$)'}}\n"),
            4,
            "tiers[0].testcases[0].dependencies.NO_TENANT_NETWORK",
            "expected `installer` or `scenario`; a condition on a variable is an item of a list, as in \
             `- NO_TENANT_NETWORK: REGEX`",
        ),
        (
            case("  - {case_name: a, run: {name: x}, dependencies: {instaler: apex}}\n"),
            4,
            "tiers[0].testcases[0].dependencies.instaler",
            "expected `installer` or `scenario`; did you mean `installer`?",
        ),
        (
            case("  - {case_name: a, run: {name: x}, dependencies: {installer: [apex, fuel]}}\n"),
            4,
            "tiers[0].testcases[0].dependencies.installer",
            "expected a regular expression, as in `(apex)|(fuel)`, found a list",
        ),
        (
            case("  - {case_name: a, run: {name: x}, dependencies: [{scenario: '^((?!lxd).)*$'}]}\n"),
            4,
            "tiers[0].testcases[0].dependencies[0].scenario",
            "`scenario` is no variable: expected a map, `dependencies: {scenario: REGEX}`",
        ),
        (
            case("  - {case_name: a, run: {name: x}, dependencies: [NO_TENANT_NETWORK=true]}\n"),
            4,
            "tiers[0].testcases[0].dependencies[0]",
            "expected a map of one variable, as in `- NO_TENANT_NETWORK: regex`, found the text",
        ),
        (
            case("  - {case_name: a, run: {name: x}, dependencies: [{NO_TENANT_NETWORK: }]}\n"),
            4,
            "tiers[0].testcases[0].dependencies[0].NO_TENANT_NETWORK",
            "expected a regular expression, as in `- NO_TENANT_NETWORK: regex`, found nothing",
        ),
        (
            case("  - {case_name: a, run: {name: x}, dependencies: [{NO TENANT: x}]}\n"),
            4,
            "tiers[0].testcases[0].dependencies[0].NO TENANT",
            "expected the name of a variable",
        ),
        (
            case("  - {case_name: a, run: {name: x}, dependencies: [{}]}\n"),
            4,
            "tiers[0].testcases[0].dependencies[0]",
            "expected a map of one variable, as in `- NO_TENANT_NETWORK: regex`, found an empty map",
        ),
        (
            case("  - {case_name: a, run: {name: x}, dependancies: [{A: x}]}\n"),
            4,
            "tiers[0].testcases[0].dependancies",
            "unknown key: did you mean `dependencies`?",
        ),
        (
            case("  - {case_name: a, run: {name: x}, enabeld: false}\n"),
            4,
            "tiers[0].testcases[0].enabeld",
            "unknown key: did you mean `enabled`?",
        ),
        ("tiers:\n- {name: t, ci_lop: weekly}\n".into(), 2, "tiers[0].ci_lop", "unknown key: did you mean `ci_loop`?"),
        // Run.
        (
            case("  - case_name: a\n    run: {module: m}\n"),
            5,
            "tiers[0].testcases[0].run",
            "expected `name`, or `module` and `class`",
        ),
        (
            case("  - case_name: a\n    run: {name: [x]}\n"),
            5,
            "tiers[0].testcases[0].run.name",
            "expected a text, found a list",
        ),
        (
            case("  - case_name: a\n    run: {name: x, args: [1]}\n"),
            5,
            "tiers[0].testcases[0].run.args",
            "expected a map, found a list",
        ),
    ];
    for (text, line, path, message) in &table {
        let error = Catalogue::parse("broken.yaml", text).expect_err(text);
        let CatalogueError::Invalid { diagnostics, .. } = &error else { panic!("{text}\n{error}") };
        let found: Vec<_> = diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
        let expected = |d: &&&functest_core::catalogue::Diagnostic| {
            d.line == *line && d.path == *path && d.message.starts_with(message)
        };
        assert_eq!(
            found.iter().filter(expected).count(),
            1,
            "{text}\nexpected {line}: {path}: {message}\nfound {error}"
        );
        assert_eq!(found.len(), 1, "one error, one message:\n{text}\n{error}");
        assert!(error.to_string().starts_with(&format!("broken.yaml:{line}:")), "{error}");
    }
}

#[test]
fn names_are_as_pyyaml_prints_them() {
    let table = [
        ("1.0", "1.0"),
        ("1.50", "1.5"),
        ("1e3", "1e3"),
        ("1.0e+3", "1000.0"),
        ("1.0e+20", "1e+20"),
        ("0x1F", "31"),
        ("007", "7"),
        ("089", "089"),
        ("1_000", "1000"),
        ("1:30", "90"),
        (".inf", "inf"),
        ("2017-01-01", "2017-01-01"),
        ("'yes'", "yes"),
        ("'1.0'", "1.0"),
    ];
    for (written, name) in table {
        let text =
            format!("tiers: [{{name: {written}, testcases: [{{case_name: {written}, run: {{name: {written}}}}}]}}]");
        let catalogue = Catalogue::parse("t", &text).unwrap();
        let (tier, case) = catalogue.cases().next().unwrap();
        assert_eq!((tier.name(), case.case_name.as_str(), case.driver.to_string().as_str()), (name, name, name));
    }
}

#[test]
fn colorado_did_not_say_what_runs_a_case() {
    let text = "tiers:\n- name: healthcheck\n  order: 0\n  ci_loop: '(daily)|(weekly)'\n  testcases:\n  \
                - name: healthcheck\n    criteria: 'status == \"PASS\"'\n    blocking: true\n    clean_flag: false\n    \
                dependencies: {installer: '', scenario: ''}\n  \
                - name: promise\n    criteria: 'success_rate == 100%'\n    blocking: false\n    \
                dependencies: {installer: '(fuel)|(joid)', scenario: ''}\n";
    let catalogue = Catalogue::parse("colorado.yaml", text).unwrap();
    assert_eq!((catalogue.generation, catalogue.warnings.len()), (Generation::Colorado, 0));
    let found = selection(&catalogue, &sut("apex", "os-nosdn-nofeature-ha"));
    assert_eq!((found.cases[0].decision, found.cases[1].decision), (Decision::NoDriver, Decision::Installer));
    let reason = "the rules select it, but the catalogue does not say what runs it: it has no key `run`";
    assert_eq!(found.cases[0].reason, reason);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Catalogue::load(Path::new("no/such/testcases.yaml")).unwrap_err().to_string();
    assert!(error.starts_with("cannot read the catalogue no/such/testcases.yaml: "), "{error}");
}
