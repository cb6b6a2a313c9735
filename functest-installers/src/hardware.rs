// SPDX-License-Identifier: Apache-2.0
//! What only a node itself knows: one command tells it all.

use functest_core::sut::{Hardware, Node};
use functest_ssh::Command;

use crate::error::Error;
use crate::shell::Shell;

const LINE: &str = "echo \"arch $(uname -m)\"; echo \"cpus $(nproc 2>/dev/null || grep -c ^processor /proc/cpuinfo)\"; \
    echo \"memory $(sed -n 's/^MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo)\"; \
    echo \"model $(LC_ALL=C lscpu 2>/dev/null | sed -n 's/^Model name: *//p' | head -n 1)\"; \
    echo \"ovs $( (ovs-vsctl --version || docker exec openvswitch_vswitchd ovs-vsctl --version || \
      sudo -n podman exec openvswitch_vswitchd ovs-vsctl --version) 2>/dev/null | sed -n '1s/.* //p')\"";

/// Completes a node with what it says of itself.
pub(crate) async fn look(node: &mut Node, shell: &Shell) -> Result<(), Error> {
    let text = shell.ask(Command::shell(LINE)).await?;
    let value = |key: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' '));
        line.map(str::trim).filter(|value| !value.is_empty())
    };
    node.architecture = value("arch").map(str::to_owned);
    node.hardware = Some(Hardware {
        cpus: value("cpus").and_then(|text| text.parse().ok()),
        cpu_model: value("model").map(str::to_owned),
        memory_kib: value("memory").and_then(|text| text.parse().ok()),
        open_vswitch: value("ovs").map(str::to_owned),
    });
    Ok(())
}
