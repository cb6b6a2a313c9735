# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Paths, names and deadlines. `lib/settings.py` has those that only the starter needs.
# shellcheck disable=SC2034  # used by the files that source this one

STATE=/run/functest-lab                # a tmpfs: keys, layers, what the hosts write
LOCK_FILE=/run/functest-lab.lock
ROUTER=functest-lab-router             # the network namespace that everything is connected in
ROOT_LINK=functest-lab                 # the machine's own end of the veth to the jump host
VENV=/opt/functest-lab-venv            # real tools from PyPI, kept between runs
# In the environment of every process that the lab starts: what a killed start left is found by it.
MARK=FUNCTEST_LAB_PROCESS=1
LOCK_DEADLINE=300

# Debian's own python3, not another that a shell may have in its PATH.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
umask 022
