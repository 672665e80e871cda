#!/usr/bin/env bash
# Builds triaged-server:latest, unless an image of the very same inputs is there. Where no image registry answers, also
# triaged/postgres and triaged/redis from Debian's packages, which compose.yaml then uses.
#   BASE_IMAGE          base to build on; default debian:bookworm-slim, else triaged/base made with debootstrap
#   SERVER_IMAGE        name to give; default triaged-server:latest
#   DOCKER_HOST         the engine, as for the docker command
#   NPM_REGISTRY        npm mirror for the build
#   TRIAGED_CACHE_DIR   where the base's files are kept; default /var/cache/triaged
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib/image-building.sh
. scripts/lib/image-building.sh

readonly server=${SERVER_IMAGE:-triaged-server:latest}

# Prints, as a tar, all that the build of an image reads from here.
server_context() {
  archive --exclude='*.test.ts' --directory "$manifest" package.json --directory "$PWD" package-lock.json .npmrc .swcrc scripts/{link-node,build,build-dashboard,build-playground}.mjs \
    src migrations agent-image/triaged-init sdk/src dashboard docs/clusters.md playground tsconfig.json server-image/Dockerfile
}
postgres_context() { archive --directory server-image postgres.Dockerfile postgres-entrypoint.sh; }
redis_context() { archive --directory server-image redis.Dockerfile; }

# Not of the time 0, which scripts/build.mjs takes for that of a missing file.
archive() { tar --create --sort=name --mtime=@1 --owner=0 --group=0 --numeric-owner "$@"; }

# package.json without what changes while the packages stay the same: their layers last.
make_manifest() {
  manifest=$(mktemp -d)
  # shellcheck disable=SC2064
  trap "rm -rf '$manifest'" EXIT
  node -e 'const { scripts, description, ...rest } = require("./package.json"); console.log(JSON.stringify(rest, null, 2))' >"$manifest/package.json"
}

# Of a context and the base's contents.
input_digest() {
  {
    "$1"
    docker image inspect --format '{{.Id}}' "$base" 2>/dev/null || printf '%s\n' "$base"
    cat scripts/server-image.sh scripts/lib/image-building.sh
  } | sha256sum | cut -d' ' -f1
}

# Builds an image on `base` from a context, unless it is there.
build() {
  local image=$1 context=$2 dockerfile=$3 digest
  shift 3
  digest=$(input_digest "$context")
  if [[ $(built_from "$image") == "$digest" ]]; then
    say "$image is up to date (inputs ${digest:0:12})"
    return
  fi
  network=${network:-$(build_network)}
  say "building $image on $base, network $network"
  "$context" | timeout --kill-after=10 "$build_seconds" docker build --force-rm --network "$network" --file "$dockerfile" \
    --build-arg "BASE_IMAGE=$base" "$@" --label "$digest_label=$digest" --tag "$image" - 2>&1 | progress || fail "the build of $image failed"
  say "$image is ready: $(docker image inspect --format '{{.Size}}' "$image" | awk '{ printf "%.0f MB", $1 / 1e6 }')"
}

main() {
  local base network='' manifest
  case ${1:-} in
    '') ;;
    -h | --help) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; return ;;
    *) fail "unknown option $1; see --help" ;;
  esac
  require_engine
  make_manifest
  lock
  base=$(known_base)
  has_image "$base" || choose_base
  build "$server" server_context server-image/Dockerfile --build-arg "NPM_REGISTRY=${NPM_REGISTRY:-}" --build-arg "EXTRA_CA_BASE64=$(extra_ca)"
  if [[ $base == "$made_base" ]]; then
    build triaged/postgres:15 postgres_context postgres.Dockerfile
    build triaged/redis:7 redis_context redis.Dockerfile
  fi
  # The images that these replace, unless a container still uses them.
  docker image prune --force --filter "label=$digest_label" >/dev/null
}

main "$@"
