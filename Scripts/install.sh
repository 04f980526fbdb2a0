#!/usr/bin/env bash
# Installs the commands and their completions. Usage: install.sh BUILD PREFIX
set -euo pipefail
build=${1:?usage: install.sh BUILD PREFIX}
prefix=${2:?usage: install.sh BUILD PREFIX}

mkdir -p "$prefix/bin" "$prefix/share/bash-completion/completions" "$prefix/share/zsh/site-functions" \
  "$prefix/share/fish/vendor_completions.d"
for command in "$build"/distill "$build"/distill-*; do
  if [ -f "$command" ] && [ -x "$command" ]; then install -m 755 "$command" "$prefix/bin/"; fi
done
"$prefix/bin/distill" --generate-completion-script bash > "$prefix/share/bash-completion/completions/distill"
"$prefix/bin/distill" --generate-completion-script zsh > "$prefix/share/zsh/site-functions/_distill"
"$prefix/bin/distill" --generate-completion-script fish > "$prefix/share/fish/vendor_completions.d/distill.fish"
echo "$prefix/bin: distill and its stages; completions for bash, zsh and fish below $prefix/share"
