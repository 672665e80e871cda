#!/usr/bin/env bash
# Makes the printed schema, the typed documents and the printed pages again; fails when they were not what their sources make.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly generated=(schema sdk/src/generated docs/configuration.md docs/errors.md docs/cli.md)
before=$(mktemp -d)
trap 'rm -rf "$before"' EXIT

cp -r --parents "${generated[@]}" "$before"
npm run --silent schema >/dev/null
npm run --silent sdk >/dev/null
npm run --silent docs >/dev/null

stale=0
for place in "${generated[@]}"; do
  diff -ru "$before/$place" "$place" || stale=1
done
if ((stale)); then
  printf 'Generated files were stale. They are made again: commit what changed.\n' >&2
  exit 1
fi
