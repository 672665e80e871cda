#!/usr/bin/env bash
# `npm run check`: style, types, import rules, shell, generated files. Runs all of them and names what failed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

failed=()
check() {
  local name=$1
  shift
  printf -- '-- %s\n' "$name"
  "$@" || failed+=("$name")
}

check 'eslint' npx --no-install eslint .
check 'prettier' npx --no-install prettier --check --log-level warn .
check 'import rules' npx --no-install depcruise --config .dependency-cruiser.cjs src agent-image/triaged-init sdk/src demo dashboard
check 'types' npx --no-install tsc --noEmit
check 'types of the dashboard' npx --no-install tsc --noEmit --project dashboard/tsconfig.json
check 'schema and generated code up to date' bash scripts/check-generated.sh
if command -v shellcheck >/dev/null; then
  check 'shellcheck' bash scripts/shellcheck.sh
else
  printf -- '-- shellcheck: not installed, not run\n'
  [[ ${CI:-} != true ]] || failed+=('shellcheck')
fi

if ((${#failed[@]} > 0)); then
  printf 'failed: %s\n' "${failed[*]}"
  exit 1
fi
echo 'all checks passed'
