# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the commands print, and how they end early: as the devcloud's.

# shellcheck source=/dev/null
. "$ROOT/../devcloud/lib/messages.sh"
