# SPDX-License-Identifier: Apache-2.0
"""A tour with openstacksdk, mostly its cloud layer: what the scripts of users do."""

import tempfile

import openstack


def network(cloud):
    """A network with a way out; returns it and what undoes it."""
    inside = cloud.create_network("sdk-net")
    subnet = cloud.create_subnet(inside.id, cidr="192.0.2.0/24", subnet_name="sdk-subnet", enable_dhcp=True)
    outside = cloud.get_network("public")
    router = cloud.create_router("sdk-router", ext_gateway_net_id=outside.id)
    cloud.add_router_interface(router, subnet_id=subnet.id)

    def undo():
        cloud.remove_router_interface(router, subnet_id=subnet.id)
        assert cloud.delete_router(router.id)
        assert cloud.delete_network(inside.id)

    return inside, undo


def image(cloud):
    """Uploads, reads back and deletes an image."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"openstacksdk" * 5000)
        file.flush()
        made = cloud.create_image(
            "sdk-image", filename=file.name, disk_format="raw", container_format="bare", wait=True, purpose="tour"
        )
    assert made.status == "active" and made.size == 60000, made
    content = b"".join(cloud.image.download_image(made.id, stream=True).iter_content(4096))
    assert content == b"openstacksdk" * 5000
    cloud.update_image_properties(name_or_id=made.id, purpose="kept")
    assert cloud.image.get_image(made.id).properties.get("purpose") == "kept"
    assert cloud.delete_image(made.id, wait=True)
    assert cloud.get_image("sdk-image") is None


def server(cloud, inside):
    """A server with a key, a security group and a floating IP."""
    key = cloud.create_keypair("sdk-key")
    group = cloud.create_security_group("sdk-group", "open for SSH")
    cloud.create_security_group_rule(group.id, port_range_min=22, port_range_max=22, protocol="tcp")
    made = cloud.create_server(
        "sdk-server",
        image="cirros",
        flavor="m1.nano",
        network=inside.id,
        key_name=key.name,
        security_groups=[group.name],
        meta={"purpose": "tour"},
        userdata="#!/bin/sh\ntrue\n",
        auto_ip=True,
        wait=True,
    )
    assert made.status == "ACTIVE" and made.public_v4 and made.private_v4.startswith("192.0.2."), made
    assert cloud.get_server_console(made) is not None
    cloud.compute.stop_server(made.id)
    cloud.compute.wait_for_server(made, status="SHUTOFF", interval=1, wait=60)
    cloud.compute.start_server(made.id)
    cloud.compute.wait_for_server(made, status="ACTIVE", interval=1, wait=60)
    picture = cloud.create_image_snapshot("sdk-snapshot", made.id, wait=True)
    assert cloud.delete_image(picture.id, wait=True)
    assert cloud.remove_server_security_groups(made, [group.name])
    assert cloud.add_server_security_groups(made, [group.name])
    cloud.set_server_metadata(made.id, {"more": "yes"})
    assert cloud.get_server(made.id).metadata == {"purpose": "tour", "more": "yes"}
    assert cloud.delete_server(made.id, wait=True, delete_ips=True)
    assert cloud.delete_security_group(group.id)
    assert cloud.delete_keypair(key.name)


def identity(cloud):
    """A project with a user that has a role in it."""
    project = cloud.create_project("sdk-project", "default")
    user = cloud.create_user("sdk-user", password="secret", default_project=project.id, domain_id="default")
    cloud.grant_role("member", user=user.id, project=project.id)
    assert cloud.list_role_assignments(filters={"user": user.id, "project": project.id})
    there = cloud.connect_as(username="sdk-user", password="secret", project_name="sdk-project")
    assert there.list_servers() == []
    assert cloud.revoke_role("member", user=user.id, project=project.id)
    assert cloud.delete_user(user.id) and cloud.delete_project(project.id)


def left(cloud):
    """The ids of all there is."""
    lists = [cloud.list_images, cloud.list_networks, cloud.list_routers, cloud.list_ports, cloud.list_floating_ips]
    lists += [cloud.list_servers, cloud.list_keypairs, cloud.list_users, cloud.list_projects]
    return {item.id for call in lists for item in call()}


def main():
    cloud = openstack.connect()
    before = left(cloud)
    inside, undo = network(cloud)
    image(cloud)
    server(cloud, inside)
    identity(cloud)
    undo()
    assert left(cloud) == before, left(cloud) ^ before
    print("the tour with openstacksdk is over")


main()
