// SPDX-License-Identifier: Apache-2.0
//! What may run beside a foreign case. Nobody knows what it does to the cloud, unless its catalogue entry says so.

use functest_core::catalogue::CaseSpec;
use functest_core::need::{Exclusion, Lock};
use functest_core::settings::SettingsError;
use serde::Deserialize;

/// The key of an entry that says it.
const KEY: &str = "excludes";

/// How an entry says it: `nothing`, `whole_cloud`, or a list of locks.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Word(Word),
    Locks(Vec<WrittenLock>),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Nothing,
    WholeCloud,
}

/// A lock: its name, or a map with `name` and `shared`.
#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenLock {
    Name(String),
    Lock(Lock),
}

/// What the entry excludes: what its key `excludes` says, else everything that uses the cloud.
///
/// # Errors
/// When the key has another form.
pub fn exclusion(entry: &CaseSpec) -> Result<Exclusion, SettingsError> {
    let Some(value) = entry.extra.get(KEY) else { return Ok(Exclusion::WholeCloud) };
    let written: Written = serde_json::from_value(value.clone()).map_err(|_| SettingsError {
        origin: "the catalogue".into(),
        case: entry.case_name.clone(),
        key: KEY.into(),
        reason: format!(
            "expected `nothing`, `whole_cloud`, or a list of locks, each a name or a map of `name` and `shared`; found {value}"
        ),
    })?;
    Ok(match written {
        Written::Word(Word::Nothing) => Exclusion::Nothing,
        Written::Word(Word::WholeCloud) => Exclusion::WholeCloud,
        Written::Locks(locks) => Exclusion::Locks(locks.into_iter().map(WrittenLock::into_lock).collect()),
    })
}

impl WrittenLock {
    fn into_lock(self) -> Lock {
        match self {
            Self::Name(name) => Lock { name, shared: false },
            Self::Lock(lock) => lock,
        }
    }
}

#[cfg(test)]
mod tests {
    use functest_core::catalogue::Catalogue;

    use super::*;

    fn of(excludes: &str) -> Result<Exclusion, SettingsError> {
        let yaml = format!("tiers: [{{name: t, testcases: [{{case_name: c, {excludes}run: {{name: x}}}}]}}]");
        let catalogue = Catalogue::parse("t", &yaml).unwrap();
        let (_, entry) = catalogue.cases().next().unwrap();
        exclusion(entry)
    }

    #[test]
    fn an_entry_says_what_it_excludes() {
        let lock = |name: &str, shared| Lock { name: name.into(), shared };
        assert_eq!(of("").unwrap(), Exclusion::WholeCloud);
        assert_eq!(of("excludes: nothing, ").unwrap(), Exclusion::Nothing);
        let locks = of("excludes: [a, {name: b, shared: true}], ").unwrap();
        assert_eq!(locks, Exclusion::Locks(vec![lock("a", false), lock("b", true)]));
        let error = of("excludes: nobody, ").unwrap_err().to_string();
        assert!(error.starts_with("the catalogue: c.excludes: expected `nothing`"), "{error}");
    }
}
