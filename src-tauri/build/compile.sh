# shellcheck shell=bash
# Everything that compiles, checks or packs. One profile and one set of features: whatever calls cargo
# here names the whole workspace, because features are merged over what a call names, and another set
# would compile llama.cpp and SQLCipher again (src-tauri/docs/development.md).

CARGO_FLAGS=(--release --locked --workspace)

step_ui() {
  local hash
  hash="$(tree_hash ui)"
  [ -f ui/dist/index.html ] && stamped ui/dist/.stamp "$hash" && return 0
  say "building the interface"
  (cd ui && npm run --silent build)
  printf '%s' "$hash" >ui/dist/.stamp
}

step_build() { cargo build "${CARGO_FLAGS[@]}" --bins --tests --examples; }

# A first run need not compile the tests. Naming the one example (a worker for tests) makes cargo merge the
# features of development dependencies too, so that not one library is compiled again for `test`.
step_programs() { cargo build "${CARGO_FLAGS[@]}" --bins --examples; }

step_start() {
  if has_display; then
    exec "$TARGET/release/hearth-desktop" "$@"
  fi
  say "there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open."
  say "The same interface is served on this computer instead; open the address below within a minute."
  exec "$TARGET/release/hearth" serve --ui "$@"
}

# Vite hands what is asked of /api to the core (ui/vite.config.ts), which listens where it always does.
step_watch() {
  say "open the address that follows with 5173 in place of 8790: there changes show at once"
  (cd ui && exec npx --no-install vite --clearScreen false) &
  local vite=$!
  # shellcheck disable=SC2064 # the id of now
  trap "kill $vite 2>/dev/null || true" EXIT
  "$TARGET/release/hearth" serve --ui "$@"
}

step_types() {
  HEARTH_WRITE_TYPES=1 cargo test "${CARGO_FLAGS[@]}" --quiet --tests the_committed_
}

step_format() { cargo fmt --all --check; }
step_clippy() { cargo clippy "${CARGO_FLAGS[@]}" --all-targets -- -D warnings; }
step_eslint() { (cd ui && npm run --silent lint); }
step_prettier() { (cd ui && npm run --silent format:check); }
step_svelte() { (cd ui && npm run --silent check); }

step_deny() {
  if [ "${1:-}" != --all ]; then
    say "skipped; './build.sh lint --all' also checks licences, bans, sources and advisories"
    return 0
  fi
  install_cargo_deny
  "$CACHE/tools/bin/cargo-deny" --locked check licenses bans sources
  if "$CACHE/tools/bin/cargo-deny" --locked fetch db >/dev/null 2>&1; then
    "$CACHE/tools/bin/cargo-deny" --locked check --disable-fetch advisories
  else
    warn "advisories NOT checked: the advisory database cannot be reached from here"
  fi
}

CARGO_DENY_VERSION=0.20.2
install_cargo_deny() {
  [ "$("$CACHE/tools/bin/cargo-deny" --version 2>/dev/null)" = "cargo-deny $CARGO_DENY_VERSION" ] && return 0
  say "compiling cargo-deny $CARGO_DENY_VERSION, once"
  CARGO_TARGET_DIR="$CACHE/tools/build" cargo install cargo-deny --version "$CARGO_DENY_VERSION" \
    --locked --root "$CACHE/tools" --quiet
  rm -rf "$CACHE/tools/build"
}

step_bench() { "$VENV/bin/python" tests/bench/run.py "$@"; }
