# SPDX-License-Identifier: Apache-2.0
"""The connection, and what lib/provision.sh hands over about the cloud."""
import os

import openstack

STATE = os.environ["CLOUD_STATE"]
ADDRESS = os.environ["CLOUD_ADDRESS"]
REGION = os.environ["CLOUD_REGION"]
ADMIN_PASSWORD = os.environ["CLOUD_ADMIN_PASSWORD"]
SERVICE_PASSWORD = os.environ["CLOUD_SERVICE_PASSWORD"]
EXTERNAL_CIDR = os.environ["CLOUD_EXTERNAL_CIDR"]
EXTERNAL_GATEWAY = os.environ["CLOUD_EXTERNAL_GATEWAY"]
GUEST_IMAGE = os.path.join(STATE, "images", "guest.qcow2")

cloud = openstack.connect(cloud="devcloud-admin")
