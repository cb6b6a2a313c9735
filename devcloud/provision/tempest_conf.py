# SPDX-License-Identifier: Apache-2.0
"""A tempest.conf for exactly this cloud."""
import os

from settings import ADDRESS, ADMIN_PASSWORD, GUEST_IMAGE, REGION, STATE, cloud


def write():
    path = os.path.join(STATE, "tempest.conf")
    with open(path + ".new", "w", encoding="utf-8") as out:
        for name, options in sections().items():
            lines = "".join("%s = %s\n" % option for option in options.items())
            out.write("[%s]\n%s\n" % (name, lines))
    os.replace(path + ".new", path)


def sections():
    images = {name: cloud.image.find_image(name).id for name in ("cirros", "cirros-alt")}
    flavors = {name: cloud.compute.find_flavor(name).id for name in ("m1.nano", "m1.micro")}
    extensions = ",".join(sorted(extension.alias for extension in cloud.network.extensions()))
    return {
        "DEFAULT": {
            "log_file": "tempest.log",
        },
        "auth": {
            "admin_username": "admin",
            "admin_password": ADMIN_PASSWORD,
            "admin_project_name": "admin",
            "admin_domain_name": "Default",
            "use_dynamic_credentials": True,
            "tempest_roles": "member",
        },
        "identity": {
            "auth_version": "v3",
            "uri_v3": "http://%s:5000/v3" % ADDRESS,
            "region": REGION,
        },
        "identity-feature-enabled": {
            "api_v2": False,
            "application_credentials": True,
            "access_rules": True,
            "security_compliance": True,
            "project_tags": True,
        },
        "service_available": {
            "cinder": True,
            "glance": True,
            "neutron": True,
            "nova": True,
            "swift": False,
            "heat": True,
            "horizon": False,
        },
        "compute": {
            "image_ref": images["cirros"],
            "image_ref_alt": images["cirros-alt"],
            "flavor_ref": flavors["m1.nano"],
            "flavor_ref_alt": flavors["m1.micro"],
            "min_compute_nodes": 1,
            "max_microversion": "latest",
            "build_timeout": 180,
        },
        "compute-feature-enabled": {
            "vnc_console": False,
            "live_migration": False,
            "cold_migration": False,
            "resize": True,
            "config_drive": True,
            "swap_volume": False,
            "attach_encrypted_volume": False,
            "console_output": True,
            "rescue": True,
            "shelve": True,
            "snapshot": True,
            "suspend": True,
            "pause": True,
            "metadata_service": True,
            "interface_attach": True,
        },
        "network": {
            "public_network_id": cloud.network.find_network("public").id,
            "floating_network_name": "public",
            "project_network_cidr": "10.100.0.0/16",
        },
        "network-feature-enabled": {
            "api_extensions": extensions,
            "ipv6": True,
            "ipv6_subnet_attributes": True,
            "port_security": True,
            "floating_ips": True,
        },
        "validation": {
            "run_validation": True,
            "connect_method": "floating",
            "auth_method": "keypair",
            "image_ssh_user": "cirros",
            "image_ssh_password": "gocubsgo",
            "image_alt_ssh_user": "cirros",
            "image_alt_ssh_password": "gocubsgo",
            "ping_timeout": 120,
            "ssh_timeout": 180,
            "ssh_key_type": "ecdsa",
        },
        "volume": {
            "storage_protocol": "nfs",
            "vendor_name": "Open Source",
            "backend_names": "nfs",
            "volume_size": 1,
            "build_timeout": 180,
            "min_microversion": "3.0",
            "max_microversion": "latest",
        },
        "volume-feature-enabled": {
            "backup": False,
            "multi_backend": False,
            "snapshot": True,
            "clone": True,
            "manage_volume": False,
            "manage_snapshot": False,
            "extend_attached_volume": False,
            "api_v3": True,
        },
        "heat_plugin": {
            "auth_url": "http://%s:5000/v3" % ADDRESS,
            "auth_version": 3,
            "username": "demo",
            "password": ADMIN_PASSWORD,
            "project_name": "demo",
            "user_domain_name": "Default",
            "project_domain_name": "Default",
            "admin_username": "admin",
            "admin_password": ADMIN_PASSWORD,
            "admin_project_name": "admin",
            "region": REGION,
            "image_ref": "cirros",
            "minimal_image_ref": "cirros",
            "instance_type": "m1.micro",
            "minimal_instance_type": "m1.nano",
            "floating_network_name": "public",
            "fixed_network_name": "public",
        },
        "scenario": {
            "img_file": GUEST_IMAGE,
            "img_disk_format": "qcow2",
            "img_container_format": "bare",
        },
        "oslo_concurrency": {
            "lock_path": "/tmp",
        },
    }
