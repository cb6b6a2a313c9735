# SPDX-License-Identifier: Apache-2.0
"""Writes a tempest workspace for a sandbox: configure.py CLOUDS_YAML WORKSPACE."""

import configparser
import pathlib
import sys

import openstack
import tempest

STESTR = """[DEFAULT]
test_path={tests}/test_discover
top_dir={tests}
group_regex=([^\\.]*\\.)*
"""


def settings(cloud, workspace):
    """All that tempest has to know of the sandbox, asked of the sandbox itself."""
    auth = cloud.config.auth
    image = {image.name: image.id for image in cloud.image.images()}
    flavor = {flavor.name: flavor.id for flavor in cloud.compute.flavors()}
    public = next(cloud.network.networks(is_router_external=True))
    aliases = sorted(extension.alias for extension in cloud.network.extensions())
    return {
        "DEFAULT": {"log_dir": workspace, "log_file": "tempest.log"},
        "oslo_concurrency": {"lock_path": workspace / "locks"},
        "auth": {
            "admin_username": auth["username"],
            "admin_password": auth["password"],
            "admin_project_name": auth["project_name"],
            "admin_domain_name": auth["user_domain_name"],
            "tempest_roles": "member",
        },
        "identity": {"auth_version": "v3", "uri_v3": auth["auth_url"], "region": cloud.config.region_name},
        "identity-feature-enabled": {
            "api_v2": False,
            "application_credentials": True,
            "access_rules": True,
            "security_compliance": True,
            "project_tags": True,
        },
        "service_available": {"glance": True, "nova": True, "neutron": True, "cinder": False, "swift": False},
        "compute": {
            "image_ref": image["cirros"],
            "image_ref_alt": image["cirros-alt"],
            "flavor_ref": flavor["m1.nano"],
            "flavor_ref_alt": flavor["m1.micro"],
            "min_compute_nodes": 1,
            "max_microversion": "2.72",
            # A server of the sandbox is ACTIVE at once: nothing is gained by looking seldom.
            "build_interval": 1,
            "build_timeout": 120,
        },
        "compute-feature-enabled": {
            "cold_migration": False,
            "live_migration": False,
            "swap_volume": False,
            "vnc_console": False,
            "shelve": False,
            "rescue": True,
            "resize": False,
            "snapshot": True,
        },
        "network": {
            "public_network_id": public.id,
            "floating_network_name": public.name,
            "project_network_cidr": "10.100.0.0/16",
        },
        "network-feature-enabled": {
            "api_extensions": ",".join(aliases),
            "ipv6_subnet_attributes": True,
            "port_security": True,
        },
        "validation": {
            "run_validation": True,
            "connect_method": "floating",
            "image_ssh_user": "cirros",
            "image_ssh_password": "gocubsgo",
            "image_alt_ssh_user": "cirros",
            "image_alt_ssh_password": "gocubsgo",
            "ssh_key_type": "ecdsa",
        },
    }


def main(clouds, workspace):
    workspace = pathlib.Path(workspace)
    (workspace / "etc").mkdir(parents=True)
    (workspace / "locks").mkdir()
    loader = openstack.config.OpenStackConfig(config_files=[clouds], load_envvars=False)
    cloud = openstack.connection.Connection(config=loader.get_one(cloud="sandbox-admin"))
    conf = configparser.RawConfigParser(default_section="")
    conf.read_dict(settings(cloud, workspace))
    with open(workspace / "etc" / "tempest.conf", "w", encoding="utf-8") as file:
        conf.write(file)
    tests = pathlib.Path(tempest.__file__).parent
    (workspace / ".stestr.conf").write_text(STESTR.format(tests=tests), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
