# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Placement, under uwsgi.

configure_placement() {
  mkdir -p "$STATE/placement" "$STATE/etc/placement"
  {
    cat <<CONF
[DEFAULT]
[placement_database]
connection = $(database_url placement)
[api]
auth_strategy = keystone
CONF
    auth_sections placement
  } > "$STATE/etc/placement/placement.conf"
  configure_uwsgi placement 8778 1 /usr/bin/placement-api
}
