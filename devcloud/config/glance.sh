# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Glance, with its images in a folder.

configure_glance() {
  mkdir -p "$STATE"/glance/{images,staging,tasks,lock}
  {
    default_section
    cat <<CONF
bind_host = $IP
bind_port = 9292
workers = 1
enabled_backends = file:file
node_staging_uri = file://$STATE/glance/staging
worker_self_reference_url = http://$IP:9292
[database]
connection = $(database_url glance)
[glance_store]
default_backend = file
[file]
filesystem_store_datadir = $STATE/glance/images
[os_glance_staging_store]
filesystem_store_datadir = $STATE/glance/staging
[os_glance_tasks_store]
filesystem_store_datadir = $STATE/glance/tasks
[paste_deploy]
flavor = keystone
config_file = /etc/glance/glance-api-paste.ini
CONF
    auth_sections glance
  } > "$STATE/etc/glance-api.conf"
}
