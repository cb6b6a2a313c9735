# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The machine's own side of the cloud: everything outside the state folder but packages.

mounts_below() { awk -v top="$1/" 'index($2, top) == 1 {print $2}' /proc/self/mounts | sort -r; }

# Cinder's NFS driver and Nova's NFS attach both run `mount -t nfs`. There is no NFS in this
# kernel and none is needed: the share is a folder of this very machine, so the helper that
# mount(8) calls for nfs binds it.
make_mount_helper() {
  local helper=/sbin/mount.nfs
  if [ -e $helper ] && ! grep -qF "$OWN_FILE_MARK" $helper; then
    say "$helper is somebody else's: volumes will not work"
    return 0
  fi
  cat > $helper.new <<HELPER
#!/bin/sh
$OWN_FILE_MARK
src=\$1; dst=\$2
case \$src in $IP:$STATE/*) exec mount --bind "\${src#*:}" "\$dst" ;; esac
echo "mount.nfs: only $IP:$STATE/... can be mounted here" >&2; exit 32
HELPER
  chmod 755 $helper.new
  mv $helper.new $helper
}

remove_mount_helper() { ! grep -qsF "$OWN_FILE_MARK" /sbin/mount.nfs || rm -f /sbin/mount.nfs; }

# ebtables-nft 1.8.9 cannot delete a rule with --among-src on a recent kernel ("RULE_DELETE failed
# (Invalid argument)"), and the Linux bridge agent then retries for ever and wires no port any
# more. The chain holds nothing but such rules and a last DROP, so flushing it and putting the
# DROP back is the same. Only the agent sees this ebtables.
make_ebtables_wrapper() {
  mkdir -p "$STATE/bin"
  cat > "$STATE/bin/ebtables.new" <<'WRAPPER'
#!/bin/sh
case " $* " in
  *" -D neutronMAC-"*" --among-src "*)
    chain="$*"; chain=${chain#*-D }; chain=${chain%% *}
    /usr/sbin/ebtables -t nat --concurrent -F "$chain" &&
      exec /usr/sbin/ebtables -t nat --concurrent -A "$chain" -j DROP ;;
esac
exec /usr/sbin/ebtables "$@"
WRAPPER
  chmod 755 "$STATE/bin/ebtables.new"
  mv "$STATE/bin/ebtables.new" "$STATE/bin/ebtables"
}

set_up_host() {
  record_network_before
  remove_broken_namespaces
  make_external_bridge
  let_bridges_through
  make_mount_helper
  make_ebtables_wrapper
  [ "$VIRT" = fake ] || set_up_libvirt
}

unmount_all() {
  local folder
  for folder in $(mounts_below "$STATE"); do umount "$folder" 2>/dev/null || umount -l "$folder"; done
}

# Undoes set_up_host and what agents and guests left. Every part looks for itself whether there
# is something to do: nothing of the state folder need be left.
clean_host() {
  end_strays
  stop_guests
  remove_network
  remove_rules
  remove_bridge_rules
  remove_address_sets
  remove_mount_helper
  unmount_all
}
