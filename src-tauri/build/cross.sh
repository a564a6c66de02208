# shellcheck shell=bash
# The shells of the other systems, as far as this one can see: their types. Nothing is linked, and
# C and C++ are not compiled: build/stubs stands in for the compilers, so that no SDK is needed.

CROSS_TARGETS="x86_64-pc-windows-gnu aarch64-apple-darwin"

step_cross() {
  if [ "${1:-}" != --all ]; then
    say "skipped; './build.sh lint --all' also checks the types of the Windows and macOS shells"
    return 0
  fi
  local target
  for target in $CROSS_TARGETS; do
    [ "$(rustc -vV | sed -n 's/^host: //p')" = "$target" ] && continue
    rustup target add "$target" 2>/dev/null || {
      warn "NOT checked for $target: rustup cannot fetch its standard library from here"
      continue
    }
    say "types for $target"
    cross_check "$target"
  done
}

cross_check() {
  local target="$1" name="${1//-/_}" stubs="$ROOT/src-tauri/build/stubs" sdk="$CACHE/tools/stub-sdk" tool
  mkdir -p "$sdk/bin" "$sdk/include" "$sdk/lib"
  # What puts icon and version into a Windows program is called by name.
  for tool in windres ar; do ln -sf "$stubs/cc" "$sdk/bin/x86_64-w64-mingw32-$tool"; done
  # SQLCipher's build script asks where a library lies that nothing here links.
  : >"$sdk/lib/libcrypto.a"
  # Headers of this system stand in for those of the other one.
  env "BINDGEN_EXTRA_CLANG_ARGS_$name=--target=$(rustc -vV | sed -n 's/^host: //p')" \
    "CC_$name=$stubs/cc" "CXX_$name=$stubs/cc" "AR_$name=$stubs/cc" CMAKE="$stubs/cmake" \
    PATH="$sdk/bin:$PATH" OPENSSL_DIR="$sdk" SDKROOT="$sdk" CARGO_TARGET_DIR="$TARGET/cross" CARGO_PROFILE_DEV_DEBUG=0 \
    cargo check --locked --workspace --exclude hearth-tests --lib --bins --target "$target"
}
