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
if chosen.list_host:
    columns = ["container_name", "is_metal", "component", "physical_host", "tunnel_address", "ansible_host", "container_types"]
    rows = [[host.get(name, "") for name in columns] for host in variables.values()]
    if chosen.sort not in columns:
        fail(f"Sorting of {chosen.sort} is not possible")
    print(table(columns, sorted(rows, key=lambda row: str(row[columns.index(chosen.sort)]))))
elif chosen.export:
    of = {host: sorted(name for name, group in groups.items() if host in group["hosts"]) for host in variables}
    print(json.dumps({"hosts": {host: {**values, "groups": of[host]} for host, values in variables.items()},
                      "all": inventory["all"]["vars"]}, indent=2))
else:
    rows = [[name, ", ".join(group["hosts"])] for name, group in sorted(groups.items()) if group["hosts"]]
    print(table(["groups", "container_name"], rows))
