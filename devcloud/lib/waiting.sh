# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Waiting until something works.

# Any answer counts, also "401": it says that the application runs.
http_up() { /usr/bin/curl -s -o /dev/null --noproxy '*' --max-time 10 "http://$IP:$1"; }

tcp_up() { (exec 3<> "/dev/tcp/$IP/$1") 2>/dev/null; }

# wait_for SECONDS NAME COMMAND...: until the command succeeds. Gives up at once when NAME is a
# service whose process ended.
wait_for() {
  local seconds=$1 name=$2 deadline=$((SECONDS + $1))
  shift 2
  until "$@" > /dev/null 2>&1; do
    if recorded "$name" && ! alive "$name"; then
      die "$name ended: $(tail -n 3 "$STATE/log/$name.log")"
    fi
    [ "$SECONDS" -lt "$deadline" ] || die "$name does not work after ${seconds} s (see $STATE/log)"
    sleep 0.3
  done
}
