# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs what is missing: Debian packages, and the real tools that come from PyPI.

POLICY=/usr/sbin/policy-rc.d
POLICY_MARK='# written by functest-lab'

require_bookworm() {
  local VERSION_CODENAME='' PRETTY_NAME=unknown
  # shellcheck disable=SC1091  # the machine's own file
  [ ! -r /etc/os-release ] || . /etc/os-release
  [ "$VERSION_CODENAME" = bookworm ] || die "needs Debian 12 (bookworm), this is $PRETTY_NAME"
}

wanted_packages() { grep -v '^#' "$ROOT/packages" | tr -s ' ' '\n' | sed '/^$/d'; }

# One call for all of them; dpkg-query fails when it knows one not at all.
missing_packages() {
  local installed
  # shellcheck disable=SC2046  # several packages
  installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' $(wanted_packages) 2> /dev/null || true)
  wanted_packages | while read -r package; do
    grep -qE "^ii +$package\$" <<< "$installed" || echo "$package"
  done
}

# No service may be started by a maintainer script, least of all the machine's own sshd. A policy that is there
# already is left alone unless it is ours.
forbid_service_starts() {
  [ ! -e "$POLICY" ] || return 0
  printf '%s\n' '#!/bin/sh' "$POLICY_MARK" 'exit 101' > "$POLICY.functest-lab"
  chmod 755 "$POLICY.functest-lab"
  mv "$POLICY.functest-lab" "$POLICY"
}

allow_service_starts() {
  rm -f "$POLICY.functest-lab"
  if grep -qsxF "$POLICY_MARK" "$POLICY"; then rm -f "$POLICY"; fi
}

install_packages() {
  local missing
  allow_service_starts
  mapfile -t missing < <(missing_packages)
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  forbid_service_starts
  export DEBIAN_FRONTEND=noninteractive
  if ! { dpkg --configure -a &&
    apt-get -o DPkg::Lock::Timeout=600 -q update &&
    apt-get -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold \
      -q -y --no-install-recommends install "${missing[@]}"; } > /tmp/functest-lab-apt.log 2>&1; then
    allow_service_starts
    tail -n 20 /tmp/functest-lab-apt.log >&2
    die "apt-get (see /tmp/functest-lab-apt.log)"
  fi
  allow_service_starts
  rm -f /tmp/functest-lab-apt.log
  [ -z "$(missing_packages)" ] || die "apt-get installed everything, and yet there is missing: $(missing_packages)"
}
