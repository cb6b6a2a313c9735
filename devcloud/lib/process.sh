# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Background processes: started in a session of their own, recorded in run/NAME.pid as
# "PID STARTTIME" (the start time tells a process from another that got its pid later), and
# marked: in their environment and by their log, both of which their children inherit, so that
# strays can be told.

OWNER_VARIABLE=FUNCTEST_DEVCLOUD_OWNER

# Prints the state letter and the start time of process $1; fails when there is none.
process_stat() {
  local stat
  { stat=$(< "/proc/$1/stat"); } 2>/dev/null || return 1
  # The name in parentheses may hold anything; fields are counted after it.
  # shellcheck disable=SC2086  # split on purpose
  set -- ${stat##*) }
  echo "$1 ${20}"
}

# Prints the recorded pid of service $1, running or not.
recorded_pid() {
  local pid rest
  { read -r pid rest < "$STATE/run/$1.pid"; } 2>/dev/null || return 1
  echo "$pid"
}

recorded() { [ -s "$STATE/run/$1.pid" ]; }

alive() {
  local pid recorded_start letter start
  { read -r pid recorded_start < "$STATE/run/$1.pid"; } 2>/dev/null || return 1
  read -r letter start < <(process_stat "$pid") || return 1
  [ "$start" = "$recorded_start" ] && [ "$letter" != Z ]
}

close_inherited_files() {
  local fd
  for fd in "/proc/$BASHPID/fd/"*; do
    fd=${fd##*/}
    [ "$fd" -le 2 ] || eval "exec $fd>&-"
  done
}

# The child records itself, before it becomes the service: were the parent to do it, a kill in
# between would leave a service that nobody knows.
record_and_exec() {
  local name=$1 pid=$BASHPID letter start
  shift
  close_inherited_files
  cd / || exit 1
  read -r letter start < <(process_stat "$pid")
  echo "$pid $start" > "$STATE/run/$name.pid"
  exec setsid env "$OWNER_VARIABLE=$STATE" "$@"
}

# daemon NAME COMMAND...: run it in the background, log to log/NAME.log. No-op when it runs.
daemon() {
  local name=$1 tries
  alive "$name" && return 0
  end_session_of "$name"
  rm -f "$STATE/run/$name.pid"
  record_and_exec "$@" >> "$STATE/log/$name.log" 2>&1 < /dev/null &
  for ((tries = 0; tries < 600; tries++)); do
    recorded "$name" && return 0
    sleep 0.05
  done
  die "$name was not started (see $STATE/log/$name.log)"
}

# Two marks, because some (Neutron's servers and agents) overwrite their environment with a title,
# and others (dnsmasq) close their output. A log that was deleted still shows its old name.
owned() {
  grep -qzxF "$OWNER_VARIABLE=$STATE" "/proc/$1/environ" 2>/dev/null ||
    [[ $(readlink "/proc/$1/fd/2") == "$STATE/log/"* ]]
}

# Pids of all processes with one of the marks.
owned_processes() {
  {
    grep -lzxF "$OWNER_VARIABLE=$STATE" /proc/[0-9]*/environ
    find /proc/[0-9]*/fd/2 -maxdepth 0 -lname "$STATE/log/*"
  } 2>/dev/null | cut -d/ -f3 | sort -u
}

# Kill what is left in the session of service $1 once its first process is gone (workers).
end_session_of() {
  local pid member left tries
  pid=$(recorded_pid "$1") || return 0
  for ((tries = 0; tries < 300; tries++)); do
    left=
    for member in $(pgrep -s "$pid"); do
      owned "$member" || continue
      left=1
      kill -KILL "$member" 2>/dev/null
    done
    [ -n "$left" ] || return 0
    sleep 0.1
  done
}

# terminate NAME GRACE: ask, insist after GRACE seconds, return when all of it is gone.
terminate() {
  local name=$1 grace=$2 pid tries
  if alive "$name"; then
    pid=$(recorded_pid "$name")
    kill -TERM "$pid" 2>/dev/null
    for ((tries = 0; tries < grace * 10; tries++)); do
      alive "$name" || break
      sleep 0.1
    done
    alive "$name" && kill -KILL "$pid" 2>/dev/null
    while alive "$name"; do sleep 0.1; done
  fi
  end_session_of "$name"
  rm -f "$STATE/run/$name.pid"
}

# End what carries this cloud's mark and no record covers: dnsmasq and haproxy that the agents
# detached, and all services when their records are gone.
end_strays() {
  local signal tries pids
  for signal in TERM KILL; do
    for ((tries = 0; tries < 30; tries++)); do
      pids=$(owned_processes)
      [ -n "$pids" ] || return 0
      # shellcheck disable=SC2086  # several pids
      [ "$tries" != 0 ] || kill "-$signal" $pids 2>/dev/null
      sleep 0.1
    done
  done
}
