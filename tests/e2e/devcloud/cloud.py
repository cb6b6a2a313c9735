# SPDX-License-Identifier: Apache-2.0
"""The devcloud seen with other eyes than functest's: openstacksdk, and the databases where no API shows a thing.

cloud.py inventory                    everything in the cloud, a line each, sorted
cloud.py make-admin NAME PASSWORD     a user who administers the project admin
cloud.py delete-user NAME
cloud.py forget-tokens                every token that was issued is invalid from now on
"""
import os
import socket
import subprocess
import sys
import time

import openstack

cloud = openstack.connect(cloud="devcloud-admin")


def from_databases():
    """Key pairs and quotas of users and projects that are gone are shown by no API."""
    state = os.environ.get("DEVCLOUD_STATE", "/var/lib/functest-devcloud")
    queries = {
        "keypair": "select user_id, name from nova_api.key_pairs",
        "compute quota": "select project_id, resource, hard_limit from nova_api.quotas",
        "network quota": "select project_id, resource, `limit` from neutron.quotas",
        "role assignment": "select actor_id, target_id, role_id from keystone.assignment",
    }
    for kind, query in queries.items():
        rows = subprocess.run(
            ["mysql", f"--socket={state}/run/mysqld.sock", "-N", "-B", "-e", query],
            check=True, capture_output=True, text=True).stdout
        yield from ((kind, row.replace("\t", " ")) for row in rows.splitlines())


def from_apis():
    lists = {
        "server": lambda: cloud.compute.servers(all_projects=True),
        "flavor": lambda: cloud.compute.flavors(is_public=None),
        "server group": lambda: cloud.compute.server_groups(all_projects=True),
        "aggregate": cloud.compute.aggregates,
        "image": cloud.image.images,
        "network": cloud.network.networks,
        "subnet": cloud.network.subnets,
        "router": cloud.network.routers,
        "floating IP": cloud.network.ips,
        "security group": cloud.network.security_groups,
        "security group rule": cloud.network.security_group_rules,
        "volume": lambda: cloud.block_storage.volumes(all_projects=True),
        "snapshot": lambda: cloud.block_storage.snapshots(all_projects=True),
        "stack": cloud.orchestration.stacks,
        "domain": cloud.identity.domains,
        "project": cloud.identity.projects,
        "user": cloud.identity.users,
        "role": cloud.identity.roles,
        "group": cloud.identity.groups,
        "application credential": lambda: cloud.identity.application_credentials(cloud.current_user_id),
    }
    for kind, list_all in lists.items():
        yield from ((kind, f"{one.id} {one.name}") for one in list_all())
    for port in cloud.network.ports():
        yield "port", f"{port.id} {port.name} {port.device_owner}"


def inventory():
    # The default group of a project is made when somebody first lists it; Nova does that for its own project when it
    # boots the first server of a new cloud.
    for name in ("admin", "demo", "service"):
        list(cloud.network.security_groups(project_id=cloud.identity.find_project(name).id))
    for kind, what in sorted([*from_apis(), *from_databases()]):
        print(kind, what)


def make_admin(name, password):
    domain = cloud.identity.find_domain("default")
    user = cloud.identity.create_user(name=name, password=password, domain_id=domain.id)
    project = cloud.identity.find_project("admin")
    cloud.identity.assign_project_role_to_user(project, user, cloud.identity.find_role("admin"))


def delete_user(name):
    cloud.identity.delete_user(cloud.identity.find_user(name))


def forget_tokens():
    """A user that is switched off loses every token; what the services remember of them is in memcached."""
    own = cloud.current_user_id
    for user in list(cloud.identity.users()):
        if user.id != own and user.name.startswith("functest-"):
            cloud.identity.update_user(user, is_enabled=False)
            cloud.identity.update_user(user, is_enabled=True)
    # Keystone's revocations count in whole seconds: a token that was got within the same one would be invalid, too.
    time.sleep(1.5)
    with socket.create_connection(("127.0.0.1", 11211), timeout=30) as memcached:
        memcached.sendall(b"flush_all\r\n")
        assert memcached.recv(64).startswith(b"OK")


{"inventory": inventory, "make-admin": make_admin, "delete-user": delete_user,
 "forget-tokens": forget_tokens}[sys.argv[1]](*sys.argv[2:])
