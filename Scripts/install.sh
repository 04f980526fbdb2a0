#!/usr/bin/env bash
# Installs the commands and their completions. Usage: install.sh BUILD PREFIX
set -euo pipefail
build=${1:?usage: install.sh BUILD PREFIX}
prefix=${2:?usage: install.sh BUILD PREFIX}

mkdir -p "$prefix/bin" "$prefix/share/bash-completion/completions" "$prefix/share/zsh/site-functions" \
  "$prefix/share/fish/vendor_completions.d"
install -m 755 "$build/distill" "$prefix/bin/distill"
for command in "$build"/distill-*; do
  # One executable has every stage, and runs the one that it is called by.
  if [ -f "$command" ] && [ -x "$command" ]; then ln -sf distill "$prefix/bin/${command##*/}"; fi
done
"$prefix/bin/distill" --generate-completion-script bash > "$prefix/share/bash-completion/completions/distill"
"$prefix/bin/distill" --generate-completion-script zsh > "$prefix/share/zsh/site-functions/_distill"
"$prefix/bin/distill" --generate-completion-script fish > "$prefix/share/fish/vendor_completions.d/distill.fish"
echo "$prefix/bin: distill and its stages; completions for bash, zsh and fish below $prefix/share"
