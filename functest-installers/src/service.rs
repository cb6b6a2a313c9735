// SPDX-License-Identifier: Apache-2.0
//! Services of a node: containers of Docker or Podman, units of systemd; or pods of Kubernetes.

use functest_core::sut::{Node, ServiceAction, ServiceState};
use functest_ssh::{Command, Sudo, quote};
use serde_json::Value;

use crate::error::Error;
use crate::shell::Shell;

/// Finds out how the service in `$name` is run: prints `docker`, `podman` or `systemd`, and its state.
const FIND: &str = "for engine in docker podman; do state=$($engine inspect -f '{{.State.Status}}' \"$name\" 2>/dev/null) \
    && [ -n \"$state\" ] && echo \"$engine $state\" && exit 0; done; \
    case $(systemctl show -p LoadState --value \"$name\" 2>/dev/null) in loaded|masked) echo \"systemd $(systemctl is-active \"$name\")\"; exit 0;; esac; \
    exit 4";

/// A service of a node.
pub(crate) struct Service<'a> {
    pub(crate) shell: Shell,
    pub(crate) sudo: Sudo,
    pub(crate) node: &'a Node,
    pub(crate) name: &'a str,
}

impl Service<'_> {
    /// How it is, and what runs it.
    async fn find(&self) -> Result<(String, ServiceState), Error> {
        let line = format!("name={}; {FIND}", quote(self.name));
        let output = self.shell.run(&Command::shell(line).sudo(Some(self.sudo.clone())).repeatable()).await?;
        let text = output.stdout_text();
        let Some((engine, state)) = text.trim().split_once(' ').filter(|_| output.status.success()) else {
            let message =
                format!("node {}: neither a container nor a unit of systemd is called `{}`", self.node.name, self.name);
            return Err(Error::Missing { installer: "services", message });
        };
        let state = state.lines().next().unwrap_or_default().to_owned();
        let running = ["active", "running", "reloading"].contains(&state.as_str());
        Ok((engine.to_owned(), ServiceState { service: self.name.to_owned(), running, state }))
    }

    pub(crate) async fn state(&self) -> Result<ServiceState, Error> {
        Ok(self.find().await?.1)
    }

    pub(crate) async fn log(&self, lines: u32) -> Result<String, Error> {
        let (engine, _) = self.find().await?;
        let name = quote(self.name);
        let line = match engine.as_str() {
            "systemd" => format!("journalctl -u {name} -n {lines} --no-pager"),
            engine => format!("{engine} logs --tail {lines} {name} 2>&1"),
        };
        self.shell.ask(Command::shell(line).sudo(Some(self.sudo.clone()))).await
    }

    pub(crate) async fn control(&self, action: ServiceAction) -> Result<ServiceState, Error> {
        let (engine, _) = self.find().await?;
        let program = if engine == "systemd" { "systemctl" } else { engine.as_str() };
        let command = Command::new(program).arg(action.as_str()).arg(self.name).sudo(Some(self.sudo.clone()));
        self.shell.run(&command).await?.check()?;
        self.state().await
    }
}

/// Pods of a node whose application has the service's name.
pub(crate) struct Pods<'a> {
    pub(crate) shell: Shell,
    pub(crate) node: &'a Node,
    pub(crate) name: &'a str,
}

const KUBECTL: &str = "kubectl -n openstack";

impl Pods<'_> {
    async fn find(&self) -> Result<Vec<(String, String)>, Error> {
        let text = self.shell.ask(Command::shell(format!("{KUBECTL} get pods -o json"))).await?;
        let wrong = |error: serde_json::Error| Error::Output {
            installer: "openstack-helm",
            what: "kubectl get pods".into(),
            message: error.to_string(),
        };
        let list: Value = serde_json::from_str(&text).map_err(wrong)?;
        let name = |pod: &Value| pod["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        let is_one =
            |pod: &&Value| pod["spec"]["nodeName"] == self.node.name.as_str() && name(pod).starts_with(self.name);
        let pods = list["items"].as_array().into_iter().flatten().filter(is_one);
        let found: Vec<_> =
            pods.map(|pod| (name(pod), pod["status"]["phase"].as_str().unwrap_or_default().to_owned())).collect();
        if found.is_empty() {
            let message = format!("node {}: no pod's name begins with `{}`", self.node.name, self.name);
            return Err(Error::Missing { installer: "services", message });
        }
        Ok(found)
    }

    pub(crate) async fn state(&self) -> Result<ServiceState, Error> {
        let pods = self.find().await?;
        let running = pods.iter().all(|(_, phase)| phase == "Running");
        let states: Vec<&str> = pods.iter().map(|(_, phase)| phase.as_str()).collect();
        Ok(ServiceState { service: self.name.to_owned(), running, state: states.join(", ") })
    }

    pub(crate) async fn log(&self, lines: u32) -> Result<String, Error> {
        let mut text = String::new();
        for (pod, _) in self.find().await? {
            let line = format!("{KUBECTL} logs {} --all-containers --tail={lines}", quote(&pod));
            text.push_str(&self.shell.ask(Command::shell(line)).await?);
        }
        Ok(text)
    }

    pub(crate) async fn control(&self, action: ServiceAction) -> Result<ServiceState, Error> {
        let pods = self.find().await?;
        if action != ServiceAction::Restart {
            let message = "Kubernetes starts anew what is stopped: only a restart can be had".to_owned();
            return Err(Error::Missing { installer: "openstack-helm", message });
        }
        for (pod, _) in pods {
            self.shell.ask(Command::shell(format!("{KUBECTL} delete pod {}", quote(&pod)))).await?;
        }
        self.state().await
    }
}
