# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# How the gate runs things: one in the foreground, others in the background meanwhile. Each has a process group of its own, so
# that all of it can be ended. What a job in the background says goes to a log, which is shown when the job has ended.

LOGS=$(mktemp -d "${TMPDIR:-/tmp}/functest-gate.XXXXXX")
declare -A JOBS=() BEGUN=()
FOREGROUND=

# Runs a command to its end. A signal to the gate does not wait for it.
run() {
  set -m
  "$@" < /dev/null &
  FOREGROUND=$!
  set +m
  wait "$FOREGROUND"
  FOREGROUND=
}

# start_job NAME COMMAND...: runs a command in the background.
start_job() {
  local name=$1
  shift
  set -m
  "$@" > "$LOGS/$name.log" 2>&1 < /dev/null &
  JOBS[$name]=$!
  set +m
  BEGUN[$name]=$SECONDS
}

# Waits for a job, shows what it said, and fails when it failed. Nothing is done for one that was finished before.
finish_job() {
  local name=$1 code=0
  [ -n "${JOBS[$name]:-}" ] || return 0
  wait "${JOBS[$name]}" || code=$?
  unset "JOBS[$name]"
  printf '\n--- %s, in the background since %ss, ended with %s (%ss):\n' "$name" "${BEGUN[$name]}" "$code" "$SECONDS"
  cat "$LOGS/$name.log"
  return "$code"
}

# Finishes the jobs that have ended, so that the gate does not go on for long when one of them has failed.
finish_ended_jobs() {
  local name
  for name in "${!JOBS[@]}"; do
    kill -0 "${JOBS[$name]}" 2> /dev/null || finish_job "$name"
  done
}

# Ends whatever runs still, and waits for it: a clean-up of its own may take a moment.
end_everything() {
  local name pid
  for pid in $FOREGROUND "${JOBS[@]}"; do
    kill -TERM -- "-$pid" 2> /dev/null || true
  done
  for name in "${!JOBS[@]}"; do
    finish_job "$name" || true
  done
  [ -z "$FOREGROUND" ] || wait "$FOREGROUND" || true
  rm -rf "$LOGS"
}
