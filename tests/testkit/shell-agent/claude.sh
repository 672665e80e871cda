#!/usr/bin/env bash
# Stands in for Claude Code: carries out the `script` of its incident.
cat > /dev/null
exec bash -c "$(jq --raw-output .script "$INCIDENT")" 2>&1
