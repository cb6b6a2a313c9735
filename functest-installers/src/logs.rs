// SPDX-License-Identifier: Apache-2.0
//! The services' logs of all nodes, into a folder: a file a node.

use std::path::{Path, PathBuf};
use std::time::Duration;

use functest_core::sut::Node;
use functest_ssh::Command;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::fan_out::{PARALLEL, fan_out};
use crate::sudo::sudo_of;
use crate::sut::Sut;

/// How many bytes of a log are taken, from its end.
const TAIL: usize = 256 * 1024;
/// How many bytes a node gives; what is beyond is left out.
const LIMIT: usize = 64 * 1024 * 1024;

/// What was collected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogReport {
    /// Each node that gave its logs.
    pub collected: Vec<NodeLog>,
    /// Each node that did not, and why.
    pub problems: Vec<String>,
}

/// The logs of a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodeLog {
    /// The node's name.
    pub node: String,
    /// The file that they are in.
    pub file: PathBuf,
    /// Its size, in bytes.
    pub bytes: u64,
}

impl Sut {
    /// Collects the ends of the services' logs of `nodes` into `folder`, which is made when it does not exist. A node that
    /// does not give its logs is named in the report, and the others go on.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub async fn collect_logs(&self, nodes: Vec<Node>, folder: &Path) -> Result<LogReport, Error> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| Error::File { path, source }
        };
        tokio::fs::create_dir_all(folder).await.map_err(failed(folder))?;
        let names = file_names(&nodes);
        let collected = fan_out(nodes, PARALLEL, |node| async move {
            let text = self.logs_of(&node).await;
            (node, text)
        });
        let mut report = LogReport::default();
        for ((node, text), name) in collected.await.into_iter().zip(names) {
            match text {
                Ok(text) => {
                    let file = folder.join(format!("{name}.log"));
                    tokio::fs::write(&file, &text).await.map_err(failed(&file))?;
                    report.collected.push(NodeLog { node: node.name, file, bytes: text.len() as u64 });
                }
                Err(error) => report.problems.push(format!("{}: {error}", node.name)),
            }
        }
        Ok(report)
    }

    async fn logs_of(&self, node: &Node) -> Result<Vec<u8>, Error> {
        let command = |elevated: bool| {
            let command = Command::shell(script()).limit(LIMIT + TAIL).deadline(Duration::from_secs(180)).repeatable();
            command.sudo(elevated.then(|| sudo_of(node)))
        };
        let shell = self.shell(node)?;
        let output = match shell.run(&command(true)).await {
            // What may be read without root's rights is better than nothing.
            Err(Error::Ssh(functest_ssh::Error::Sudo { .. })) => shell.run(&command(false)).await?,
            result => result?,
        };
        Ok(output.stdout)
    }
}

/// Prints the end of each log of a service, under its name.
fn script() -> String {
    let services = "nova neutron keystone glance cinder heat placement horizon openvswitch ovn opendaylight onos rabbitmq mariadb \
                    mysql haproxy apache2 httpd libvirt juju kolla containers";
    format!(
        "{{ show() {{ printf '==> %s <==\\n' \"$1\"; }}; \
         for service in {services}; do for file in $(find -L /var/log/$service -maxdepth 3 -type f -name '*.log' -size +0 2>/dev/null); do \
         show \"$file\"; tail -c {TAIL} \"$file\"; echo; done; done; \
         for file in $(find -L /openstack/log /opt/stack/logs /var/snap/*/common/log -maxdepth 3 -type f -name '*.log' -size +0 2>/dev/null); do \
         show \"$file\"; tail -c {TAIL} \"$file\"; echo; done; \
         for engine in docker podman; do for name in $($engine ps --format '{{{{.Names}}}}' 2>/dev/null); do \
         show \"$engine $name\"; $engine logs --tail 1000 \"$name\" 2>&1 | tail -c {TAIL}; done; done; \
         for unit in $(systemctl list-units --plain --no-legend --type=service 'devstack@*' 2>/dev/null | cut -d ' ' -f 1); do \
         show \"$unit\"; journalctl -u \"$unit\" -n 1000 --no-pager 2>&1 | tail -c {TAIL}; done; }} | head -c {LIMIT}"
    )
}

/// The names of nodes as names of files: each stays in its folder, and no two are the same.
pub fn file_names(nodes: &[Node]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let name = file_name(&node.name);
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        let free = std::iter::once(name.clone()).chain(numbered).find(|name| !names.contains(name));
        names.extend(free);
    }
    names
}

/// A node's name as that of a file.
fn file_name(name: &str) -> String {
    let name: String = name.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect();
    if name.trim_matches('.').is_empty() { format!("node{name}") } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_in_their_folder() {
        for (name, file) in
            [("a.b-c", "a.b-c"), ("../../x", ".._.._x"), ("..", "node.."), ("", "node"), ("Süd 4", "Süd_4")]
        {
            assert_eq!(file_name(name), file);
        }
        let nodes = ["a/b", "a_b", "a_b"].map(|name| Node::new("x", name));
        assert_eq!(file_names(&nodes), ["a_b", "a_b-2", "a_b-3"]);
    }
}
