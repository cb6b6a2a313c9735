# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The real tools that come from PyPI: ansible-inventory, and kolla-ansible's own inventories.

# The last pair whose ansible-core runs on Debian 12's Python 3.11 and that kolla-ansible asks for (2025.1).
VENV_PACKAGES=(ansible-core==2.18.19 kolla-ansible==20.6.0)

venv_is_whole() { [ "$(cat "$VENV/.functest-lab" 2> /dev/null)" = "${VENV_PACKAGES[*]}" ]; }

# Under its own name from the start, since a virtual environment cannot be moved; the mark comes last.
make_venv() {
  venv_is_whole && return 0
  say "installing ${VENV_PACKAGES[*]} in $VENV"
  [ ! -e "$VENV" ] || [ -e "$VENV/pyvenv.cfg" ] || die "$VENV is somebody else's"
  rm -rf "$VENV"
  /usr/bin/python3 -m venv "$VENV" || die "making $VENV"
  "$VENV/bin/pip" install --quiet --no-compile --disable-pip-version-check "${VENV_PACKAGES[@]}" < /dev/null ||
    die "pip install ${VENV_PACKAGES[*]}"
  echo "${VENV_PACKAGES[*]}" > "$VENV/.functest-lab"
}
