#!/usr/bin/env bash
# Makes the training text: two Debian dictionary packages, unpacked without being installed.
# Usage: corpus.sh OUTPUT
set -euo pipefail
output=${1:?usage: corpus.sh OUTPUT}
# The text is pinned by its digest: any version of the packages that holds the same text will do.
digest=28f9409819d778d699d640c37da314ea0c094a0c918282fb9bf090c6f40879c9

say() { printf 'corpus: %s\n' "$1" >&2; }

for tool in apt-get dpkg-deb gzip sha256sum; do
  command -v "$tool" > /dev/null || { say "$tool is needed to fetch the text"; exit 1; }
done
mkdir -p "$(dirname "$output")"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
say "fetching Debian's dict-gcide and dict-wn"
(cd "$folder" && apt-get download -qq dict-gcide dict-wn > /dev/null) \
  || { say "apt-get cannot download dict-gcide and dict-wn; run apt-get update first"; exit 1; }
for package in "$folder"/*.deb; do dpkg-deb -x "$package" "$folder"; done
gzip -dc < "$folder/usr/share/dictd/gcide.dict.dz" > "$folder/text"
gzip -dc < "$folder/usr/share/dictd/wn.dict.dz" >> "$folder/text"
found=$(sha256sum < "$folder/text" | cut -d' ' -f1)
if [ "$found" != "$digest" ]; then
  say "the text has SHA-256 $found, expected $digest (dict-gcide 0.48.5+nmu2 and dict-wn 1:3.0-37)"
  exit 1
fi
mv "$folder/text" "$output"
say "$output: $(wc -c < "$output") bytes"
