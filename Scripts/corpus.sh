#!/usr/bin/env bash
# Makes the training text: a Debian dictionary package, unpacked without being installed.
# Usage: corpus.sh OUTPUT
set -euo pipefail
output=${1:?usage: corpus.sh OUTPUT}
# The text is pinned by its digest: any version of the package that holds the same text will do.
digest=802beb667e1fb666203e750f1faea60d5c202ac5430c2083c4180494609f10a7

say() { printf 'corpus: %s\n' "$1" >&2; }

for tool in apt-get dpkg-deb gzip sha256sum; do
  command -v "$tool" > /dev/null || { say "$tool is needed to fetch the text"; exit 1; }
done
mkdir -p "$(dirname "$output")"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
say "fetching Debian's dict-gcide"
(cd "$folder" && apt-get download -qq dict-gcide > /dev/null) \
  || { say "apt-get cannot download dict-gcide; run apt-get update first"; exit 1; }
for package in "$folder"/*.deb; do dpkg-deb -x "$package" "$folder"; done
gzip -dc < "$folder/usr/share/dictd/gcide.dict.dz" > "$folder/text"
found=$(sha256sum < "$folder/text" | cut -d' ' -f1)
if [ "$found" != "$digest" ]; then
  say "the text has SHA-256 $found, expected $digest (dict-gcide 0.48.5+nmu2)"
  exit 1
fi
mv "$folder/text" "$output"
say "$output: $(wc -c < "$output") bytes"
