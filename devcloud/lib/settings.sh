# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What can be chosen from outside, and the constants of this cloud.
# shellcheck disable=SC2034  # used by the files that source this one

DEFAULT_STATE=/var/lib/functest-devcloud
# Configuration, logs, pids, databases, disks: all outside the repository, all in here.
STATE=$(readlink -m "${DEVCLOUD_STATE:-$DEFAULT_STATE}")
# qemu: libvirt and emulated machines, with a real data path; fake: Nova's fake driver.
VIRT=${DEVCLOUD_VIRT:-qemu}

IP=127.0.0.1                         # every API listens here and nowhere else
EXTERNAL_CIDR=172.24.4.0/24          # the external ("public") network; exists on this machine only
EXTERNAL_GATEWAY=172.24.4.1          # this machine's own address on it
EXTERNAL_BRIDGE=br-devext            # ... and the bridge that carries it
REGION=RegionOne
ADMIN_PASSWORD=devcloud
SERVICE_PASSWORD=devcloud
CLOUD_HOST=devcloud                  # the "host" name every service registers under
LOCK_FILE=/run/functest-devcloud.lock
# First comment line of every file that the cloud puts outside its state folder.
OWN_FILE_MARK='# written by functest-devcloud'
# Comment of every packet filter rule that the cloud (not Neutron) adds.
OWN_RULE_MARK=functest-devcloud

# Deadlines in seconds. These are not what things take but when to give up: at least three
# times what was seen on a busy machine with two cores.
API_DEADLINE=300
REPORT_DEADLINE=300
BACKING_DEADLINE=120
LOCK_DEADLINE=600

# Maintainer scripts and services must see Debian's python3, not a pyenv shim.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL=C.UTF-8 PYTHONWARNINGS=ignore
umask 022
