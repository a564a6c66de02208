# shellcheck shell=bash
# What every step shares: messages, hashes, root rights. Sourced by build.sh; does nothing by itself.

say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
warn() { printf 'build.sh: %s\n' "$*" >&2; }
die() {
  warn "$*"
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# Is version $1 at least version $2?
at_least() {
  [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

# Of standard input.
sha256() {
  if have sha256sum; then sha256sum; else shasum -a 256; fi
}

# One hash over names and contents of what is in the given files and folders.
tree_hash() {
  local files
  files="$(find "$@" \( -name node_modules -o -name dist \) -prune -o -type f -print | LC_ALL=C sort)"
  {
    printf '%s\n' "$files"
    printf '%s\n' "$files" | tr '\n' '\0' | xargs -0 cat
  } | sha256
}

# Does the file $1 hold exactly $2? Steps leave such stamps to know that nothing changed.
stamped() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif have sudo; then
    sudo "$@"
  else
    die "this needs root rights and there is no sudo; run as root: $*"
  fi
}

has_display() {
  [ "$(uname -s)" = Darwin ] || [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]
}
