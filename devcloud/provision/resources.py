# SPDX-License-Identifier: Apache-2.0
"""Flavors, images and the external network."""
import sys
import time

from settings import EXTERNAL_CIDR, EXTERNAL_GATEWAY, GUEST_IMAGE, cloud

# name, MiB of memory, GiB of disk, processors
FLAVORS = (
    ("m1.nano", 128, 1, 1),
    ("m1.micro", 192, 1, 1),
    ("m1.tiny", 512, 1, 1),
    ("m1.small", 2048, 20, 1),
    ("m1.medium", 4096, 40, 2),
)
IMAGES = ("cirros", "cirros-alt")
PATIENCE = 180


def create():
    for flavor in FLAVORS:
        retry("flavor", lambda flavor=flavor: ensure_flavor(*flavor))
    for name in IMAGES:
        ensure_image(name)
    network = retry("external network", ensure_network)
    ensure_subnet(network)


def retry(what, action):
    """An API that answers may still refuse for a moment, while what it calls is starting."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return action()
        except Exception as error:  # whatever it is: it counts only if it lasts
            if time.monotonic() > deadline:
                sys.exit("%s: not after %d s (%s)" % (what, PATIENCE, error))
        time.sleep(0.5)


def ensure_flavor(name, ram, disk, vcpus):
    return cloud.compute.find_flavor(name) or cloud.compute.create_flavor(name=name, ram=ram, disk=disk, vcpus=vcpus)


def ensure_image(name):
    """An image whose upload was cut is there, but not active: it is made again."""
    found = [image for image in cloud.image.images(name=name) if image.owner == cloud.current_project_id]
    if any(image.status == "active" for image in found):
        return
    for image in found:
        cloud.image.delete_image(image)
    cloud.create_image(
        name, filename=GUEST_IMAGE, disk_format="qcow2", container_format="bare", visibility="public", wait=True,
        min_ram=96, use_import=False, validate_checksum=False, properties={"hw_rng_model": "virtio"})


def ensure_network():
    return cloud.network.find_network("public") or cloud.network.create_network(
        name="public", is_router_external=True, provider_network_type="flat", provider_physical_network="public")


def ensure_subnet(network):
    if cloud.network.find_subnet("public-subnet"):
        return
    base = EXTERNAL_CIDR.rsplit(".", 1)[0]
    cloud.network.create_subnet(
        name="public-subnet", network_id=network.id, ip_version=4, cidr=EXTERNAL_CIDR, gateway_ip=EXTERNAL_GATEWAY,
        is_dhcp_enabled=False, allocation_pools=[{"start": base + ".10", "end": base + ".250"}])
