# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The services: which there are, how each is started, when each works. `up`, `down`, `status`
# and `service` all go by these tables.
# shellcheck disable=SC2034  # the groups are used by their names, through SERVICE_GROUPS

# In starting order; all of a group may start at once when the groups before it work.
BACKING_SERVICES=(mariadb memcached epmd rabbitmq)
IDENTITY_SERVICES=(keystone)
HYPERVISOR_SERVICES=(libvirtd)
CONTROL_SERVICES=(
  glance placement neutron-server
  nova-conductor nova-api nova-scheduler
  cinder-api cinder-scheduler cinder-volume
  heat-api heat-api-cfn heat-engine
)
# An agent whose first call meets no server waits a whole minute before it tries again.
AGENT_SERVICES=(neutron-linuxbridge neutron-dhcp neutron-l3 neutron-metadata nova-compute)
SERVICE_GROUPS=(BACKING_SERVICES IDENTITY_SERVICES HYPERVISOR_SERVICES CONTROL_SERVICES AGENT_SERVICES)

# Those of the cloud as it is (or would be) up.
all_services() {
  local mode group name
  mode=$(recorded_mode)
  for group in "${SERVICE_GROUPS[@]}"; do
    [ "$group" != HYPERVISOR_SERVICES ] || [ "${mode:-$VIRT}" != fake ] || continue
    local -n names=$group
    for name in "${names[@]}"; do echo "$name"; done
  done
}

is_service() { all_services | grep -qxF -- "$1"; }

any_service_recorded() {
  local name
  for name in $(all_services); do
    if recorded "$name" || stopped_on_purpose "$name"; then return 0; fi
  done
  return 1
}

# ---- starting -------------------------------------------------------------------------------

# Old messages are of no use to services that started since, and a node that was killed while it
# made its files does not start again: it begins afresh.
start_rabbitmq() {
  alive rabbitmq && return 0
  rm -rf "$STATE/rabbitmq"
  mkdir -p "$STATE/rabbitmq"
  # Else the Erlang machine starts a port mapper of its own, which nobody would end.
  wait_for "$BACKING_DEADLINE" epmd service_works epmd
  daemon rabbitmq env HOME="$STATE/rabbitmq" ERL_EPMD_ADDRESS="$IP" RABBITMQ_NODENAME=devcloud@localhost \
    RABBITMQ_CONFIG_FILE="$STATE/etc/rabbitmq.conf" RABBITMQ_CONF_ENV_FILE=/dev/null \
    RABBITMQ_MNESIA_BASE="$STATE/rabbitmq/mnesia" RABBITMQ_LOG_BASE="$STATE/log" \
    RABBITMQ_ENABLED_PLUGINS_FILE="$STATE/etc/enabled_plugins" RABBITMQ_PID_FILE="$STATE/run/rabbitmq.own.pid" \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +S 2:2" \
    /usr/lib/rabbitmq/bin/rabbitmq-server
}

# Runs the service in the background, unless it runs.
start_service() {
  local name=$1
  local etc=$STATE/etc
  local neutron=(--config-file "$etc/neutron.conf")
  rm -f "$STATE/run/$name.stopped"
  case $name in
    mariadb)          daemon "$name" mariadbd --defaults-file="$etc/my.cnf" ;;
    memcached)        daemon "$name" memcached -u root -l "$IP" -p 11211 -m 64 -c 2048 ;;
    # The Erlang port mapper on loopback only, run by us so that `down` can end it.
    epmd)             daemon "$name" env ERL_EPMD_ADDRESS="$IP" epmd ;;
    rabbitmq)         start_rabbitmq ;;
    keystone)         daemon "$name" env OS_KEYSTONE_CONFIG_DIR="$etc/keystone" \
                        OS_KEYSTONE_CONFIG_FILES=keystone.conf uwsgi --ini "$etc/uwsgi-keystone.ini" ;;
    libvirtd)         daemon "$name" libvirtd --config "$etc/libvirtd.conf" \
                        --pid-file "$STATE/run/libvirtd.own.pid" ;;
    glance)           daemon "$name" glance-api --config-file "$etc/glance-api.conf" ;;
    placement)        daemon "$name" env OS_PLACEMENT_CONFIG_DIR="$etc/placement" \
                        uwsgi --ini "$etc/uwsgi-placement.ini" ;;
    neutron-server)   daemon "$name" neutron-server "${neutron[@]}" ;;
    nova-conductor | nova-api | nova-scheduler)
                      daemon "$name" "$name" --config-file "$etc/nova.conf" ;;
    cinder-api | cinder-scheduler | cinder-volume)
                      daemon "$name" "$name" --config-file "$etc/cinder/cinder.conf" ;;
    heat-api | heat-api-cfn | heat-engine)
                      daemon "$name" "$name" --config-file "$etc/heat.conf" ;;
    # With our ebtables first in PATH, see make_ebtables_wrapper.
    neutron-linuxbridge)
                      daemon "$name" env PATH="$STATE/bin:$PATH" neutron-linuxbridge-agent "${neutron[@]}" \
                        --config-file "$etc/$name.conf" ;;
    neutron-dhcp | neutron-l3 | neutron-metadata)
                      daemon "$name" "$name-agent" "${neutron[@]}" --config-file "$etc/$name.conf" ;;
    nova-compute)     daemon "$name" nova-compute --config-file "$etc/nova-compute.conf" ;;
    *)                die "no such service: $name" ;;
  esac
}

# ---- when they work ---------------------------------------------------------------------------

# Services without an API of their own, which report to one.
REPORTING_SERVICES=(
  nova-conductor nova-scheduler nova-compute cinder-scheduler cinder-volume heat-engine
  neutron-linuxbridge neutron-dhcp neutron-l3 neutron-metadata
)

reports() { [[ " ${REPORTING_SERVICES[*]} " == *" $1 "* ]]; }

# NAME@TIME, where TIME is when the service started: a report from before is its predecessor's.
reporter() { echo "$1@$(stat -c %Y "$STATE/run/$1.pid")"; }

service_works() {
  case $1 in
    mariadb)        mysqladmin --socket="$STATE/run/mysqld.sock" ping ;;
    memcached)      tcp_up 11211 ;;
    epmd)           tcp_up 4369 ;;
    rabbitmq)       tcp_up 5672 ;;
    libvirtd)       virsh_system version ;;
    keystone)       http_up 5000/v3 ;;
    glance)         http_up 9292/ ;;
    placement)      http_up 8778/ ;;
    neutron-server) http_up 9696/ ;;
    nova-api)       http_up 8774/ && http_up 8775/ ;;
    cinder-api)     http_up 8776/ ;;
    heat-api)       http_up 8004/ ;;
    heat-api-cfn)   http_up 8000/ ;;
    *)              provision reports 0 "$(reporter "$1")" ;;
  esac
}

wait_for_services() {
  local name
  for name; do wait_for "$API_DEADLINE" "$name" service_works "$name"; done
}

# All that report at once: each look costs the start of a Python.
wait_for_reports() {
  local name reporters=() deadline=$((SECONDS + REPORT_DEADLINE))
  for name; do reporters+=("$(reporter "$name")"); done
  until provision reports 10 "${reporters[@]}" 2> "$STATE/log/reports.log"; do
    for name; do alive "$name" || die "$name ended: $(tail -n 3 "$STATE/log/$name.log")"; done
    [ "$SECONDS" -lt "$deadline" ] || die "$(tail -n 1 "$STATE/log/reports.log")"
  done
}

# ---- stopping -----------------------------------------------------------------------------------

# A service that `service stop` stopped, as opposed to one that died.
stopped_on_purpose() { [ -e "$STATE/run/$1.stopped" ]; }

# Seconds from asking to insisting. Database and bus have something to write.
grace_of() {
  case $1 in
    mariadb | rabbitmq | memcached | epmd | libvirtd) echo 20 ;;
    *) echo 8 ;;
  esac
}

stop_service() { terminate "$1" "$(grace_of "$1")"; }

# Everything that uses database, bus and hypervisor at once, then those.
stop_all_services() {
  local name
  for name in $(all_services | grep -vxE 'mariadb|rabbitmq|epmd|memcached|libvirtd'); do
    stop_service "$name" &
  done
  wait
  for name in libvirtd rabbitmq mariadb memcached epmd; do stop_service "$name"; done
  rm -f "$STATE"/run/*.stopped
}
