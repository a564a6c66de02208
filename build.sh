#!/usr/bin/env bash
# Hearth's one entrance: set-up, build, run, tests. `./build.sh help` lists the verbs.
#
# A verb is a list of steps; a step does nothing when its work is done. build.ps1 has the same verbs
# and steps for Windows, and a test compares the two. The steps live in src-tauri/build/*.sh.
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cd "$ROOT"
CACHE="$ROOT/.cache"
TARGET="${CARGO_TARGET_DIR:-$ROOT/target}"
# Programs look beside themselves too, but the target folder may lie elsewhere.
export HEARTH_MODELS_DIR="${HEARTH_MODELS_DIR:-$ROOT/models}"

# shellcheck source=src-tauri/build/common.sh
source src-tauri/build/common.sh
# shellcheck source=src-tauri/build/system.sh
source src-tauri/build/system.sh
# shellcheck source=src-tauri/build/tools.sh
source src-tauri/build/tools.sh
# shellcheck source=src-tauri/build/compile.sh
source src-tauri/build/compile.sh
# shellcheck source=src-tauri/build/tests.sh
source src-tauri/build/tests.sh
# shellcheck source=src-tauri/build/package.sh
source src-tauri/build/package.sh
# shellcheck source=src-tauri/build/cross.sh
source src-tauri/build/cross.sh

# verb: its steps, in order. The same table is in build.ps1.
steps_of() {
  case "$1" in
    run) echo "system rust python node npm models ui programs start" ;;
    test) echo "system extras rust python node npm models clients vitest ui build cargo" ;;
    setup) echo "system extras rust python node npm models clients" ;;
    dev) echo "system rust python node npm models ui programs watch" ;;
    lint) echo "system rust python node npm ui format clippy eslint prettier svelte deny cross" ;;
    types) echo "system rust python node npm ui types" ;;
    bench) echo "system rust python node npm models clients ui build bench" ;;
    package) echo "system rust python node npm models ui programs bundle" ;;
    *) return 1 ;;
  esac
}

# These take what stands behind the verb: `./build.sh run --hidden`, `./build.sh bench faults`.
takes_arguments() {
  case "$1" in start | watch | deny | cross | bench | bundle) ;; *) return 1 ;; esac
}

usage() {
  cat <<'END'
usage: ./build.sh VERB [ARGUMENTS]

  run        set up what is missing, build, open the window (without a display: serve it, print the address)
  test       set up what is missing, build, run every test
  setup      only the set-up, for both of them
  dev        the core, with hot reload of the interface
  lint       formatting, clippy, eslint, prettier, svelte-check; `lint --all` adds licences, bans, sources, advisories, other systems
  types      write what is made of the code: TypeScript types, the document of the port
  bench      benchmarks; `bench faults` for the long kill test
  package    .deb and .rpm (macOS: .app and .dmg); `package --try` installs the .deb in a bare system and removes it
END
}

run_step() {
  local step="$1"
  shift
  if takes_arguments "$step"; then "step_$step" "$@"; else "step_$step"; fi
}

run_verb() {
  local verb="$1" step
  shift
  for step in $(steps_of "$verb"); do run_step "$step" "$@"; done
}

main() {
  local verb="${1:-help}"
  [ "$#" -gt 0 ] && shift
  mkdir -p "$CACHE"
  use_tools
  case "$verb" in
    help | -h | --help) usage ;;
    --step) run_step "$@" ;;
    test) verb_test "$@" ;;
    *)
      steps_of "$verb" >/dev/null || {
        usage >&2
        exit 2
      }
      run_verb "$verb" "$@"
      ;;
  esac
}

main "$@"
