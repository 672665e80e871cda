#!/usr/bin/env bash
# Builds k8s-triage-agent:latest, unless an image of the very same inputs is there.
#   --agents LIST       the AI agents that it holds, e.g. claude,codex; default: all five
#   --downloads DIR     folder with kubectl, helm and k8s4agents.git, as far as there; they are used instead of downloads
#   BASE_IMAGE          base to build on; default debian:bookworm-slim, else triaged/base made with debootstrap
#   AGENT_IMAGE         name to give; default k8s-triage-agent:latest
#   DOCKER_HOST         the engine, as for the docker command
#   NPM_REGISTRY        npm mirror for the build
#   TRIAGED_CACHE_DIR   where the base's files are kept; default /var/cache/triaged
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib/image-building.sh
. scripts/lib/image-building.sh

readonly image=${AGENT_IMAGE:-k8s-triage-agent:latest}

usage() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; }

parse_flags() {
  agents=claude,codex,gemini,opencode,goose downloads=agent-image/downloads
  while (($# > 0)); do
    case $1 in
      -h | --help) usage; exit 0 ;;
      --agents) agents=${2:-}; shift; [[ -n $agents ]] || fail '--agents needs a list, such as claude,codex' ;;
      --downloads) downloads=${2:-}; shift; [[ -n $downloads ]] || fail '--downloads needs a folder' ;;
      *) fail "unknown option $1; see --help" ;;
    esac
    shift
  done
  [[ -d $downloads ]] || fail "there is no folder $downloads"
}

# All that the build reads from here, as the tar that is its context.
context() {
  tar --create --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --exclude='*.test.ts' --exclude=agent-image/README.md \
    --exclude=agent-image/downloads agent-image runners --transform='flags=r;s,^\./,agent-image/downloads/,' --directory "$downloads" .
}

# Of the context, of the base's contents, of what this script adds.
input_digest() {
  {
    context
    docker image inspect --format '{{.Id}}' "$1" 2>/dev/null || printf '%s\n' "$1"
    printf '%s\n' "$agents"
    cat scripts/image.sh scripts/lib/image-building.sh
  } | sha256sum | cut -d' ' -f1
}

main() {
  local agents downloads digest network base
  parse_flags "$@"
  require_engine
  digest=$(input_digest "$(known_base)")
  if [[ $(built_from "$image") == "$digest" ]]; then
    say "$image is up to date (inputs ${digest:0:12})"
    return
  fi
  lock
  choose_base
  digest=$(input_digest "$base")
  network=$(build_network)
  say "building $image on $base, network $network"
  context | timeout --kill-after=10 "$build_seconds" docker build --force-rm --network "$network" --file agent-image/Dockerfile \
    --build-arg "BASE_IMAGE=$base" --build-arg "AGENTS=$agents" --build-arg "NPM_REGISTRY=${NPM_REGISTRY:-}" --build-arg "EXTRA_CA_BASE64=$(extra_ca)" \
    --label "$digest_label=$digest" --tag "$image" - 2>&1 | progress || fail "the build failed"
  # The image that this one replaces, unless a container still uses it.
  docker image prune --force --filter "label=$digest_label" >/dev/null
  say "$image is ready: $(docker image inspect --format '{{.Size}}' "$image" | awk '{ printf "%.0f MB", $1 / 1e6 }')"
}

main "$@"
