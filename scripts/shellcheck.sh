#!/usr/bin/env bash
# Checks every shell script of the project, the tests and their stubs included.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

files=(
  runners/*.sh runners/lib/*.sh scripts/*.sh scripts/lib/*.sh server-image/*.sh .ci/run
  agent-image/build/*.sh agent-image/skill/*/scripts/*.sh
  tests/shell/*.bats tests/shell/*.bash tests/shell/stubs/kubectl tests/shell/stubs/run-agent/{cli,docker} tests/testkit/*/*.sh
)
shellcheck -x "${files[@]}"
printf 'shellcheck of %d files: ok\n' "${#files[@]}"
