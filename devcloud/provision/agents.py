# SPDX-License-Identifier: Apache-2.0
"""Lets the DHCP and L3 agents do each of their privileged things once, one after the other.

An agent starts its privileged helpers (oslo.privsep) when it first needs them. Where several networks come at once on a busy
machine, it starts one of them twice, and its threads break ("cannot switch to a different thread"): no guest gets an address
from then on. After this, the helpers run.
"""
import sys
import time

from settings import cloud

NAME = "devcloud-first-network"
SECONDS = 180


def use():
    remove()
    network = cloud.network.create_network(name=NAME)
    subnet = cloud.network.create_subnet(name=NAME, network_id=network.id, ip_version=4, cidr="10.254.0.0/28")
    external = cloud.network.find_network("public", ignore_missing=False)
    router = cloud.network.create_router(name=NAME, external_gateway_info={"network_id": external.id})
    cloud.network.add_interface_to_router(router, subnet_id=subnet.id)
    port = cloud.network.create_port(name=NAME, network_id=network.id)
    wait("the DHCP agent", lambda: is_active(network, "network:dhcp"))
    wait("the L3 agent", lambda: is_active(network, "network:router_interface"))
    cloud.network.delete_port(port)
    remove()


def is_active(network, owner):
    ports = list(cloud.network.ports(network_id=network.id, device_owner=owner))
    return bool(ports) and all(port.status == "ACTIVE" for port in ports)


def remove():
    """Also what an earlier one left that was cut."""
    for router in cloud.network.routers(name=NAME):
        for port in cloud.network.ports(device_id=router.id, device_owner="network:router_interface"):
            cloud.network.remove_interface_from_router(router, port_id=port.id)
        cloud.network.delete_router(router)
    for network in cloud.network.networks(name=NAME):
        for port in cloud.network.ports(network_id=network.id, name=NAME):
            cloud.network.delete_port(port)
        cloud.network.delete_network(network)


def wait(who, holds):
    deadline = time.monotonic() + SECONDS
    while not holds():
        if time.monotonic() >= deadline:
            sys.exit("provision: %s has not served a first network within %d seconds" % (who, SECONDS))
        time.sleep(0.5)
