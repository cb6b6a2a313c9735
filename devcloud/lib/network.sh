# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Links and network namespaces: the external network's bridge, and what Neutron's agents leave.

# Names as Neutron gives them; other things on this machine may use the same.
NEUTRON_LINKS='^(brq|tap|vxlan-|qvo|qvb)'
NEUTRON_NAMESPACES='^q(dhcp|router)-'

link_names() { ip -o link show | awk -F': ' '{sub(/@.*/, "", $2); print $2}' | sort; }
namespace_names() { ip netns list 2>/dev/null | awk '{print $1}' | sort; }
external_bridge_exists() { ip link show "$EXTERNAL_BRIDGE" > /dev/null 2>&1; }

# What was here before the cloud, so that only what came with it is removed. When there is no
# such record but our bridge is there, then its state folder was lost: all of it is ours.
record_network_before() {
  [ -e "$STATE/run/links.before" ] && return 0
  mkdir -p "$STATE/run"
  if external_bridge_exists; then
    : > "$STATE/run/netns.before"
    : > "$STATE/run/links.before"
  else
    namespace_names > "$STATE/run/netns.before"
    link_names > "$STATE/run/links.new"
    mv "$STATE/run/links.new" "$STATE/run/links.before"
  fi
}

# The external network: a bridge with this machine's address on it, and no way out.
make_external_bridge() {
  external_bridge_exists || ip link add "$EXTERNAL_BRIDGE" type bridge || die "making bridge $EXTERNAL_BRIDGE"
  ip addr replace "$EXTERNAL_GATEWAY/24" dev "$EXTERNAL_BRIDGE" || die "address of $EXTERNAL_BRIDGE"
  ip link set "$EXTERNAL_BRIDGE" up || die "bridge $EXTERNAL_BRIDGE"
}

our_namespaces() { namespace_names | grep -E "$NEUTRON_NAMESPACES" | comm -13 "$STATE/run/netns.before" -; }
our_links() { link_names | grep -E "$NEUTRON_LINKS" | comm -13 "$STATE/run/links.before" -; }

# A name without a namespace behind it (killed in between, or /run kept over a restart): the
# agents would try to enter it and fail for ever.
remove_broken_namespaces() {
  local name
  for name in $(our_namespaces); do
    ip netns exec "$name" true 2>/dev/null || ip netns delete "$name"
  done
}

remove_namespaces() {
  local name pid
  for name in $(our_namespaces); do
    for pid in $(ip netns pids "$name" 2>/dev/null); do kill -TERM "$pid" 2>/dev/null; done
    ip netns delete "$name"
  done
}

# Our bridge goes last: it is the sign that the rest is ours (see record_network_before).
remove_network() {
  local name
  [ -e "$STATE/run/links.before" ] || ! external_bridge_exists || record_network_before
  if [ -e "$STATE/run/links.before" ]; then
    remove_namespaces
    for name in $(our_links); do ip link delete "$name" 2>/dev/null; done
  fi
  ! external_bridge_exists || ip link delete "$EXTERNAL_BRIDGE"
  rm -f "$STATE"/run/{links,netns}.before
}
