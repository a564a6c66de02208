# shellcheck shell=bash
# Packages: what only they need. The programs are built by then; here they are stripped, wrapped,
# and, with `package --try`, installed in a bare system and removed again (try-package.sh).

# The bundler, a ready-made program, never part of the interface's packages.
TAURI_CLI=@tauri-apps/cli@2.12.5

step_bundle() {
  local try=no
  if [ "${1:-}" = --try ]; then
    try=yes
    shift
  fi
  [ -x "$CACHE/tools/node_modules/.bin/tauri" ] ||
    npm install --prefix "$CACHE/tools" --no-audit --no-fund --loglevel=error "$TAURI_CLI"
  local stage="$TARGET/package"
  rm -rf "$stage"
  stage_programs "$stage/release"
  case "$(uname -s)" in
    Darwin) bundle "$stage" app,dmg "$@" ;;
    *)
      bundle "$stage" deb,rpm --config src-tauri/packaging/linux.json \
        --config "$(linux_files "$stage/release")" "$@"
      if have dpkg-deb; then
        pack_smaller "$stage/release/bundle/deb"
        models_package "$stage"
      else
        warn "no dpkg-deb here: the package of the models was not made"
      fi
      ;;
  esac
  write_sums "$stage/release/bundle"
  if [ "$try" = yes ]; then
    as_root bash src-tauri/build/try-package.sh "$stage/release/bundle/deb"
  fi
}

# Both programs without what only a debugger reads; the bundler takes them from here.
stage_programs() {
  mkdir -p "$1"
  local program
  for program in hearth hearth-desktop; do
    cp "$TARGET/release/$program" "$1/$program"
    # A part of macOS's strip and of binutils: symbols stay, so a backtrace still has names.
    strip -S "$1/$program"
  done
}

bundle() {
  local stage="$1" kinds="$2"
  shift 2
  CARGO_TARGET_DIR="$stage" "$CACHE/tools/node_modules/.bin/tauri" bundle --bundles "$kinds" "$@"
}

# What lies in a Linux package beside the window's program, as configuration of the bundler.
linux_files() {
  local files
  files="{\"/usr/bin/hearth\": \"$1/hearth\", \"/usr/share/doc/hearth/copyright\": \"$ROOT/LICENSE\", \"/usr/share/mime/packages/hearth.xml\": \"$ROOT/src-tauri/packaging/hearth-mime.xml\"}"
  printf '{"bundle": {"linux": {"deb": {"files": %s}, "rpm": {"files": %s}}}}' "$files" "$files"
}

# The bundler packs with gzip; xz makes the same package a third smaller.
pack_smaller() {
  local package tree
  for package in "$1"/*.deb; do
    tree="$(mktemp -d)"
    dpkg-deb --raw-extract "$package" "$tree"
    dpkg-deb --root-owner-group -Zxz --build "$tree" "$package.new" >/dev/null
    mv "$package.new" "$package"
    rm -rf "$tree"
  done
}

version_of_workspace() {
  sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"$/\1/p' Cargo.toml
}

# The bundled models, a package of their own: they are large and change rarely.
models_package() {
  local version architecture tree="$1/models" share="$1/models/usr/share/hearth/models"
  version="$(version_of_workspace)"
  # The library that runs the embedder is of one kind of processor.
  architecture="$(dpkg --print-architecture)"
  mkdir -p "$tree/DEBIAN" "$share" "$tree/usr/share/doc/hearth-models"
  cp -R models/catalog.json models/weights models/embedder models/runtime "$share/"
  cp LICENSE "$tree/usr/share/doc/hearth-models/copyright"
  cat >"$tree/DEBIAN/control" <<END
Package: hearth-models
Version: $version
Architecture: $architecture
Maintainer: Hearth
Section: utils
Priority: optional
Installed-Size: $(du -sk "$tree/usr" | cut -f 1)
Enhances: hearth
Description: The models that Hearth starts with
 A small chat model and the model that finds passages in documents, so that
 Hearth answers right after it was installed, without a connection.
END
  chmod -R u=rwX,go=rX "$tree"
  dpkg-deb --root-owner-group -Znone --build "$tree" \
    "$1/release/bundle/deb/hearth-models_${version}_${architecture}.deb" >/dev/null
  rm -rf "$tree"
}

# Sizes to the screen, hashes beside the packages.
write_sums() (
  cd "$1"
  : >SHA256SUMS
  find . -type f \( -name '*.deb' -o -name '*.rpm' -o -name '*.dmg' \) | LC_ALL=C sort |
    while IFS= read -r file; do
      du -h "$file"
      printf '%s  %s\n' "$(sha256 <"$file" | cut -d ' ' -f 1)" "$file" >>SHA256SUMS
    done
)
