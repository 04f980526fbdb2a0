#!/usr/bin/env bash
# Builds the documentation of the libraries with DocC. Usage: docs.sh OUTPUT
set -euo pipefail
output=${1:?usage: docs.sh OUTPUT}
modules=(ScalingLaws Estimation Allocation Plotting)

command -v docc > /dev/null || { echo "docc is not installed: it comes with Swift's toolchain" >&2; exit 1; }
graphs=$(mktemp -d)
trap 'rm -rf "$graphs"' EXIT
for module in "${modules[@]}"; do
  mkdir -p "$graphs/$module" "$output"
  swift build --target "$module" --scratch-path .build/docs --quiet \
    -Xswiftc -emit-symbol-graph -Xswiftc -emit-symbol-graph-dir -Xswiftc "$graphs/all"
  cp "$graphs/all/$module".symbols.json "$graphs/all/$module"@*.symbols.json "$graphs/$module/" 2> /dev/null || true
  docc convert "Sources/$module/Documentation.docc" --fallback-display-name "$module" \
    --fallback-bundle-identifier "$module" --additional-symbol-graph-dir "$graphs/$module" \
    --output-path "$output/$module.doccarchive"
done
echo "$output: documentation of ${modules[*]}; docc preview shows it"
