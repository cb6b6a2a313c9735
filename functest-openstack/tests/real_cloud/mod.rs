// SPDX-License-Identifier: Apache-2.0
//! The cloud of `devcloud/up`, if it runs.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use functest_core::event::Emitter;
use functest_core::ledger::{CLOUD, Head, Journal, LedgerError, VERSION};
use functest_openstack::connect::{CloudConfig, Connection, ConnectionOptions};
use functest_openstack::rest::Policy;
use functest_openstack::{Error, Rest, resource};
use serde_json::Value;
use tempfile::TempDir;

/// Generous: the machine may be busy.
pub(crate) fn policy() -> Policy {
    Policy::default().scaled(5.0)
}

/// Events for nobody.
pub(crate) fn options() -> ConnectionOptions {
    ConnectionOptions { policy: policy(), events: Emitter::discarding() }
}

fn clouds_yaml() -> PathBuf {
    let state = std::env::var("DEVCLOUD_STATE").unwrap_or_else(|_| "/var/lib/functest-devcloud".into());
    std::env::var_os("OS_CLIENT_CONFIG_FILE").map_or_else(|| PathBuf::from(state).join("clouds.yaml"), PathBuf::from)
}

/// How to log in as `name`; `None`, and a word about it, when there is no such cloud.
pub(crate) async fn config(name: &str) -> Option<CloudConfig> {
    let path = clouds_yaml();
    let found = path.exists().then(|| {
        let variable = |variable: &str| (variable == "OS_CLIENT_CONFIG_FILE").then(|| path.clone().into());
        CloudConfig::from_clouds_yaml(name, &variable).ok()
    });
    let config = found.flatten();
    if let Some(config) = config
        && reqwest::get(config.auth_url.clone()).await.is_ok_and(|answer| answer.status().is_success())
    {
        keep_others_from_counting();
        return Some(config);
    }
    // Past the test runner, which keeps what a passing test prints.
    let _ = writeln!(std::io::stderr(), "skipped: there is no devcloud (devcloud/up brings it up)");
    None
}

/// End-to-end tests count what is in the cloud, and want it for themselves meanwhile; these here only want their own.
fn keep_others_from_counting() {
    static TURN: OnceLock<File> = OnceLock::new();
    TURN.get_or_init(|| {
        let turn = File::create(std::env::temp_dir().join("functest-devcloud.turn")).unwrap();
        turn.lock_shared().unwrap();
        turn
    });
}

/// A connection as `name`.
pub(crate) async fn connect(name: &str) -> Option<Connection> {
    Some(Connection::open(&config(name).await?, options()).await.unwrap())
}

/// A run: its folder and its journal.
pub(crate) fn journal(connection: &Connection) -> (TempDir, Arc<Journal>) {
    let folder = tempfile::tempdir().unwrap();
    let run_id = format!("test-{}", &uuid::Uuid::new_v4().simple().to_string()[..10]);
    let head = Head {
        version: VERSION,
        run_id,
        places: BTreeMap::from([(CLOUD.to_owned(), serde_json::to_value(&connection.identity).unwrap())]),
        started: chrono::Utc::now(),
        settle_seconds: 600.0,
        folder: None,
    };
    let journal = Arc::new(Journal::create(folder.path(), head).unwrap());
    (folder, journal)
}

/// Long enough for any clean-up here.
pub(crate) const LONG: Duration = Duration::from_secs(600);

/// Everything that an administrator sees, as texts, by kind. Key pairs are those of `users`.
pub(crate) async fn everything(admin: &Rest, users: &[&str]) -> BTreeMap<&'static str, Vec<String>> {
    let mut all = BTreeMap::new();
    for kind in resource::KINDS {
        let mut calls = vec![kind.list_call(true)];
        if kind.name == "keypair" {
            calls = users.iter().map(|user| kind.list_call(true).query("user_id", user)).collect();
        }
        let items: &mut Vec<String> = all.entry(kind.name).or_default();
        for call in calls {
            match admin.list(call, kind.plural).await {
                Ok(list) => items.extend(list.iter().map(Value::to_string)),
                Err(error) => assert_eq!(error.status(), Some(404), "{error}"),
            }
        }
    }
    all
}

/// What of `all` names one of `marks`: others work on this cloud, too, so that its lists are never the same twice.
pub(crate) fn with_marks(all: &BTreeMap<&'static str, Vec<String>>, marks: &[&str]) -> Vec<(&'static str, String)> {
    let marked = |item: &&String| marks.iter().any(|mark| !mark.is_empty() && item.contains(mark));
    all.iter().flat_map(|(kind, items)| items.iter().filter(marked).map(|item| (*kind, item.clone()))).collect()
}

/// A token of `config`'s user, got without this crate.
pub(crate) async fn token_of(config: &CloudConfig, user: &str, password: &str, project: &str) -> String {
    let domain = serde_json::json!({"name": "Default"});
    let body = serde_json::json!({"auth": {
        "identity": {"methods": ["password"], "password": {"user": {
            "name": user, "password": password, "domain": domain}}},
        "scope": {"project": {"name": project, "domain": domain}},
    }});
    let url = format!("{}/auth/tokens", config.auth_url);
    let answer = reqwest::Client::new().post(url).json(&body).send().await.unwrap();
    answer.headers()["x-subject-token"].to_str().unwrap().to_owned()
}

/// Tries until `what` is no `WouldBlock`: a journal's writer lets its lock go a moment after its last user has gone.
pub(crate) fn when_unlocked(resume: impl Fn() -> Result<Option<Journal>, LedgerError>) -> Journal {
    loop {
        match resume() {
            Err(error) if error.is_locked() => std::thread::yield_now(),
            resumed => return resumed.unwrap().unwrap(),
        }
    }
}

/// The words of an error, which must not hold the password.
pub(crate) fn words(error: &Error, password: &str) -> String {
    let text = format!("{error} {error:?}");
    assert!(!text.contains(password), "{text}");
    text
}
