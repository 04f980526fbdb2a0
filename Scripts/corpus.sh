#!/usr/bin/env bash
# Makes the training text from two of Debian's dictionaries, unpacked without being installed.
# Usage: corpus.sh DISTILL-CORPUS OUTPUT
set -euo pipefail
maker=${1:?usage: corpus.sh DISTILL-CORPUS OUTPUT}
output=${2:?usage: corpus.sh DISTILL-CORPUS OUTPUT}

say() { printf 'corpus: %s\n' "$1" >&2; }

for tool in apt-get dpkg-deb gzip sha256sum; do
  command -v "$tool" > /dev/null || { say "$tool is needed to fetch the text"; exit 1; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# fetch PACKAGE DICTIONARY DIGEST: the dictionary's text, pinned: any version of the package that holds the same
# text will do.
fetch() {
  say "fetching Debian's $1"
  (cd "$folder" && apt-get download -qq -o APT::Sandbox::User=root "$1" > /dev/null) \
    || { say "apt-get cannot download $1; run apt-get update first"; exit 1; }
  dpkg-deb -x "$folder/$1"_*.deb "$folder"
  gzip -dc < "$folder/usr/share/dictd/$2.dict.dz" > "$folder/$2"
  local found
  found=$(sha256sum < "$folder/$2" | cut -d' ' -f1)
  [ "$found" = "$3" ] || { say "the text of $1 has SHA-256 $found, expected $3"; exit 1; }
}
fetch dict-gcide gcide 802beb667e1fb666203e750f1faea60d5c202ac5430c2083c4180494609f10a7
fetch dict-wn wn 1a8b6fe11b6c845ea66246c54e3c33303b2243d3fb3f8d6402ef64e6400f675a
"$maker" --webster "$folder/gcide" --word-net "$folder/wn" --output "$output"
say "$output: $(wc -c < "$output") bytes"
