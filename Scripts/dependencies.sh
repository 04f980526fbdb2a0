#!/usr/bin/env bash
# Checks for the C libraries and fonts that the build and the figures need, and installs what is missing with
# Debian's package manager. Says nothing when everything is there.
set -euo pipefail

say() { printf '%s\n' "$1" >&2; }

# Library as pkg-config knows it, and the Debian package that brings it.
libraries=(
  cairo:libcairo2-dev
  pangocairo:libpango1.0-dev
  sqlite3:libsqlite3-dev
  openblas:libopenblas-dev
  libcrypto:libssl-dev
  zlib:zlib1g-dev
)
# Font family, and its Debian package.
fonts=(
  "Roboto:fonts-roboto-unhinted"
)

if [ "$(uname -m)" = x86_64 ] && [ -r /proc/cpuinfo ]; then
  for feature in avx2 fma; do
    grep -qw "$feature" /proc/cpuinfo || { say "this processor lacks $feature, which the numerical code needs"; exit 1; }
  done
fi
command -v swift > /dev/null || { say "swift is not installed: see https://www.swift.org/install"; exit 1; }

# Fills `missing` with the packages of what is not there.
look() {
  missing=()
  command -v git > /dev/null || missing+=(git)
  command -v pkg-config > /dev/null || missing+=(pkg-config)
  for entry in "${libraries[@]}"; do
    pkg-config --exists "${entry%%:*}" 2> /dev/null || missing+=("${entry#*:}")
  done
  command -v fc-list > /dev/null || missing+=(fontconfig)
  for entry in "${fonts[@]}"; do
    [ -n "$(fc-list ":family=${entry%%:*}" family 2> /dev/null)" ] || missing+=("${entry#*:}")
  done
}

look
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get > /dev/null; then
  say "missing, and there is no apt-get to install them: ${missing[*]}"
  exit 1
fi
elevate=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo > /dev/null || { say "run as root: apt-get install ${missing[*]}"; exit 1; }
  elevate=(sudo)
fi
say "installing ${missing[*]} (${elevate[*]:+${elevate[*]} }apt-get install)"
"${elevate[@]}" apt-get update -qq
"${elevate[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
look
[ ${#missing[@]} -eq 0 ] || { say "still missing after installing: ${missing[*]}"; exit 1; }
