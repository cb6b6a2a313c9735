# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# One up or down at a time.

take_lock() {
  exec 9> "$LOCK_FILE"
  flock -n 9 && return 0
  say "waiting for another up or down"
  flock -w "$LOCK_DEADLINE" 9 || die "still running after $LOCK_DEADLINE s (holder: fuser $LOCK_FILE)"
}
