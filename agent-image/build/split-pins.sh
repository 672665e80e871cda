#!/usr/bin/env bash
# split-pins.sh versions.env AGENTS: gives each part of the build a file of its own lines, empty for a CLI that is not in the
# comma-separated list AGENTS. Docker then fetches again only what has changed.
set -euo pipefail
# shellcheck source=agent-image/build/pins.sh
source "${BASH_SOURCE[0]%/*}/pins.sh"

readonly versions=$1 agents=$2
readonly known=claude,codex,gemini,opencode,goose

mkdir -p "$PINS"
sed -n 's/^\([A-Z_]*\)_VERSION=.*/\1/p' "$versions" | while read -r name; do
  grep "^${name}_" "$versions" >"$PINS/$name.env"
done
IFS=, read -ra asked <<<"$agents"
for agent in "${asked[@]}"; do
  [[ ,$known, == *",$agent,"* ]] || fail "there is no AI agent \"$agent\"; there are: $known"
done
for agent in ${known//,/ }; do
  [[ ,$agents, == *",$agent,"* ]] || : >"$PINS/$(pins_of "$agent").env"
done
