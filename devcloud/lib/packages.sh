# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs the Debian packages named in ../packages, also after an installation that was killed.

POLICY=/usr/sbin/policy-rc.d
APT_LOG=$STATE/log/apt.log

# Byte-compiling and man-db on every package cost more than half the time. Apt sets its own PATH
# for maintainer scripts, hence DPkg::Path; these commands then do nothing.
USELESS_COMMANDS=(py3compile mandb update-mime)
APT_OPTIONS=(
  -y --no-install-recommends --allow-downgrades
  -o Dpkg::Use-Pty=0
  -o DPkg::Lock::Timeout=300
  -o DPkg::Path="$STATE/shim:/usr/sbin:/usr/bin:/sbin:/bin"
  -o Dpkg::Options::=--force-unsafe-io
  -o Dpkg::Options::=--force-confold
  -o Dpkg::Options::='--path-exclude=/usr/share/doc/*'
  -o Dpkg::Options::='--path-exclude=/usr/share/man/*'
  -o Dpkg::Options::='--path-exclude=/usr/share/locale/*'
)

require_bookworm() {
  local VERSION_CODENAME='' PRETTY_NAME=unknown
  # shellcheck disable=SC1091  # the machine's own file
  [ ! -r /etc/os-release ] || . /etc/os-release
  [ "$VERSION_CODENAME" = bookworm ] || die "needs Debian 12 (bookworm), this is $PRETTY_NAME"
}

wanted_packages() { grep -v '^#' "$ROOT/packages" | tr -s ' ' '\n' | sed '/^$/d' | sort -u; }

missing_packages() {
  # shellcheck disable=SC2046  # several packages
  dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' $(wanted_packages) 2>/dev/null |
    awk '$1 == "ii" {print $2}' | sort -u | comm -13 - <(wanted_packages)
}

installation_was_cut() { [ -n "$(dpkg --audit 2>&1; ls -A /var/lib/dpkg/updates)" ]; }

# No service may be started by a maintainer script. A policy that is there already is left alone.
forbid_service_starts() {
  [ ! -e "$POLICY" ] || return 0
  printf '%s\n' '#!/bin/sh' "$OWN_FILE_MARK" 'exit 101' > "$POLICY.functest-devcloud"
  chmod 755 "$POLICY.functest-devcloud"
  mv "$POLICY.functest-devcloud" "$POLICY"
}

# Also called at the start of up and down: a killed `up` leaves its policy behind.
allow_service_starts() {
  rm -f "$POLICY.functest-devcloud"
  ! grep -qsxF "$OWN_FILE_MARK" "$POLICY" || rm -f "$POLICY"
}

make_shims() {
  local name
  mkdir -p "$STATE/shim"
  for name in "${USELESS_COMMANDS[@]}"; do
    printf '#!/bin/sh\nexit 0\n' > "$STATE/shim/$name"
    chmod 755 "$STATE/shim/$name"
  done
}

# Run an apt or dpkg command; while somebody else holds a lock of theirs, try again. (Apt's own
# timeout covers dpkg's lock only, and dpkg has none.)
retry_while_locked() {
  local deadline=$((SECONDS + 300)) output=$STATE/log/apt.last status
  while :; do
    "$@" > "$output" 2>&1
    status=$?
    cat "$output" >> "$APT_LOG"
    [ "$status" != 0 ] || return 0
    grep -qiE '(could not get|unable to acquire|unable to lock|is locked by another|lock-frontend)' "$output" ||
      return "$status"
    [ "$SECONDS" -lt "$deadline" ] || return "$status"
    sleep 2
  done
}

finish_cut_installation() {
  say "finishing an installation that was cut"
  # What is only half unpacked fails here; the next command unpacks it again.
  retry_while_locked env PATH="$STATE/shim:$PATH" dpkg --force-confold --force-unsafe-io --configure -a ||
    say "dpkg --configure -a left something for apt-get"
  retry_while_locked apt-get install --fix-broken "${APT_OPTIONS[@]}"
}

run_apt() {
  export DEBIAN_FRONTEND=noninteractive
  retry_while_locked apt-get update || return 1
  ! installation_was_cut || finish_cut_installation || return 1
  # A machine image may carry qemu-utils from backports, which bookworm's qemu-system-x86 refuses;
  # the release is named so that apt may step it back.
  # shellcheck disable=SC2046  # several packages
  retry_while_locked apt-get install "${APT_OPTIONS[@]}" $(wanted_packages) qemu-utils/bookworm
}

install_packages() {
  local status
  [ -n "$(missing_packages)" ] || installation_was_cut || return 0
  say "installing packages"
  : > "$APT_LOG"
  make_shims
  forbid_service_starts
  run_apt
  status=$?
  allow_service_starts
  [ "$status" = 0 ] || die "installing packages (see $APT_LOG)"
  say "packages installed"
}
