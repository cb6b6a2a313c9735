#!/usr/bin/python3 -I
# SPDX-License-Identifier: Apache-2.0
"""Looks into openstack_inventory.json as OpenStack-Ansible's own script of this name does."""

import argparse
import json
import sys

sys.path.insert(0, "/usr/local/lib/functest-lab")
from labtool import fail, table  # noqa: E402

parser = argparse.ArgumentParser(usage="%(prog)s", description="OpenStack Inventory Generator")
parser.add_argument("-f", "--file", default="/etc/openstack_deploy/openstack_inventory.json")
parser.add_argument("-s", "--sort", default="component")
# What changes the inventory (-r, -d, --clear-ips) is not here.
one = parser.add_mutually_exclusive_group(required=True)
one.add_argument("-l", "--list-host", action="store_true")
one.add_argument("-g", "--list-groups", action="store_true")
one.add_argument("-G", "--list-containers", action="store_true")
one.add_argument("-e", "--export", action="store_true")
chosen = parser.parse_args()
try:
    with open(chosen.file, encoding="utf-8") as file:
        inventory = json.load(file)
except OSError as error:
    fail(f"Inventory file {chosen.file} not found: {error}")
variables = inventory["_meta"]["hostvars"]
groups = {name: group for name, group in inventory.items() if name not in ("_meta", "all")}


def show(columns, rows):
    """prettytable with cells of several lines."""
    lines = [[one.split("\n") for one in row] for row in rows]
    flat = [
        [cell[index] if index < len(cell) else "" for cell in row]
        for row in lines
        for index in range(max(map(len, row)))
    ]
    print(table(columns, flat))


if chosen.list_host:
    columns = [
        "container_name",
        "is_metal",
        "component",
        "physical_host",
        "tunnel_address",
        "ansible_host",
        "container_types",
    ]
    rows = [[host.get(name) for name in columns] for host in variables.values()]
    if chosen.sort not in columns:
        fail(f"Exception: Invalid field name: {chosen.sort}")
    print(table(columns, sorted(rows, key=lambda row: str(row[columns.index(chosen.sort)]))))
elif chosen.export:
    of = {host: [name for name, group in groups.items() if host in group["hosts"]] for host in variables}
    print(
        json.dumps(
            {
                "hosts": {host: {"hostvars": values, "groups": of[host]} for host, values in variables.items()},
                "all": inventory["all"]["vars"],
            },
            indent=2,
        )
    )
elif chosen.list_groups:
    # The machines' own names are left out here.
    show(
        ["container_name", "groups"],
        [
            [host, ", ".join(sorted(name for name, group in groups.items() if host in group["hosts"]))]
            for host in variables
            if "_" in host
        ],
    )
else:
    show(
        ["groups", "container_name"],
        [
            [name, "\n".join(group["hosts"])]
            for name, group in groups.items()
            if group["hosts"] and (len(group["hosts"]) > 1 or "_" in group["hosts"][0])
        ],
    )
