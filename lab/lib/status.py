# SPDX-License-Identifier: Apache-2.0
"""`status`, and for `in` the first process of a host: status.py STATE [--pid HOST]"""

import json
import sys
from pathlib import Path


def first_process(state, host):
    """The first process of a host while it runs: None for a host that ended, or that is an address alone."""
    path = state / "hosts" / inside(host) / "pid"
    if not path.exists():
        return None
    pid = path.read_text(encoding="ascii").strip()
    return pid if Path(f"/proc/{pid}/ns").exists() else None


def inside(host):
    """The folder is called by the address inside; the jump host is listed by the other."""
    return "10.213.16.2" if host["role"] == "jump" and host["deployment"] == "jump" else host["address"]


def main(state, arguments):
    hosts = json.loads((state / "hosts.json").read_text(encoding="utf-8"))
    if arguments[:1] == ["--pid"]:
        name = arguments[1]
        found = [
            host for host in hosts if name in (host["name"], host["address"], f"{host['deployment']}/{host['name']}")
        ]
        if len(found) != 1:
            print(f"in: {'no host' if not found else 'several hosts'} called {name}", file=sys.stderr)
            return 2
        pid = first_process(state, found[0])
        if pid is None:
            print(f"in: {name} does not run", file=sys.stderr)
            return 2
        print(pid)
        return 0
    ended = 0
    for host in hosts:
        pid = first_process(state, host)
        runs = f"pid {pid}" if pid else "address only" if not (state / "hosts" / inside(host)).exists() else "ENDED"
        ended += runs == "ENDED"
        print(
            f"{host['deployment']:18} {host['name']:24} {host['address']:14} {host['role']:12} {host['user']:10} {runs}"
        )
    print(f"{len(hosts)} hosts, {ended} ended")
    return 1 if ended else 0


sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
