# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Sourced first by every command: defines the functions in this folder. Nothing here starts,
# writes or removes anything by itself.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

. "$ROOT/lib/settings.sh"
. "$ROOT/lib/messages.sh"
. "$ROOT/lib/lock.sh"
. "$ROOT/lib/state.sh"
. "$ROOT/lib/process.sh"
. "$ROOT/lib/waiting.sh"
. "$ROOT/lib/provision.sh"
. "$ROOT/lib/packages.sh"
. "$ROOT/lib/database.sh"
. "$ROOT/lib/schema.sh"
. "$ROOT/lib/network.sh"
. "$ROOT/lib/firewall.sh"
. "$ROOT/lib/libvirt.sh"
. "$ROOT/lib/host.sh"
. "$ROOT/lib/services.sh"
