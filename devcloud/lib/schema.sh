# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Fills the databases: each step once. MariaDB has no transactions around changes of tables, so
# a migration that was cut half-way cannot be repeated: its databases are emptied first. That
# loses nothing, since no service has run with them yet.

KEYSTONE_CONFIG=(--config-file "$STATE/etc/keystone/keystone.conf")
NOVA_CONFIG=(--config-file "$STATE/etc/nova.conf")
GLANCE_CONFIG=(--config-file "$STATE/etc/glance-api.conf")

# once NAME "DATABASE..." COMMAND...: do it, or do it again with emptied databases, or nothing.
once() {
  local name=$1 databases=$2 log=$STATE/log/setup-$1.log
  shift 2
  is_done "$name" && return 0
  if was_cut "$name" && [ -n "$databases" ]; then
    say "setting up $name was cut: starting it over"
    # shellcheck disable=SC2086  # several databases
    empty_databases $databases || return 1
  fi
  mark_begun "$name"
  if ! "$@" >> "$log" 2>&1; then
    say "FAILED: setting up $name (see $log)" >&2
    return 1
  fi
  mark_done "$name"
  say "set up: $name"
}

# Keys that were half written are of no use to anybody.
new_fernet_keys() {
  rm -rf "$STATE/keystone/fernet-keys"
  keystone-manage "${KEYSTONE_CONFIG[@]}" fernet_setup --keystone-user root --keystone-group root
}

new_credential_keys() {
  rm -rf "$STATE/keystone/credential-keys"
  keystone-manage "${KEYSTONE_CONFIG[@]}" credential_setup --keystone-user root --keystone-group root
}

bootstrap_keystone() {
  local url=http://$IP:5000/v3
  keystone-manage "${KEYSTONE_CONFIG[@]}" bootstrap --bootstrap-password "$ADMIN_PASSWORD" \
    --bootstrap-username admin --bootstrap-project-name admin --bootstrap-role-name admin \
    --bootstrap-service-name keystone --bootstrap-region-id "$REGION" \
    --bootstrap-admin-url "$url" --bootstrap-public-url "$url" --bootstrap-internal-url "$url"
}

set_up_keystone() {
  once keystone keystone keystone-manage "${KEYSTONE_CONFIG[@]}" db_sync &&
    once fernet "" new_fernet_keys &&
    once credential "" new_credential_keys &&
    once bootstrap "" bootstrap_keystone
}

# create_cell fails when there is one, which is so when it was cut after its work.
create_nova_cell() {
  nova-manage "${NOVA_CONFIG[@]}" cell_v2 list_cells | grep -q '| *cell1 *|' ||
    nova-manage "${NOVA_CONFIG[@]}" cell_v2 create_cell --name cell1
}

set_up_nova() {
  once nova_api nova_api nova-manage "${NOVA_CONFIG[@]}" api_db sync &&
    once nova_cell0 "" nova-manage "${NOVA_CONFIG[@]}" \
      cell_v2 map_cell0 --database_connection "$(database_url nova_cell0)" &&
    once nova "nova nova_cell0" nova-manage "${NOVA_CONFIG[@]}" db sync &&
    once nova_cell1 "" create_nova_cell
}

# Not a step of set_up_nova: it finds hosts that have reported, so nova-compute must run.
map_nova_hosts() { once nova_hosts "" nova-manage "${NOVA_CONFIG[@]}" cell_v2 discover_hosts; }

glance_schema_and_metadefs() {
  glance-manage "${GLANCE_CONFIG[@]}" db_sync &&
    glance-manage "${GLANCE_CONFIG[@]}" db_load_metadefs /etc/glance/metadefs
}

placement_schema() {
  env OS_PLACEMENT_CONFIG_DIR="$STATE/etc/placement" \
    placement-manage --config-dir "$STATE/etc/placement" db sync
}

set_up_others() {
  once neutron neutron neutron-db-manage --config-file "$STATE/etc/neutron.conf" upgrade heads &&
    once heat heat heat-manage --config-file "$STATE/etc/heat.conf" db_sync &&
    once glance glance glance_schema_and_metadefs &&
    once placement placement placement_schema &&
    once cinder cinder cinder-manage --config-file "$STATE/etc/cinder/cinder.conf" db sync
}
