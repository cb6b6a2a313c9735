# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# libvirt's settings that are the machine's, and the virtual machines it runs.

virsh_system() { virsh -q -c qemu:///system "$@"; }

# qemu as root, no security driver, no cgroups, no virtlogd: console logs go to plain files.
set_up_libvirt() {
  local conf=/etc/libvirt/qemu.conf
  mkdir -p /run/libvirt
  rm -f /etc/libvirt/qemu/networks/autostart/default.xml
  grep -qF "$OWN_FILE_MARK" "$conf" && return 0
  cat "$conf" - > "$conf.new" <<CONF
$OWN_FILE_MARK
user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
security_driver = "none"
cgroup_controllers = [ ]
stdio_handler = "file"
namespaces = [ ]
max_processes = 0
max_core = 0
CONF
  chmod 600 "$conf.new"
  mv "$conf.new" "$conf"
}

# Definitions of servers whose folder is gone (the state was wiped): the next cloud gives the
# same names (instance-00000001...) to other machines, and libvirt would refuse them.
forget_lost_guests() {
  local uuid
  for uuid in $(virsh_system list --all --uuid); do
    [ ! -e "$STATE/nova/instances/$uuid" ] || continue
    virsh_system dumpxml "$uuid" 2>/dev/null | grep -qF "$STATE/nova/instances/" || continue
    virsh_system destroy "$uuid" 2>/dev/null
    virsh_system undefine "$uuid" --managed-save --nvram
  done
}

guest_processes() { pgrep -f "^[^ ]*qemu-system-[^ ]* .*$STATE/nova/instances/"; }

# By pid, not through libvirt: they outlive a libvirtd that was killed.
stop_guests() {
  local signal tries
  for signal in TERM KILL; do
    # shellcheck disable=SC2046  # several pids
    [ -z "$(guest_processes)" ] || kill "-$signal" $(guest_processes) 2>/dev/null
    for ((tries = 0; tries < 50; tries++)); do
      [ -n "$(guest_processes)" ] || return 0
      sleep 0.1
    done
  done
}
