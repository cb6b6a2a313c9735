# SPDX-License-Identifier: Apache-2.0
"""Reads `deployments/NAME/deployment.toml`: which hosts there are, who may log in, what is on them."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

# What a host does about port 22: a real server; nothing listens; accepted, but no banner ever; packets are dropped
# on the way to it (there is no host then, just the address).
MODES = ("sshd", "refused", "silent", "blackhole")
SUDO = ("no", "free", "asks")


class Mistake(Exception):
    """Something in a deployment.toml that makes no sense."""


@dataclass
class Login:
    user: str
    password: str | None = None
    # "lab" for the clients' keys in the state folder, anything else is a key pair of the deployment's own.
    accepts: list = field(default_factory=list)
    # File name in ~/.ssh -> name of a key pair of the deployment.
    holds: dict = field(default_factory=dict)
    sudo: str = "no"
    groups: list = field(default_factory=list)
    home: str = ""
    shell: str = "/bin/bash"


@dataclass
class Host:
    deployment: str
    name: str
    address: str
    role: str
    user: str
    logins: list
    hostname: str = ""
    mode: str = "sshd"
    programs: list = field(default_factory=list)
    trees: list = field(default_factory=list)
    # Path -> "MODE OWNER:GROUP" for files that not everybody may read.
    modes: dict = field(default_factory=dict)
    sshd: list = field(default_factory=list)
    sftp: bool = True
    pam: bool = False
    host_key: str = "ed25519"
    # known_hosts has another key than the host.
    wrong_known_host: bool = False
    # Reached from this host only, by a link of its own.
    behind: str = ""
    # The machine's own end, and the host's, of the way in.
    outside: str = ""
    venv: bool = False
    # Words that choose between the forms in which versions of a tool print.
    variant: str = ""
    # Units of systemd: "NAME" or "NAME: DESCRIPTION", "!NAME" for one that failed, "-NAME" for a stopped one.
    services: list = field(default_factory=list)
    # Containers: "NAME", "NAME=exited", "NAME (healthy)"; `image` with {name}.
    containers: list = field(default_factory=list)
    image: str = "{name}"
    # Log files in the form of OpenStack's services.
    logs: list = field(default_factory=list)
    # Small files in /etc/functest-lab: name -> text.
    facts: dict = field(default_factory=dict)

    @property
    def link(self):
        """The name of its link in the router."""
        return "v" + "-".join(self.address.split(".")[2:])


def build(cls, table, where):
    """A record of a table, refusing keys that it does not know."""
    known = set(cls.__dataclass_fields__)
    strange = set(table) - known
    if strange:
        raise Mistake(f"{where}: unknown {', '.join(sorted(strange))}")
    try:
        return cls(**table)
    except TypeError as error:
        raise Mistake(f"{where}: {error}") from error


def read_deployment(folder):
    """The hosts of one deployment."""
    path = Path(folder) / "deployment.toml"
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    logins = {
        group: [build(Login, {"user": user, **table}, f"{path}: {group}.{user}") for user, table in users.items()]
        for group, users in document.get("logins", {}).items()
    }
    hosts = []
    for entry in document["host"]:
        for number in range(1, entry.pop("count", 1) + 1) if "count" in entry else [0]:
            filled = {
                key: value.format(n=number) if key in ("name", "address", "hostname") else value
                for key, value in entry.items()
            }
            where = f"{path}: {filled.get('name')}"
            group = filled.pop("logins", "")
            if group not in logins:
                raise Mistake(f"{where}: no [logins.{group}]")
            host = build(Host, {"deployment": Path(folder).name, "logins": logins[group], **filled}, where)
            check(host, where)
            hosts.append(host)
    merge_by_address(hosts, path)
    return hosts


def check(host, where):
    if host.mode not in MODES:
        raise Mistake(f"{where}: mode {host.mode}")
    for login in host.logins:
        if login.sudo not in SUDO:
            raise Mistake(f"{where}: sudo {login.sudo}")
    host.hostname = host.hostname or host.name


def merge_by_address(hosts, path):
    seen = {}
    for host in hosts:
        if host.address in seen:
            raise Mistake(f"{path}: {host.name} and {seen[host.address]} have the same address")
        seen[host.address] = host.name
