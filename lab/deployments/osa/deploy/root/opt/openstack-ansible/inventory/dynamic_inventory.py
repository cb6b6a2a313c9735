#!/usr/bin/python3 -I
# SPDX-License-Identifier: Apache-2.0
"""The dynamic inventory: prints what openstack_inventory.json has."""

import argparse

parser = argparse.ArgumentParser(usage="%(prog)s", description="OpenStack Inventory Generator")
parser.add_argument("--config")
parser.add_argument("--list", action="store_true")
parser.add_argument("--check", action="store_true")
parser.add_argument("-d", "--debug", action="store_true")
parser.parse_args()
with open("/etc/openstack_deploy/openstack_inventory.json", encoding="utf-8") as file:
    print(file.read())
