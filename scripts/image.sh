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

readonly image=${AGENT_IMAGE:-k8s-triage-agent:latest}
readonly made_base=triaged/base
readonly suite=bookworm
readonly default_base=debian:$suite-slim
readonly cache=${TRIAGED_CACHE_DIR:-/var/cache/triaged}
readonly digest_label=triaged.inputs
readonly pull_seconds=20 build_seconds=1800

say() { printf '[image %3ds] %s\n' "$SECONDS" "$*"; }
fail() { printf 'image: %s\n' "$*" >&2; exit 1; }

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
    cat scripts/image.sh
  } | sha256sum | cut -d' ' -f1
}

require_engine() {
  command -v docker >/dev/null || fail "the docker command is missing; 'npm run setup' installs it"
  timeout 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1 ||
    fail "no Docker engine answers at ${DOCKER_HOST:-the default socket}; start Docker or set DOCKER_HOST"
}

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

# The root file system as a tar in the cache, so that a new engine gets it in seconds.
make_base_tar() {
  local tar=$1 rootfs
  command -v debootstrap >/dev/null || fail "no image registry answers, and debootstrap is missing; 'npm run setup' installs it"
  [[ $EUID == 0 ]] || fail "no image registry answers, and making $made_base with debootstrap needs root; run this as root, or set BASE_IMAGE to an image that the engine has"
  mkdir -p "$cache"
  rootfs=$(mktemp -d "$cache/rootfs.XXXXXX")
  # shellcheck disable=SC2064
  trap "rm -rf '$rootfs' '$tar.part'" EXIT
  say "making the base with debootstrap ($suite, minbase)"
  debootstrap --variant=minbase "$suite" "$rootfs" >"$rootfs.log" 2>&1 ||
    { tail -n 20 "$rootfs.log" >&2; rm -f "$rootfs.log"; fail "debootstrap failed"; }
  rm -f "$rootfs.log"
  rm -rf "$rootfs"/var/cache/apt/archives/*.deb "$rootfs"/var/lib/apt/lists/* "$rootfs"/usr/share/{doc,man,info,locale}/*
  tar -C "$rootfs" --numeric-owner --one-file-system -cf "$tar.part" .
  mv "$tar.part" "$tar"
  rm -rf "$rootfs"
  trap - EXIT
}

# The base that would be built on, as far as that can be told without asking a registry.
known_base() {
  if [[ -n ${BASE_IMAGE:-} ]]; then printf '%s' "$BASE_IMAGE"
  elif ! has_image "$default_base" && has_image "$made_base"; then printf '%s' "$made_base"
  else printf '%s' "$default_base"; fi
}

# Sets `base`.
choose_base() {
  base=${BASE_IMAGE:-}
  [[ -z $base ]] || return 0
  base=$default_base
  ! has_image "$base" || return 0
  say "asking the image registry for $base"
  ! timeout --kill-after=2 "$pull_seconds" docker pull --quiet "$base" >/dev/null 2>&1 || return 0
  base=$made_base
  say "no image registry answers: using $made_base, made with debootstrap"
  ! has_image "$base" || return 0
  local tar
  tar=$cache/base-$suite-$(dpkg --print-architecture 2>/dev/null || uname -m).tar
  [[ -s $tar ]] || make_base_tar "$tar"
  say "importing $tar"
  docker import --change 'CMD ["bash"]' "$tar" "$made_base" >/dev/null
}

# An engine without a default bridge, or with one from which Debian's packages cannot be reached, builds on the host's network.
build_network() {
  # shellcheck disable=SC2016 # for the container's shell
  if docker network inspect bridge >/dev/null 2>&1 &&
    timeout 10 docker run --rm --network bridge "$base" timeout 3 bash -c '
      host=$(sed -n "s#^.*https\?://\([^/ ]*\).*#\1#p" /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1)
      exec 3<>"/dev/tcp/$host/80"' >/dev/null 2>&1; then
    echo default
  else
    echo host
  fi
}

# Certificate authorities that this machine's administrator added: the build's downloads may need them.
extra_ca() {
  local certificates=(/usr/local/share/ca-certificates/*.crt)
  [[ ! -e ${certificates[0]} ]] || cat "${certificates[@]}" | base64 -w0
}

# Steps and what looks like an error; the last lines come back in full when the build fails.
progress() {
  local line tail=()
  while IFS= read -r line; do
    tail+=("$line")
    ((${#tail[@]} <= 30)) || tail=("${tail[@]:1}")
    case $line in
      'Step '* | '#'*' ['*) say "${line:0:110}" ;;
      *'npm ERR!'* | 'E: '* | *rror:* | 'found '* | 'Sending build'* | 'Successfully built'*) say "${line:0:300}" ;;
    esac
  done
  [[ ${tail[-1]:-} == 'Successfully tagged'* || ${tail[*]} == *'naming to'* ]] || { printf '%s\n' "${tail[@]}" >&2; return 1; }
}

# Removing a replaced image takes cached layers with it that a second build, at the same time, may count on.
lock() {
  exec 9>"${TMPDIR:-/tmp}/triaged-image-$(id -u).lock"
  flock --nonblock 9 || { say 'waiting for another build'; flock --wait "$build_seconds" 9 || fail 'another build does not end'; }
}

main() {
  local agents downloads digest network base
  parse_flags "$@"
  require_engine
  digest=$(input_digest "$(known_base)")
  if [[ $(docker image inspect --format "{{index .Config.Labels \"$digest_label\"}}" "$image" 2>/dev/null) == "$digest" ]]; then
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
