# SPDX-License-Identifier: Apache-2.0
"""Starts the hosts of the named deployments; `up` calls it with the lab's folder and their names."""

import json
import os
import select
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import base  # noqa: E402
import host as hosts_of  # noqa: E402
import network  # noqa: E402
import topology  # noqa: E402

STATE = Path("/run/functest-lab")
VENV = "/opt/functest-lab-venv"
DEADLINE = 120
CLIENT_KEYS = {"id_ed25519": ("ed25519", None), "id_rsa": ("rsa", 3072), "id_ecdsa": ("ecdsa", 256)}


class Keys:
    """The clients' key pairs, and the deployments' own."""

    def __init__(self, hosts):
        jobs = [(STATE / name, kind, "functest-lab client", bits) for name, (kind, bits) in CLIENT_KEYS.items()]
        named = {
            (host.deployment, key)
            for host in hosts
            for login in host.logins
            for key in [*login.accepts, *login.holds.values()]
            if key != "lab"
        }
        jobs += [(self.path(*name), "rsa", name[1], 2048) for name in named]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda job: base.make_key(*job), jobs))

    @staticmethod
    def path(deployment, key):
        return STATE / "keys" / deployment / key

    def public(self, deployment, key):
        names = [STATE / name for name in CLIENT_KEYS] if key == "lab" else [self.path(deployment, key)]
        return "".join(Path(f"{name}.pub").read_text(encoding="utf-8") for name in names)

    def private(self, deployment, key):
        return self.path(deployment, key).read_text(encoding="utf-8")


def read(root, names):
    hosts = topology.read_deployment(root / "jump")
    for name in names:
        hosts += topology.read_deployment(root / "deployments" / name)
    topology.merge_by_address(hosts, "all deployments")
    return hosts


def wait(ready, expected, seconds):
    """Until each host has said that it is ready. Returns what those say that are not."""
    failed, silent, text = [], set(expected), b""
    deadline = time.monotonic() + seconds
    while silent:
        readable, _, _ = select.select([ready], [], [], max(0, deadline - time.monotonic()))
        if not readable:
            late = sorted(silent) if seconds else []
            return failed + [f"{address}: no sign of life after {seconds} s" for address in late]
        text += os.read(ready, 65536)
        *lines, text = text.split(b"\n")
        for line in lines:
            address, _, answer = line.decode().partition(" ")
            silent.discard(address)
            if answer != "ok":
                failed.append(f"{address}: {answer}")
    return failed


def write_known_hosts(hosts):
    lines = []
    with_key = [host for host in hosts if host.mode == "sshd"]
    for host in with_key:
        owner = host
        if host.wrong_known_host:
            owner = next(other for other in with_key if other is not host)
        key = STATE / "hosts" / owner.address / f"upper/etc/ssh/ssh_host_{owner.host_key}_key.pub"
        kind, text = key.read_text(encoding="utf-8").split()[:2]
        lines += [f"{address} {kind} {text}\n" for address in filter(None, [host.outside, host.address])]
    base.write(STATE / "known_hosts", "".join(lines))


def write_list(hosts):
    base.write(
        STATE / "hosts.json",
        json.dumps(
            [
                {
                    "name": host.name,
                    "deployment": host.deployment,
                    "address": host.outside or host.address,
                    "role": host.role,
                    "user": host.user,
                }
                for host in hosts
            ],
            indent=1,
        )
        + "\n",
    )


def main(root, names):
    hosts = read(root, names)
    real = [host for host in hosts if host.mode != "blackhole"]
    programs = sorted({name for host in real for name in ["common", *host.programs]})
    base.make_base(STATE / "layers/base")
    for name in programs:
        if not (root / "programs" / name).is_dir():
            raise topology.Mistake(f"no such programs: {name}")
        base.put_tree(root / "programs" / name, STATE / "layers/programs" / name)
    (STATE / "log").mkdir()
    keys = Keys(hosts)
    network.make_router()
    ready, say = os.pipe()
    pids, go = {}, {}
    by_deployment = {}
    for host in hosts:
        by_deployment.setdefault(host.deployment, []).append(host)
    for host in real:
        folder = STATE / "hosts" / host.address
        others = by_deployment[host.deployment] if len(by_deployment[host.deployment]) < 20 else []
        base.make_host(host, folder / "upper", root, keys, others)
        (folder / "work").mkdir()
        (folder / "root").mkdir()
        lowers = [str(STATE / "layers/programs" / name) for name in [*reversed(host.programs), "common"]]
        lowers += [str(STATE / "layers/base"), "/"]
        pids[host.address], go[host.address] = hosts_of.start(
            host,
            str(folder / "root"),
            lowers,
            str(folder / "upper"),
            str(folder / "work"),
            str(STATE / "log" / host.address),
            VENV if host.venv else None,
            say,
        )
    try:
        if None not in pids.values():
            network.connect(real, pids)
            network.drop([host.address for host in hosts if host.mode == "blackhole"])
        for descriptor in go.values():
            os.write(descriptor, b"g")
        failed = wait(ready, pids, DEADLINE)
    except (RuntimeError, OSError) as error:
        # What a host says about its own end tells more than that it is not there.
        failed = wait(ready, pids, 0) or [str(error)]
    if failed:
        names_of = {host.address: f"{host.deployment}/{host.name}" for host in real}
        base.write(STATE / "log/failed", "".join(f"{names_of.get(line.split(':')[0], '')} {line}\n" for line in failed))
        return 1
    write_known_hosts(real)
    for host in real:
        base.write(STATE / "hosts" / host.address / "pid", f"{pids[host.address]}\n")
    write_list(hosts)
    print(f"lab ready: {len(hosts)} hosts")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
    except (topology.Mistake, RuntimeError, OSError) as error:
        print(f"start: {error}", file=sys.stderr)
        sys.exit(1)
