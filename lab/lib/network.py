# SPDX-License-Identifier: Apache-2.0
"""Links: a bridge in the router's namespace, a veth to each host, and one to the machine itself."""

import subprocess

ROUTER = "functest-lab-router"
ROOT_LINK = "functest-lab"
ROOT_ADDRESS = "10.213.0.1/30"
# Hosts are all on this one; none has a way out of it.
PREFIX = 20
ROUTER_ADDRESS = "10.213.16.1"
INNER_PREFIX = 30


def ip(*arguments, batch=None):
    command = ["ip", *arguments] if batch is None else ["ip", *arguments, "-batch", "-"]
    done = subprocess.run(
        command,
        input=None if batch is None else "\n".join(batch) + "\n",
        text=True,
        stdin=subprocess.DEVNULL if batch is None else None,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout.strip()}")


def make_router():
    ip("netns", "add", ROUTER)
    ip(
        "-n",
        ROUTER,
        batch=[
            "link set lo up",
            "link add br0 type bridge stp_state 0 forward_delay 0",
            f"addr add {ROUTER_ADDRESS}/{PREFIX} dev br0",
            "link set br0 up",
        ],
    )


def drop(addresses):
    """Addresses that swallow what is sent to them: the router answers for them and sends it into a link at whose
    other end nobody takes it."""
    if not addresses:
        return
    batch = ["link add drop0 type veth peer name drop1", "link set drop0 up", "link set drop1 up"]
    for address in addresses:
        batch += [
            f"route add {address}/32 dev drop0",
            f"neigh add proxy {address} dev br0",
            f"neigh add {address} lladdr 02:00:00:00:00:01 nud permanent dev drop0",
        ]
    ip("-n", ROUTER, batch=batch)
    subprocess.run(
        [
            "ip",
            "netns",
            "exec",
            ROUTER,
            "sh",
            "-c",
            "echo 1 > /proc/sys/net/ipv4/ip_forward; "
            "for f in /proc/sys/net/ipv4/conf/*/send_redirects; do echo 0 > $f; done",
        ],
        check=True,
        stdin=subprocess.DEVNULL,
    )


def connect(hosts, pids):
    """Gives each host its link, its address, and nothing else."""
    by_name = {host.name: host for host in hosts}
    in_router, outside = [], []
    inside = {host.address: ["link set lo up"] for host in hosts}
    for host in hosts:
        pid = pids[host.address]
        if host.outside:
            outside += [
                f"link add {ROOT_LINK} type veth peer name eth1 netns {pid}",
                f"addr add {ROOT_ADDRESS} dev {ROOT_LINK}",
                f"link set {ROOT_LINK} up",
            ]
            inside[host.address] += [f"addr add {host.outside}/30 dev eth1", "link set eth1 up"]
        if host.behind:
            before = by_name[host.behind]
            network, _, last = host.address.rpartition(".")
            in_router.append(
                f"link add name {host.link} netns {pids[before.address]} type veth peer name eth0 netns {pid}"
            )
            inside[before.address] += [
                f"addr add {network}.{int(last) - 1}/{INNER_PREFIX} dev {host.link}",
                f"link set {host.link} up",
            ]
        else:
            in_router += [
                f"link add {host.link} type veth peer name eth0 netns {pid}",
                f"link set {host.link} master br0 up",
            ]
        inside[host.address] += [
            f"addr add {host.address}/{INNER_PREFIX if host.behind else PREFIX} dev eth0",
            "link set eth0 up",
        ]
    ip("-n", ROUTER, batch=in_router)
    ip(batch=outside)
    for host in hosts:
        enter(pids[host.address], inside[host.address])


def enter(pid, batch):
    done = subprocess.run(
        ["nsenter", "--target", str(pid), "--net", "ip", "-batch", "-"],
        input="\n".join(batch) + "\n",
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"network of process {pid}: {done.stdout.strip()}")
