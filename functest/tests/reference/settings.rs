// SPDX-License-Identifier: Apache-2.0
//! What can be set: of the run, of every built-in case, and of every driver.

use functest::core::settings::SettingsSpec;
use functest::{
    CaseInfo, CatalogueRequest, Functest, RunSettings, SettingInfo, TestCaseListRequest, TestCaseShowRequest,
};
use serde_json::Value;

use super::table;

const OF_THE_RUN: &str = "\
## Settings of the run

They are set like a case's, under the name `run`. `functest openstack check` and `functest openstack clean` take them, too.
";

const OF_CASES: &str = "\
## Settings of the built-in cases
";

const OF_DRIVERS: &str = "\
## Settings of cases of a driver
";

/// A catalogue with a case for each driver that runs what is its users' own; its arguments are those that must be there.
const OF_EACH_DRIVER: &str = "\
tiers:
- name: drivers
  testcases:
  - {case_name: bashfeature, run: {name: bashfeature, args: {cmd: required}}}
";

pub(super) fn section() -> String {
    let own = Functest::new().with_variables(|_| None);
    let drivers = own.clone().with_catalogue("the drivers", OF_EACH_DRIVER);
    let run = [OF_THE_RUN.to_owned(), of_run()].join("\n");
    let cases = [vec![OF_CASES.to_owned()], of_cases(&own)].concat().join("\n");
    let drivers = [vec![OF_DRIVERS.to_owned()], of_cases(&drivers)].concat().join("\n");
    [run, cases, drivers].join("\n")
}

fn of_run() -> String {
    let spec = SettingsSpec::of::<RunSettings>();
    rows(spec.defaults.iter().map(|(key, value)| SettingInfo {
        key: key.clone(),
        value: value.clone(),
        description: spec.description(key).unwrap().to_owned(),
        variable: spec.environment.iter().find(|(name, _)| name == key).map(|(_, variable)| variable.clone()),
    }))
}

fn of_cases(functest: &Functest) -> Vec<String> {
    let list = functest.testcase().list(&TestCaseListRequest::default()).unwrap();
    list.selection.cases.iter().map(|choice| of_case(functest, &choice.case_name)).collect()
}

fn of_case(functest: &Functest, name: &str) -> String {
    let request = TestCaseShowRequest { name: name.to_owned(), of: CatalogueRequest::default() };
    let CaseInfo { settings, .. } = functest.testcase().show(&request).unwrap();
    format!("### {name}\n\n{}", rows(settings))
}

fn rows(settings: impl IntoIterator<Item = SettingInfo>) -> String {
    let code = |text: &str| format!("`{text}`");
    table(
        &["Key", "Default", "Variable", "Meaning"],
        settings.into_iter().map(|setting| {
            let default = match &setting.value {
                Value::Null => "none".to_owned(),
                Value::String(text) => code(text),
                Value::Number(number) => code(number.to_string().trim_end_matches(".0")),
                value => code(&value.to_string()),
            };
            vec![
                code(&setting.key),
                default,
                setting.variable.as_deref().map(code).unwrap_or_default(),
                setting.description,
            ]
        }),
    )
}
