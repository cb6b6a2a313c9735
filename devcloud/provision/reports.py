# SPDX-License-Identifier: Apache-2.0
"""Whether services without an API of their own work: by their reports to the one that has.

A state of "up" alone says little: it lasts a minute or more after a service died. So a report
counts only when it is later than the start of the service that is asked for.
"""
import datetime
import sys
import time

from settings import cloud

AGENTS = {
    "neutron-linuxbridge": "Linux bridge agent",
    "neutron-dhcp": "DHCP agent",
    "neutron-l3": "L3 agent",
    "neutron-metadata": "Metadata agent",
}


def wait(seconds, reporters):
    """0 when all of NAME@TIME have reported, else 1 with a line about those that have not."""
    started = {name: float(when) for name, when in (reporter.split("@") for reporter in reporters)}
    deadline = time.monotonic() + seconds
    while True:
        missing, problem = look(started)
        if not missing and not problem:
            return 0
        if time.monotonic() >= deadline:
            print("no report yet from %s%s" % (" ".join(missing), problem), file=sys.stderr)
            return 1
        time.sleep(0.5)


def look(started):
    """Names that have not reported, and why it could not be told."""
    reported = {}
    try:
        for source in sources(started):
            for name, when in source():
                reported[name] = max(when, reported.get(name, 0))
    except Exception as error:  # an API that is away or not ready: no report
        return sorted(started), " (%s)" % error
    return sorted(name for name in started if reported.get(name, 0) <= started[name]), ""


def sources(names):
    """Only the APIs that these names report to: others may be broken on purpose."""
    for prefix, source in (("nova-", nova), ("cinder-", cinder), ("heat-", heat), ("neutron-", neutron)):
        if any(name.startswith(prefix) for name in names):
            yield source


def nova():
    for service in cloud.compute.get("/os-services").json()["services"]:
        if service["state"] == "up":
            yield service["binary"], epoch(service["updated_at"])


def cinder():
    for service in cloud.block_storage.get("/os-services").json()["services"]:
        if service["state"] == "up":
            yield service["binary"], epoch(service["updated_at"])


def heat():
    for service in cloud.orchestration.get("/services").json()["services"]:
        if service["status"] == "up":
            yield service["binary"], epoch(service["updated_at"] or service["created_at"])


def neutron():
    names = {agent_type: name for name, agent_type in AGENTS.items()}
    for agent in cloud.network.agents():
        if agent.is_alive and agent.agent_type in names:
            yield names[agent.agent_type], epoch(agent.last_heartbeat_at)


def epoch(text):
    """Seconds since 1970 of a time as the APIs print it, which is UTC without saying so."""
    if not text:
        return 0
    return datetime.datetime.fromisoformat(text.rstrip("Z")).replace(tzinfo=datetime.timezone.utc).timestamp()
