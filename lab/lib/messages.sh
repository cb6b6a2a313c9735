# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the commands print, and how they end early.

BEGIN_US=${EPOCHREALTIME/[.,]/}

say() {
  local tenths=$(((${EPOCHREALTIME/[.,]/} - BEGIN_US) / 100000))
  printf '[%3d.%ds] %s\n' $((tenths / 10)) $((tenths % 10)) "$*"
}

die() {
  say "FAILED: $*" >&2
  exit 1
}

# The help of a command is the comment at its top, from "# Usage" on.
print_help() { sed -n '/^# Usage/,/^[^#]\|^$/s/^# \{0,1\}//p' "$0"; }

usage_error() {
  echo "$(basename "$0"): $*" >&2
  print_help | head -n 1 >&2
  exit 2
}

expect_no_arguments() {
  [ $# -gt 0 ] || return 0
  case $1 in
    -h | --help) print_help; exit 0 ;;
    *) usage_error "unexpected argument: $1" ;;
  esac
}

require_root() { [ "$(id -u)" = 0 ] || die "must be root"; }

# One up or down at a time.
take_lock() {
  exec 9> "$LOCK_FILE"
  flock -n 9 && return 0
  say "waiting for another up or down"
  flock -w "$LOCK_DEADLINE" 9 || die "still running after $LOCK_DEADLINE s (holder: fuser $LOCK_FILE)"
}
