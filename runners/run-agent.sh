#!/usr/bin/env bash
# Runs one AI agent on one incident. Two halves: the host's (lib/host.sh) starts the container; `--inside` (lib/inside.sh)
# is what runs in it, started by the host's half or by triaged-init.
set -euo pipefail

# In the container the path is whole already, and an agent waits for every process.
RUNNERS=${BASH_SOURCE[0]%/*}
[[ $RUNNERS == /* ]] || RUNNERS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=runners/common.sh
source "$RUNNERS/common.sh"

if [[ ${1:-} == --inside ]]; then
  # shellcheck source=runners/lib/inside.sh
  source "$RUNNERS/lib/inside.sh"
  run_inside
else
  # shellcheck source=runners/lib/host.sh
  source "$RUNNERS/lib/host.sh"
  run_host "$@"
fi
