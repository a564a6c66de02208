# shellcheck shell=bash
# Rust, Python and Node at the versions that the project is built with, and the bundled models.

RUST_VERSION=1.95.0
NODE_LEAST=20.19.0
PYTHON_LEAST=3.10

VENV="$CACHE/venv"

# Called once by build.sh before any step: what earlier steps installed is found again.
use_tools() {
  [ -d "$HOME/.cargo/bin" ] && PATH="$HOME/.cargo/bin:$PATH"
  if have rustup && rustup run "$RUST_VERSION" rustc --version >/dev/null 2>&1; then
    export RUSTUP_TOOLCHAIN="$RUST_VERSION"
  fi
  [ -e "$VENV/.uses-node" ] && PATH="$VENV/bin:$PATH"
  if [ -z "${RUSTC_WRAPPER:-}" ] && have sccache; then
    export RUSTC_WRAPPER=sccache
    export CMAKE_C_COMPILER_LAUNCHER="${CMAKE_C_COMPILER_LAUNCHER:-sccache}"
    export CMAKE_CXX_COMPILER_LAUNCHER="${CMAKE_CXX_COMPILER_LAUNCHER:-sccache}"
  fi
  export PATH
}

rust_version() { rustc --version 2>/dev/null | cut -d ' ' -f 2; }

step_rust() {
  if ! have rustup && have rustc && at_least "$(rust_version)" "$RUST_VERSION"; then
    return 0 # the distribution's own, new enough
  fi
  if ! have rustup; then
    say "installing Rust $RUST_VERSION by rustup"
    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs |
      sh -s -- -y --quiet --no-modify-path --profile minimal --default-toolchain none
    PATH="$HOME/.cargo/bin:$PATH"
  fi
  if ! rustup run "$RUST_VERSION" rustc --version >/dev/null 2>&1; then
    rustup toolchain install "$RUST_VERSION" --profile minimal --component clippy,rustfmt
  fi
  export RUSTUP_TOOLCHAIN="$RUST_VERSION"
}

# A Python that is new enough and can make virtual environments.
find_python() {
  local name
  for name in python3 python3.13 python3.12 python3.11 python3.10 /usr/bin/python3; do
    if have "$name" && "$name" -c "
import sys, venv, ensurepip
sys.exit(sys.version_info < tuple(map(int, '$PYTHON_LEAST'.split('.'))))" 2>/dev/null; then
      echo "$name"
      return 0
    fi
  done
  die "Python $PYTHON_LEAST or newer with its venv module is missing"
}

# Installs the pinned list $1 into the environment, once for each content of the list.
pip_install() {
  local list="$1" stamp hash
  stamp="$VENV/.installed-${list//\//-}"
  hash="$(sha256 <"$list")"
  stamped "$stamp" "$hash" && return 0
  "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
    --requirement "$list" || die "pip could not install $list; is this computer online?"
  printf '%s' "$hash" >"$stamp"
}

step_python() {
  if ! "$VENV/bin/python" -m pip --version >/dev/null 2>&1; then
    local python
    python="$(find_python)"
    rm -rf "$VENV"
    mkdir -p "$CACHE"
    "$python" -m venv "$VENV"
  fi
  pip_install models/recipe-requirements.txt
}

node_version() { node --version 2>/dev/null | tr -d v; }

step_node() {
  if have npm && at_least "$(node_version)" "$NODE_LEAST"; then return 0; fi
  say "this system has no Node $NODE_LEAST or newer: installing one into .cache/venv"
  [ -x "$VENV/bin/python" ] || step_python
  pip_install src-tauri/build/node-requirements.txt
  : >"$VENV/.uses-node"
  PATH="$VENV/bin:$PATH"
  at_least "$(node_version)" "$NODE_LEAST" || die "Node $NODE_LEAST or newer is missing"
}

# npm_install FOLDER: what the lock file there names, once for each state of it.
npm_install() {
  local folder="$1" hash
  hash="$(node --version) $(sha256 <"$folder/package-lock.json")"
  stamped "$folder/node_modules/.hearth-stamp" "$hash" && return 0
  say "npm ci in $folder"
  (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error)
  printf '%s' "$hash" >"$folder/node_modules/.hearth-stamp"
}

step_npm() { npm_install ui; }

step_models() { "$VENV/bin/python" models/fetch.py; }

# What tests and benchmarks ask from outside: the vendors' own clients, llama.cpp's own server.
step_clients() {
  pip_install tests/requirements.txt
  npm_install tests/node
}
