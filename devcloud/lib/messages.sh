# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the commands print, and how they end early.

# Microseconds since 1970.
now_us() { echo "${EPOCHREALTIME/[.,]/}"; }

BEGIN_US=$(now_us)

say() {
  local tenths=$((($(now_us) - BEGIN_US) / 100000))
  printf '[%4d.%ds] %s\n' $((tenths / 10)) $((tenths % 10)) "$*"
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

# For commands without arguments: only asks for help are understood.
expect_no_arguments() {
  [ $# -gt 0 ] || return 0
  case $1 in
    -h | --help) print_help; exit 0 ;;
    *) usage_error "unexpected argument: $1" ;;
  esac
}

require_root() { [ "$(id -u)" = 0 ] || die "must be root"; }
