#!/usr/bin/env bash
# Installs the Debian packages that the container and end-to-end tests and the image's build use. Lists what is missing
# and asks first; with CI=true, or -y, it does not ask. The server itself needs none of them.
set -euo pipefail

# What each is for: command, package.
readonly needed=(
  dockerd docker.io
  docker docker.io
  docker-compose docker-compose
  iptables iptables
  ip iproute2
  debootstrap debootstrap
  redis-server redis-server
  chromium chromium
  shellcheck shellcheck
  bats bats
  jq jq
  openssl openssl
  kubectl kubernetes-client
  ps procps
  flock util-linux
)

fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# Prints the packages whose command is not there. Daemons lie outside an ordinary user's PATH.
missing_packages() {
  local i
  for ((i = 0; i < ${#needed[@]}; i += 2)); do
    PATH=$PATH:/usr/sbin:/sbin command -v "${needed[i]}" >/dev/null || printf '%s\n' "${needed[i + 1]}"
  done | sort -u
}

confirm() {
  [[ ${CI:-} != true && ${1:-} != -y ]] || return 0
  [[ -t 0 ]] || fail 'not installed, because there is nobody to ask; run with CI=true to install without asking'
  local answer
  read -r -p 'Install them? [y/N] ' answer
  [[ $answer == [yY]* ]] || fail 'nothing was installed'
}

install_packages() {
  local as_root=()
  if [[ $EUID != 0 ]]; then
    command -v sudo >/dev/null || fail "installing packages needs root; run as root: apt-get install $*"
    as_root=(sudo)
  fi
  # A daemon that a package starts would take the machine's default socket or port: nothing is started here.
  local policy=/usr/sbin/policy-rc.d placed=false
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
    placed=true
  fi
  local status=0
  "${as_root[@]}" apt-get update -q || status=$?
  # From Debian 13 on the docker command has a package of its own, which docker.io only recommends.
  if [[ " $* " == *' docker.io '* ]] && apt-cache show docker-cli >/dev/null 2>&1; then set -- "$@" docker-cli; fi
  ((status != 0)) ||
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" || status=$?
  [[ $placed == false ]] || "${as_root[@]}" rm -f "$policy"
  ((status == 0)) || fail "apt-get ended with $status; see above"
}

main() {
  command -v apt-get >/dev/null || fail 'this script knows Debian and its descendants only; see its list and install the same with your own package manager'
  local packages
  mapfile -t packages < <(missing_packages)
  if ((${#packages[@]} == 0)); then
    printf 'setup: every package is there\n'
    return
  fi
  printf 'setup: missing: %s\n' "${packages[*]}"
  confirm "${1:-}"
  install_packages "${packages[@]}"
  mapfile -t packages < <(missing_packages)
  ((${#packages[@]} == 0)) || fail "still missing: ${packages[*]}"
}

main "$@"
