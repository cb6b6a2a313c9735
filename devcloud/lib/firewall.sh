# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Packet filter rules on this machine. Others have theirs here too (a Docker engine), and change
# them at any time: rules are added and deleted one by one, never saved and restored as a whole.

# Bridged traffic meets iptables here (bridge-nf-call-iptables), and a Docker engine sets the
# policy of FORWARD to DROP: without this, ports without port security and routers among
# themselves would be cut off. Neutron's own rules come first and decide about every other port.
let_bridges_through() {
  local bridge rule
  for bridge in brq+ "$EXTERNAL_BRIDGE"; do
    rule=(FORWARD -i "$bridge" -o "$bridge" -m comment --comment "$OWN_RULE_MARK" -j ACCEPT)
    iptables -w 60 -C "${rule[@]}" 2>/dev/null || iptables -w 60 -A "${rule[@]}" ||
      die "packet filter rule for $bridge"
  done
}

# From the output of iptables-save: commands that delete what is ours or Neutron's.
deletions() {
  awk -v mark="$OWN_RULE_MARK" '
    /^\*/ { print; chains = 0; next }
    /^:neutron-/ { chain[chains++] = substr($1, 2); next }
    /^-A neutron-/ { next }
    /^-A / && (index($0, " -j neutron-") || index($0, mark)) { sub(/^-A/, "-D"); print; next }
    /^COMMIT/ {
      for (i = 0; i < chains; i++) print "-F " chain[i]
      for (i = 0; i < chains; i++) print "-X " chain[i]
      print
    }'
}

remove_rules() {
  local tool
  for tool in iptables ip6tables; do
    command -v "$tool-save" > /dev/null || continue
    "$tool-save" 2>/dev/null | deletions | "$tool-restore" --noflush -w 60 ||
      say "could not remove all of Neutron's $tool rules"
  done
}

# The Linux bridge agent's chains against forged addresses. One by one, because ebtables-nft takes
# no deletions in a restore; a flush first, because some rules cannot be deleted (see lib/host.sh).
remove_bridge_rules() {
  local chain rule
  command -v ebtables-save > /dev/null || return 0
  ebtables-save 2>/dev/null | grep -E '^-A .* -j neutron' | while read -r _ rule; do
    # shellcheck disable=SC2086  # a rule is several words, none of them quoted
    ebtables -t nat -D $rule
  done
  for chain in $(ebtables-save 2>/dev/null | sed -n 's/^:\(neutron[^ ]*\) .*/\1/p'); do
    ebtables -t nat -F "$chain" && ebtables -t nat -X "$chain"
  done
}

# Sets that Neutron's rules referred to: NIPv4... and NIPv6....
remove_address_sets() {
  local name
  command -v ipset > /dev/null || return 0
  for name in $(ipset list -n 2>/dev/null | grep -E '^N(ET)?IPv[46]'); do ipset destroy "$name" 2>/dev/null; done
}
