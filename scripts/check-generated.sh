#!/usr/bin/env bash
# Makes the printed schema and the typed documents again; fails when they were not what their sources make.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly generated=(schema sdk/src/generated)
before=$(mktemp -d)
trap 'rm -rf "$before"' EXIT

cp -r --parents "${generated[@]}" "$before"
npm run --silent schema >/dev/null
npm run --silent sdk >/dev/null

stale=0
for folder in "${generated[@]}"; do
  diff -ru "$before/$folder" "$folder" || stale=1
done
if ((stale)); then
  printf 'Generated files were stale. They are made again: commit what changed.\n' >&2
  exit 1
fi
