# shellcheck shell=bash disable=SC2034 # the lists are named by what is at hand
# Packages of the operating system: what building and running needs, and what only the tests need.

APT_BASE="build-essential pkg-config cmake clang libclang-dev libssl-dev libwebkit2gtk-4.1-dev libgtk-3-dev
  librsvg2-dev curl ca-certificates git python3 python3-venv"
APT_EXTRAS="xvfb xauth webkit2gtk-driver openbox xdotool wmctrl imagemagick gnome-keyring dbus dbus-x11
  libsecret-tools libglib2.0-bin chromium chromium-driver strace fonts-dejavu-core"
DNF_BASE="gcc gcc-c++ make pkgconf-pkg-config cmake clang clang-devel openssl-devel webkit2gtk4.1-devel gtk3-devel
  librsvg2-devel curl ca-certificates git python3 xz"
# The driver is named by its path: the package that carries it changed its name between releases.
DNF_EXTRAS="xorg-x11-server-Xvfb xorg-x11-xauth /usr/bin/WebKitWebDriver openbox xdotool wmctrl ImageMagick gnome-keyring
  dbus-daemon dbus-x11 libsecret glib2 chromium chromedriver strace dejavu-sans-fonts"
BREW_BASE="cmake llvm pkg-config python@3.12 node"
BREW_EXTRAS="imagemagick"

apt_missing() {
  local name
  for name in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || echo "$name"
  done
}

dnf_missing() {
  local name
  for name in "$@"; do
    rpm -q --whatprovides "$name" >/dev/null 2>&1 || echo "$name"
  done
}

brew_missing() {
  local name
  for name in "$@"; do
    brew list --versions "$name" >/dev/null 2>&1 || echo "$name"
  done
}

install_with_apt() {
  say "installing by apt: $*"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# Installs what is missing of the set $1 (BASE or EXTRAS); asks for nothing when all is there.
install_packages() {
  local set="$1" kind list
  if have apt-get; then
    kind=apt list="APT_$set"
  elif have dnf; then
    kind=dnf list="DNF_$set"
  elif have brew; then
    kind=brew list="BREW_$set"
  else
    warn "no apt, dnf or brew here: install by hand what src-tauri/build/system.sh lists as APT_$set"
    return 0
  fi
  local missing=()
  # shellcheck disable=SC2086 # the lists are words
  while IFS= read -r name; do missing+=("$name"); done < <("${kind}_missing" ${!list})
  [ "${#missing[@]}" -eq 0 ] && return 0
  case "$kind" in
    apt) install_with_apt "${missing[@]}" ;;
    dnf)
      say "installing by dnf: ${missing[*]}"
      as_root dnf install -y -q "${missing[@]}"
      ;;
    brew)
      say "installing by brew: ${missing[*]}"
      brew install --quiet "${missing[@]}"
      ;;
  esac
}

step_system() {
  if [ "$(uname -s)" = Darwin ] && ! xcode-select -p >/dev/null 2>&1; then
    die "the compiler is missing: run 'xcode-select --install', then this again"
  fi
  install_packages BASE
}

step_extras() { install_packages EXTRAS; }
