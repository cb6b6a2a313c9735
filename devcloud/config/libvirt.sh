# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# libvirtd. What is qemu's is the machine's own: see lib/libvirt.sh.

configure_libvirt() {
  cat > "$STATE/etc/libvirtd.conf" <<CONF
unix_sock_group = "root"
unix_sock_rw_perms = "0700"
auth_unix_ro = "none"
auth_unix_rw = "none"
log_outputs = "3:stderr"
CONF
}
