# Shared by the scripts that build images: the base, the engine, the build's network and what is shown of it. To be sourced.
#   BASE_IMAGE          base to build on; default debian:bookworm-slim, else triaged/base made with debootstrap
#   TRIAGED_CACHE_DIR   where the base's files are kept; default /var/cache/triaged
# shellcheck shell=bash

readonly made_base=triaged/base
readonly suite=bookworm
readonly default_base=debian:$suite-slim
readonly cache=${TRIAGED_CACHE_DIR:-/var/cache/triaged}
readonly digest_label=triaged.inputs
readonly pull_seconds=20 build_seconds=1800

say() { printf '[image %3ds] %s\n' "$SECONDS" "$*"; }
fail() { printf 'image: %s\n' "$*" >&2; exit 1; }

require_engine() {
  command -v docker >/dev/null || fail "the docker command is missing; 'npm run setup' installs it"
  timeout 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1 ||
    fail "no Docker engine answers at ${DOCKER_HOST:-the default socket}; start Docker or set DOCKER_HOST"
}

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

# The digest of the inputs from which an image was built.
built_from() { docker image inspect --format "{{index .Config.Labels \"$digest_label\"}}" "$1" 2>/dev/null; }

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
