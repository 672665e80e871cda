#!/usr/bin/env bash
# Runs every test, with all its own set-up: system packages (asked for, unless CI=true), a Docker engine of our own, the
# agent's image. Arguments replace `--all`, e.g. `--incidents`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

PATH="$PWD/node_modules/.bin:$PATH"

bash scripts/setup.sh
trap 'bash scripts/test-engine.sh stop' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
# The last line is the engine's address.
DOCKER_HOST=$(bash scripts/test-engine.sh start | tail -n 1)
export DOCKER_HOST
bash scripts/image.sh
node scripts/test.mjs "${@:---all}"
