// SPDX-License-Identifier: Apache-2.0
//! Looking at one node.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use functest_core::Ctx;
use functest_core::case::CheckError;
use functest_core::sut::Node;
use functest_installers::CaseNodes;
use functest_ssh::{Command, quote};

use super::not_known;
use super::settings::NodesCheckSettings;

/// How often a clock is looked at when one look is not exact enough.
const LOOKS_AT_A_CLOCK: usize = 5;

/// Prints, a line each, what has failed: units of systemd, and containers that ended with an error or start over and over.
/// Ends with 4 where neither can be asked.
const FAILED_SERVICES: &str = r#"asked=
if units=$(systemctl list-units --type=service --state=failed --plain --no-legend --no-pager 2>/dev/null); then
    asked=1
    printf '%s\n' "$units" | awk 'NF { print "the unit " $1 " has failed" }'
fi
for engine in docker podman; do
    if containers=$($engine ps --all --format '{{.Names}} {{.Status}}' 2>/dev/null); then
        asked=1
        printf '%s\n' "$containers" | awk -v engine="$engine" \
            '/ (Exited \([1-9]|Restarting|Dead)/ { name = $1; $1 = ""; print "the container " name " of " engine " is in the state" $0 }'
    fi
done
[ -n "$asked" ] || exit 4"#;

/// One node, and what it is looked at with.
pub(super) struct Looker {
    ctx: Ctx,
    given: Arc<CaseNodes>,
    pub(super) node: Node,
    settings: Arc<NodesCheckSettings>,
    let_in: AtomicBool,
}

impl Looker {
    pub(super) fn new(ctx: Ctx, given: Arc<CaseNodes>, node: Node, settings: Arc<NodesCheckSettings>) -> Self {
        Self { ctx, given, node, settings, let_in: AtomicBool::new(false) }
    }

    /// Whether the node has let us in.
    pub(super) fn was_let_in(&self) -> bool {
        self.let_in.load(Ordering::SeqCst)
    }

    fn deadline(&self) -> Duration {
        self.ctx.deadline(self.settings.deadline.into())
    }

    /// What a command that only looks says; the exit status is an answer too.
    async fn run(&self, line: &str, as_root: bool) -> Result<(u32, String), functest_installers::Error> {
        let sudo = as_root.then(|| self.given.sudo(&self.node));
        let command = Command::shell(line).sudo(sudo).deadline(self.deadline()).repeatable();
        let output = self.given.shell(&self.node)?.run(&command).await?;
        Ok((output.status.code(), output.stdout_text()))
    }

    /// What a command says that must end with 0.
    async fn ask(&self, line: &str) -> Result<String, CheckError> {
        match self.run(line, false).await {
            Ok((0, text)) => Ok(text),
            Ok((code, _)) => Err(CheckError::Errored(format!("`{line}` ended with {code} there"))),
            Err(error) => Err(not_known(&error)),
        }
    }

    pub(super) async fn answers(&self) -> Result<(), CheckError> {
        let answer = self.run("true", false).await;
        self.let_in.store(answer.is_ok(), Ordering::SeqCst);
        match answer {
            Ok((0, _)) => Ok(()),
            Ok((code, _)) => Err(CheckError::failed(format!("it lets us in, and `true` ends with {code} there"))),
            // Whether a node lets us in is what is asked here.
            Err(error) => Err(CheckError::failed(error.to_string())),
        }
    }

    /// The clock is read while nobody knows how long the question and the answer take, so that what is known of it is an
    /// interval. A node is only blamed where all of that is beyond the limit.
    pub(super) async fn has_the_time(&self) -> Result<(), CheckError> {
        let limit = self.settings.time_difference.0;
        let mut best: Option<Difference> = None;
        for _ in 0..LOOKS_AT_A_CLOCK {
            let before = now()?;
            let text = self.ask("date +%s.%N").await?;
            let after = now()?;
            let there = text.trim().parse::<f64>();
            let there = there.map_err(|_| CheckError::Errored(format!("`date` says {:?} there", text.trim())))?;
            let seen = Difference { seconds: there - (before + after) / 2.0, blur: (after - before) / 2.0 };
            if best.as_ref().is_none_or(|best| seen.blur < best.blur) {
                best = Some(seen);
            }
            if let Some(verdict) = best.as_ref().and_then(|best| best.judge(limit)) {
                return verdict;
            }
        }
        Err(CheckError::Errored("the node answers too slowly for its clock to be read".into()))
    }

    pub(super) async fn has_disk(&self) -> Result<(), CheckError> {
        let path = &self.settings.disk_path;
        let text = self.ask(&format!("df -Pk {} | tail -n 1", quote(path))).await?;
        let kib = text.split_whitespace().nth(3).and_then(|field| field.parse::<u64>().ok());
        let kib = kib.ok_or_else(|| CheckError::Errored(format!("`df` says {:?} there", text.trim())))?;
        enough(&format!("room on {path}"), kib / 1024, self.settings.disk_free)
    }

    pub(super) async fn has_memory(&self) -> Result<(), CheckError> {
        let text = self.ask("cat /proc/meminfo").await?;
        let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
        let kib = line.and_then(|rest| rest.split_whitespace().next()).and_then(|field| field.parse::<u64>().ok());
        let kib = kib.ok_or_else(|| CheckError::Errored("/proc/meminfo does not say `MemAvailable` there".into()))?;
        enough("available memory", kib / 1024, self.settings.memory_available)
    }

    pub(super) async fn runs_its_services(&self) -> Result<(), CheckError> {
        let services = self.settings.services_of(&self.node);
        if services.is_empty() { self.nothing_has_failed().await } else { self.all_run(&services).await }
    }

    async fn all_run(&self, services: &[&str]) -> Result<(), CheckError> {
        let mut down = Vec::new();
        for service in services {
            match self.given.installer.service_state(&self.node, service).await {
                Ok(state) if state.running => {}
                Ok(state) => down.push(format!("{service} is {}", state.state)),
                // A service that is named and not there does not run.
                Err(error) => down.push(error.to_string()),
            }
        }
        if down.is_empty() { Ok(()) } else { Err(CheckError::failed(down.join("; "))) }
    }

    async fn nothing_has_failed(&self) -> Result<(), CheckError> {
        match self.run(FAILED_SERVICES, true).await {
            Ok((0, text)) if text.trim().is_empty() => Ok(()),
            Ok((0, text)) => Err(CheckError::failed(text.trim().replace('\n', "; "))),
            Ok((4, _)) => {
                let reason = "neither systemd nor a container engine can be asked there: name services in `services`";
                Err(CheckError::Skipped(reason.into()))
            }
            Ok((code, _)) => Err(CheckError::Errored(format!("asking for services ended with {code} there"))),
            Err(error) => Err(not_known(&error)),
        }
    }
}

/// How far a clock is from ours, in seconds.
struct Difference {
    seconds: f64,
    /// By how much that may be wrong either way.
    blur: f64,
}

impl Difference {
    /// Whether it is within the limit; `None` while that cannot be said.
    fn judge(&self, limit: f64) -> Option<Result<(), CheckError>> {
        let (least, most) = (self.seconds.abs() - self.blur, self.seconds.abs() + self.blur);
        if most <= limit {
            return Some(Ok(()));
        }
        let message = || format!("its clock differs by {:+.1} s from the one here, and may by {limit} s", self.seconds);
        (least > limit).then(|| Err(CheckError::failed(message())))
    }
}

/// The time here, in seconds since 1970.
fn now() -> Result<f64, CheckError> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since
        .map(|since| since.as_secs_f64())
        .map_err(|error| CheckError::Errored(format!("the clock here is wrong: {error}")))
}

fn enough(what: &str, found_mib: u64, wanted_mib: u64) -> Result<(), CheckError> {
    if found_mib >= wanted_mib {
        return Ok(());
    }
    Err(CheckError::failed(format!("{what}: {found_mib} MiB, and it must be {wanted_mib} MiB at least")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_blamed_only_for_what_is_certain() {
        let judge = |seconds, blur| Difference { seconds, blur }.judge(1.0).map(|verdict| verdict.is_ok());
        assert_eq!(judge(0.2, 0.1), Some(true));
        assert_eq!(judge(-3.0, 0.5), Some(false));
        assert_eq!(judge(0.9, 0.5), None);
        assert_eq!(judge(1.2, 0.5), None);
    }
}
