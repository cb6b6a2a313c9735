# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Ends the lab, also what a killed start left. Every part looks for itself whether there is something to do.

# Processes of the lab by their environment. With the first process of a host everything in it ends.
marked_processes() {
  # Kernel threads have no environment, and processes end while one looks: neither is an error here.
  { grep -lzxF "$MARK" /proc/[0-9]*/environ 2> /dev/null || true; } | cut -d / -f 3
}

end_processes() {
  local tries pids
  for ((tries = 0; tries < 100; tries++)); do
    pids=$(marked_processes)
    [ -n "$pids" ] || return 0
    # shellcheck disable=SC2086  # several pids; one may have ended by now
    kill -KILL $pids 2> /dev/null || true
    sleep 0.1
  done
  die "processes that do not end: $pids"
}

remove_network() {
  if ip link show "$ROOT_LINK" > /dev/null 2>&1; then ip link delete "$ROOT_LINK"; fi
  if [ -e "/run/netns/$ROUTER" ]; then ip netns delete "$ROUTER"; fi
}

mounts_below() { awk -v top="$1" '$2 == top || index($2, top "/") == 1 {print $2}' /proc/self/mounts | sort -r; }

# The kernel gives up the mounts of ended hosts a moment after their last process.
unmount_state() {
  local tries folder
  for ((tries = 0; tries < 50; tries++)); do
    [ -n "$(mounts_below "$STATE")" ] || return 0
    for folder in $(mounts_below "$STATE"); do umount "$folder" 2> /dev/null || true; done
    [ -z "$(mounts_below "$STATE")" ] || sleep 0.1
  done
  for folder in $(mounts_below "$STATE"); do umount -l "$folder"; done
}

wipe_lab() {
  end_processes
  remove_network
  unmount_state
  if [ -d "$STATE" ]; then rm -rf --one-file-system "$STATE"; fi
}

lab_is_up() { [ -e "$STATE/hosts.json" ] && [ -e "/run/netns/$ROUTER" ]; }
