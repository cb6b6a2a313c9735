// SPDX-License-Identifier: Apache-2.0
//! Programs on this machine, as something that cases can need.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use async_trait::async_trait;
use functest_core::Provider;
use functest_core::case::Resources;
use functest_core::need::Requirement;
use functest_core::provider::{ForCase, Offer, ProviderError};
use tokio::process::Command;
use tokio::time::timeout;

/// How long a program may take to say its version.
const DEADLINE: Duration = Duration::from_secs(30);

/// Says which programs there are on this machine, by `PATH`, and of which version.
#[derive(Clone, Copy, Debug, Default)]
pub struct ToolProvider;

#[async_trait]
impl Provider for ToolProvider {
    fn name(&self) -> &str {
        "tools"
    }

    async fn offers(&self, requirement: &Requirement) -> Offer {
        let Requirement::Tool { name, version } = requirement else { return Offer::NotMine };
        let Some(path) = find(name) else {
            return Offer::Lacking(format!("it needs the program `{name}`, which is not in PATH"));
        };
        let Some(wanted) = version else { return Offer::Met };
        match version_of(&path).await {
            Some(found) if is_at_least(&found, wanted) => Offer::Met,
            Some(found) => Offer::Lacking(format!(
                "it needs the program `{name}` of version {wanted} or later, and {} is of version {found}",
                path.display()
            )),
            None => Offer::Lacking(format!(
                "it needs the program `{name}` of version {wanted} or later, and {} does not say its version",
                path.display()
            )),
        }
    }

    async fn open(&self, _case: ForCase<'_>, _resources: &mut Resources) -> Result<(), ProviderError> {
        Ok(())
    }
}

/// The first program of that name in `PATH`.
fn find(name: &str) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    let folders = std::env::var_os("PATH")?;
    let is_program = |path: &PathBuf| {
        path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
    };
    std::env::split_paths(&folders).map(|folder| folder.join(name)).find(is_program)
}

/// The first thing that looks like a version in what the program says about it.
async fn version_of(path: &PathBuf) -> Option<String> {
    let asked = Command::new(path).arg("--version").stdin(Stdio::null()).kill_on_drop(true).output();
    let output = timeout(DEADLINE, asked).await.ok()?.ok()?;
    // Python 2 said it on standard error.
    [output.stdout, output.stderr].iter().find_map(|text| version_in(&String::from_utf8_lossy(text)))
}

fn version_in(text: &str) -> Option<String> {
    let words = text.split(|c: char| !(c.is_ascii_digit() || c == '.')).map(|word| word.trim_matches('.'));
    words.filter(|word| word.contains('.') && word.starts_with(|c: char| c.is_ascii_digit())).map(str::to_owned).next()
}

/// Compares number by number: 3.10 is later than 3.9.
fn is_at_least(found: &str, wanted: &str) -> bool {
    let numbers = |version: &str| version.split('.').map(|part| part.parse::<u64>().unwrap_or(0)).collect::<Vec<_>>();
    numbers(found) >= numbers(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert_eq!(version_in("Python 3.11.2\n").as_deref(), Some("3.11.2"));
        assert_eq!(version_in("git version 2.39.5 (x)").as_deref(), Some("2.39.5"));
        assert_eq!(version_in("no idea"), None);
        assert!(is_at_least("3.10", "3.9") && is_at_least("3.9.1", "3.9") && !is_at_least("3.9", "3.10"));
    }

    #[tokio::test]
    async fn what_is_not_there_is_lacking() {
        let tool = |name: &str, version: Option<&str>| Requirement::Tool {
            name: name.into(),
            version: version.map(str::to_owned),
        };
        assert_eq!(ToolProvider.offers(&tool("sh", None)).await, Offer::Met);
        let Offer::Lacking(reason) = ToolProvider.offers(&tool("no-such-program", None)).await else { unreachable!() };
        assert_eq!(reason, "it needs the program `no-such-program`, which is not in PATH");
        assert_eq!(ToolProvider.offers(&tool("cargo", Some("1.0"))).await, Offer::Met);
        let Offer::Lacking(reason) = ToolProvider.offers(&tool("cargo", Some("999"))).await else { unreachable!() };
        assert!(reason.starts_with("it needs the program `cargo` of version 999 or later"), "{reason}");
        assert_eq!(ToolProvider.offers(&Requirement::Nodes).await, Offer::NotMine);
    }
}
