# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs provision/ (what needs the OpenStack client) with Debian's python and openstacksdk.

provision() {
  # -B: no compiled files in the repository.
  env OS_CLIENT_CONFIG_FILE="$STATE/clouds.yaml" CLOUD_STATE="$STATE" CLOUD_ADDRESS="$IP" CLOUD_REGION="$REGION" \
    CLOUD_ADMIN_PASSWORD="$ADMIN_PASSWORD" CLOUD_SERVICE_PASSWORD="$SERVICE_PASSWORD" \
    CLOUD_EXTERNAL_CIDR="$EXTERNAL_CIDR" CLOUD_EXTERNAL_GATEWAY="$EXTERNAL_GATEWAY" \
    /usr/bin/python3 -B "$ROOT/provision" "$@"
}
