# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The state folder: whose it is, what was done in it once and for all.

STATE_MARK=.functest-devcloud

# The path ends up in many configuration files and is deleted by `down --wipe`.
check_state_path() {
  case $STATE in
    *[!A-Za-z0-9/._-]*) die "DEVCLOUD_STATE may hold only letters, digits and / . _ - : $STATE" ;;
    /*/*) ;;
    *) die "DEVCLOUD_STATE must not be a top folder: $STATE" ;;
  esac
}

state_is_ours() { [ -e "$STATE/$STATE_MARK" ] || [ "$STATE" = "$DEFAULT_STATE" ]; }

# Make the folder and mark it as ours, unless it is somebody else's.
claim_state() {
  if [ -d "$STATE" ] && [ -n "$(ls -A "$STATE")" ] && ! state_is_ours; then
    die "$STATE is not empty and was not made by this command"
  fi
  mkdir -p "$STATE"/{run,log,etc,bin,done} || die "cannot make $STATE"
  touch "$STATE/$STATE_MARK"
}

# One state folder is for one kind of hypervisor while the cloud is up.
check_and_record_mode() {
  local recorded
  case $VIRT in qemu | fake) ;; *) die "DEVCLOUD_VIRT must be qemu or fake, not $VIRT" ;; esac
  recorded=$(recorded_mode)
  if [ -n "$recorded" ] && [ "$recorded" != "$VIRT" ] && any_service_recorded; then
    die "the cloud is up with DEVCLOUD_VIRT=$recorded; run down first"
  fi
  echo "$VIRT" > "$STATE/run/mode"
}

recorded_mode() { cat "$STATE/run/mode" 2>/dev/null; }

# ---- steps that are done once -------------------------------------------------------------
# done/NAME says that it is done, done/NAME.begun that it was begun: with only the latter
# there, it was cut half-way.

is_done() { [ -e "$STATE/done/$1" ]; }
was_cut() { [ -e "$STATE/done/$1.begun" ] && ! is_done "$1"; }
mark_begun() { : > "$STATE/done/$1.begun"; }
mark_done() { : > "$STATE/done/$1"; }
forget_all_steps() { rm -rf "$STATE/done"; mkdir -p "$STATE/done"; }

# ---- deleting -----------------------------------------------------------------------------

# The database goes first: without it the rest counts as never made, so a wipe that is cut
# half-way leaves nothing that `up` would take for whole. The mark goes last.
wipe_state() {
  [ -d "$STATE" ] || return 0
  state_is_ours || die "$STATE was not made by up: not deleting it"
  [ -z "$(mounts_below "$STATE")" ] || die "still mounted, not deleting: $(mounts_below "$STATE" | tr '\n' ' ')"
  rm -rf --one-file-system "${STATE:?}/mysql"
  find "$STATE" -xdev -mindepth 1 -maxdepth 1 ! -name "$STATE_MARK" -exec rm -rf --one-file-system {} +
  rm -rf --one-file-system "${STATE:?}"
}
