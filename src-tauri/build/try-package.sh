#!/usr/bin/env bash
# Installs the packages of a folder in a bare system, uses them without a network, upgrades, removes
# them, and looks for what is left. Needs root and debootstrap; nothing outside its folder changes.
#   try-package.sh FOLDER-WITH-DEBS
set -euo pipefail

DEBS="$(cd "$1" && pwd)"
BASE="${HEARTH_TRY_DIR:-/var/tmp/hearth-try}"
SYSTEM="$BASE/system"
QUESTION='What is the capital of France?'
DISPLAY_NUMBER=97

say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
die() {
  printf 'try-package.sh: %s\n' "$*" >&2
  exit 1
}
inside() { chroot "$SYSTEM" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
  DEBIAN_FRONTEND=noninteractive "$@"; }
# As an ordinary person, with no network at all.
offline() {
  unshare --net chroot --userspec=1000:1000 "$SYSTEM" /usr/bin/env -i PATH=/usr/bin:/bin \
    HOME=/home/person LANG=C.UTF-8 XDG_RUNTIME_DIR=/home/person/run DISPLAY=":$DISPLAY_NUMBER" \
    HEARTH_DB_KEY_FILE=/home/person/key NO_AT_BRIDGE=1 "$@"
}

cleanup() {
  [ -z "${SCREEN:-}" ] || kill "$SCREEN" 2>/dev/null || true
  local place
  for place in tmp/.X11-unix dev/shm dev proc; do
    mountpoint -q "$SYSTEM/$place" && umount "$SYSTEM/$place"
  done
  rm -rf "$BASE/debs"
}

# The smallest system of the release that this one is, from where this one has its packages.
bare_system() {
  [ -f "$SYSTEM/made" ] && return 0
  command -v debootstrap >/dev/null || apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
  local mirror release
  # shellcheck disable=SC1091 # of the system
  release="$(. /etc/os-release && echo "$VERSION_CODENAME")"
  mirror="$(apt-get indextargets --format '$(REPO_URI)' "Codename: $release" "Created-By: Packages" | head -n 1)"
  say "a bare $release in $SYSTEM"
  rm -rf "$SYSTEM"
  mkdir -p "$SYSTEM"
  debootstrap --variant=minbase "$release" "$SYSTEM" "$mirror" >"$BASE/debootstrap.log"
  touch "$SYSTEM/made"
}

enter() {
  mountpoint -q "$SYSTEM/proc" || mount -t proc proc "$SYSTEM/proc"
  mountpoint -q "$SYSTEM/dev" || mount --bind /dev "$SYSTEM/dev"
  cp /etc/resolv.conf "$SYSTEM/etc/resolv.conf"
  inside id person >/dev/null 2>&1 || inside useradd --create-home --uid 1000 person
  rm -rf "$SYSTEM/home/person"
  inside install -d -o person -g person -m 700 /home/person /home/person/run
  head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$SYSTEM/home/person/key"
  chroot "$SYSTEM" chown person:person /home/person/key
  chmod 600 "$SYSTEM/home/person/key"
}

install_packages() {
  mkdir -p "$SYSTEM/debs"
  cp "$@" "$SYSTEM/debs/"
  inside apt-get update -qq
  local files=()
  local file
  for file in "$@"; do files+=("/debs/$(basename "$file")"); done
  inside apt-get install -y -qq --no-install-recommends "${files[@]}" >"$BASE/install.log" 2>&1 ||
    { tail -n 20 "$BASE/install.log" >&2; die "the packages cannot be installed"; }
  rm -rf "$SYSTEM/debs"
}

# Everything of the system that is not a person's, a cache or a record of what was done.
everything() {
  find "$SYSTEM" -xdev \( -path "$SYSTEM/home" -o -path "$SYSTEM/proc" -o -path "$SYSTEM/dev" -o \
    -path "$SYSTEM/var/cache" -o -path "$SYSTEM/var/log" -o -path "$SYSTEM/var/lib/apt" -o \
    -path "$SYSTEM/var/lib/dpkg" -o -path "$SYSTEM/tmp" -o -path "$SYSTEM/run" \) -prune -o -print |
    LC_ALL=C sort
}

answers() {
  local text
  text="$(offline hearth chat --json --temperature 0 "$QUESTION" </dev/null)" || die "hearth chat failed"
  case "$text" in *Paris*) ;; *) die "hearth chat does not know Paris: $text" ;; esac
}

# The window's program on a screen of its own; it answers the terminal over its private socket.
starts() {
  mkdir -p "$SYSTEM/tmp/.X11-unix"
  mountpoint -q "$SYSTEM/tmp/.X11-unix" || mount --bind /tmp/.X11-unix "$SYSTEM/tmp/.X11-unix"
  Xvfb ":$DISPLAY_NUMBER" -screen 0 1280x900x24 -nolisten tcp -ac >/dev/null 2>&1 &
  SCREEN=$!
  sleep 2
  offline hearth-desktop >"$BASE/desktop.log" 2>&1 &
  local tries=0
  until xdotool_sees_window || [ "$tries" -ge 60 ]; do
    tries=$((tries + 1))
    sleep 1
  done
  [ "$tries" -lt 60 ] || { tail -n 5 "$BASE/desktop.log" >&2; die "no window came"; }
  answers
  pkill -TERM -u 1000 -x hearth-desktop || die "the window's program is gone"
  wait %2 2>/dev/null || true
  kill "$SCREEN" && SCREEN=
  umount "$SYSTEM/tmp/.X11-unix"
}

xdotool_sees_window() {
  DISPLAY=":$DISPLAY_NUMBER" xdotool search --onlyvisible --class hearth-desktop >/dev/null 2>&1
}

# The same packages with a higher version.
newer() {
  mkdir -p "$BASE/debs"
  local file tree version
  for file in "$@"; do
    tree="$BASE/debs/tree"
    rm -rf "$tree"
    dpkg-deb -R "$file" "$tree"
    version="$(sed -n 's/^Version: //p' "$tree/DEBIAN/control")+1"
    sed -i "s/^Version: .*/Version: $version/" "$tree/DEBIAN/control"
    dpkg-deb --root-owner-group -Znone -b "$tree" "$BASE/debs/$(basename "$file")" >/dev/null
    rm -rf "$tree"
  done
}

main() {
  trap cleanup EXIT
  mkdir -p "$BASE"
  local debs=("$DEBS"/*.deb)
  bare_system
  enter
  say "dependencies, then the list of every file"
  install_packages "${debs[@]}"
  inside apt-get purge -y -qq hearth hearth-models >/dev/null 2>&1
  everything >"$BASE/before"
  say "install, answer without a network, start"
  install_packages "${debs[@]}"
  answers
  starts
  say "upgrade; the conversations are still there"
  newer "${debs[@]}"
  install_packages "$BASE"/debs/*.deb
  inside dpkg-query -W -f '${Package} ${Version}\n' hearth hearth-models
  offline hearth verify --json </dev/null | tee "$BASE/verify.json"
  grep -q '"ok": *true' "$BASE/verify.json" || die "the data is not whole after the upgrade"
  ! grep -q '"conversations": *0' "$BASE/verify.json" || die "the conversations are gone"
  say "purge; nothing is left outside the home folder"
  inside apt-get purge -y -qq hearth hearth-models >/dev/null 2>&1
  everything >"$BASE/after"
  diff "$BASE/before" "$BASE/after" || die "files are left"
  say "installed, answered offline, started, upgraded and removed without a trace"
}

main
