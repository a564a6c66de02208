#!/usr/bin/env bash
# Puts together all that an image of `hearth serve` has: the program with its libraries, the bundled models, a
# user without rights, a folder for data. No shell, no package manager, nothing to be updated beside it.
#   assemble.sh HEARTH FOLDER
set -euo pipefail

HEARTH="$(realpath "$1")"
IMAGE="$2"
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
# As in the Dockerfile. Numbers that no system gives to a person.
PERSON=10001

# A library under the name by which the program asks for it; where links lead is where it lies.
library() {
  mkdir -p "$IMAGE$(dirname "$1")"
  cp -L "$1" "$IMAGE$1"
}

libraries() {
  ldd "$1" | sed -nE 's/^.*=> (\/[^ ]+) .*$/\1/p; s/^[[:space:]]*(\/[^ ]+) \(.*$/\1/p'
}

mkdir -p "$IMAGE"/{data,dev,etc,proc,tmp,usr/bin,usr/share/doc/hearth,usr/share/hearth/models}
cp "$HEARTH" "$IMAGE/usr/bin/hearth"
strip -S "$IMAGE/usr/bin/hearth"
for file in "$HEARTH" "$ROOT"/models/runtime/libonnxruntime.so*; do
  libraries "$file"
done | LC_ALL=C sort -u | while IFS= read -r file; do library "$file"; done
cp -R "$ROOT"/models/{catalog.json,weights,embedder,runtime} "$IMAGE/usr/share/hearth/models/"
cp "$ROOT/LICENSE" "$IMAGE/usr/share/doc/hearth/copyright"
# What webhooks need to know others by: the roots that this system trusts.
mkdir -p "$IMAGE/etc/ssl/certs"
cp -L /etc/ssl/certs/ca-certificates.crt "$IMAGE/etc/ssl/certs/ca-certificates.crt"
printf 'hearth:x:%s:%s::/data:/usr/bin/hearth\n' "$PERSON" "$PERSON" >"$IMAGE/etc/passwd"
printf 'hearth:x:%s:\n' "$PERSON" >"$IMAGE/etc/group"
chmod -R u=rwX,go=rX "$IMAGE"
chmod 1777 "$IMAGE/tmp"
chmod 700 "$IMAGE/data"
# Only root can give away a folder; where nobody is root, whoever mounts data over it says whose it is.
[ "$(id -u)" -ne 0 ] || chown "$PERSON:$PERSON" "$IMAGE/data"
