# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# One command at a time; the lab's as well.

# One up, down or service at a time on this machine: ports, bridge and filter rules are the
# machine's, not the state folder's. What these commands start to do a step (apt, a schema step)
# inherits the lock, services do not: after a killed `up`, the next waits for its orphans.
take_lock() {
  exec 9>"$LOCK_FILE" || die "cannot write $LOCK_FILE"
  flock -n 9 && return 0
  say "waiting for another command, or for what a killed one left running"
  flock -w "$LOCK_DEADLINE" 9 || die "still running after $LOCK_DEADLINE s (holder: fuser $LOCK_FILE)"
}
