# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the commands print, how they end early, and one at a time: as the devcloud's.

for file in messages lock; do
  # shellcheck source=/dev/null
  . "$ROOT/../devcloud/lib/$file.sh"
done
