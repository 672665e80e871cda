#!/usr/bin/env bash
# Is the cluster well? One line for each thing looked at. Only reads.
set -euo pipefail
# shellcheck source=agent-image/skill/k8s-troubleshooter/scripts/lib.sh
source "${BASH_SOURCE[0]%/*}/lib.sh"

usage() {
  cat <<'USAGE'
Usage: cluster_health_check.sh [-n NAMESPACE]

Prints a line for each thing looked at: OK, WARN (with what is wrong) or UNKNOWN (it could not be read).

  -n, --namespace NS  pods, workloads, claims and events of this namespace only
  -h, --help          this text

Reads only. Exits 0 without a WARN, 1 with one or when no cluster answers, 2 on wrong usage.
USAGE
}

parse_scope "$@"
prepare
require_cluster
status=0

# ask WHAT COMMAND...: leaves the answer in $TEMP/answer; without one, says UNKNOWN and returns 1.
ask() {
  if fetch answer "$@"; then return 0; fi
  printf 'UNKNOWN  %s\n' "${UNREAD[-1]}"
  return 1
}

# verdict WHAT: $TEMP/wrong holds a line for each thing that is wrong.
verdict() {
  local what=$1
  local -a wrong
  mapfile -t wrong < <(plain <"$TEMP/wrong")
  if ((${#wrong[@]} == 0)); then
    printf 'OK       %s\n' "$what"
    return
  fi
  status=1
  printf 'WARN     %s: %s\n' "$what" "${#wrong[@]}"
  printf '         %s\n' "${wrong[@]:0:10}"
}

# shellcheck disable=SC2016 # a JSONPath filter
readonly JOBS='NAMESPACE:.metadata.namespace,NAME:.metadata.name,FAILED:.status.conditions[?(@.type=="Failed")].status'

printf 'OK       API server answers, %s\n' "$SERVER_VERSION"
if ask 'nodes ready' kube get nodes --no-headers; then
  awk '$2 != "Ready" { print $1, $2 }' "$TEMP/answer" >"$TEMP/wrong"
  verdict 'nodes ready'
fi
if ask 'pods of kube-system' table pods kube-system; then
  troubled_pods <"$TEMP/answer" >"$TEMP/wrong"
  verdict 'pods of kube-system'
fi
if ask 'pods' table pods "$namespace"; then
  troubled_pods <"$TEMP/answer" >"$TEMP/wrong"
  verdict 'pods'
fi
for kind in deployments statefulsets daemonsets; do
  ask "$kind" table "$kind" "$namespace" || continue
  short_workloads "$kind" <"$TEMP/answer" >"$TEMP/wrong"
  verdict "$kind"
done
if ask 'jobs' kube get jobs "${scope_flags[@]}" --no-headers -o "custom-columns=$JOBS"; then
  awk '$3 == "True" { print $1 "/" $2 " failed" }' "$TEMP/answer" >"$TEMP/wrong"
  verdict 'jobs'
fi
if ask 'persistent volume claims' table persistentvolumeclaims "$namespace"; then
  awk '$3 != "Bound" { print $1 "/" $2, $3 }' "$TEMP/answer" >"$TEMP/wrong"
  verdict 'persistent volume claims'
fi
if ask 'latest warnings' print_events "$namespace" type=Warning 10; then
  cp "$TEMP/answer" "$TEMP/wrong"
  verdict 'latest warnings'
fi
exit "$status"
