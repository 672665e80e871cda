# shellcheck shell=bash
# Functions of the build's scripts: pins, digests, what goes into versions.json. Sourced, never run.
# Reads PINS (default /build/pins): a folder of NAME.env, each with one part's lines of versions.env.

PINS=${PINS:-/build/pins}
# What a stage adds to the image lies below; the image is these folders laid over each other.
INSTALL=${INSTALL:-/install}
# One file of entries for each part; together they are /opt/triaged/versions.json.
VERSIONS=$INSTALL/opt/triaged/versions

fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

case $(dpkg --print-architecture) in
  amd64) ARCHITECTURE=x64 ;;
  arm64) ARCHITECTURE=arm64 ;;
  *) fail 'the image can be built for amd64 and arm64 alone' ;;
esac

# pins_of PROGRAM: the NAME that its pins go by.
pins_of() {
  case $1 in
    claude) printf CLAUDE_CODE ;;
    *) printf '%s' "${1^^}" ;;
  esac
}

# pin NAME KIND: the value of NAME_KIND, or of NAME_KIND_ARCHITECTURE; empty when there is none.
pin() {
  local key=${1}_$2
  sed -n "s/^\(${key}\|${key}_${ARCHITECTURE^^}\)=//p" "$PINS/$1.env"
}

require_digest() {
  local what=$1 expected=$2 actual=$3
  [[ -n $expected ]] || fail "no digest is pinned for $what on $ARCHITECTURE"
  [[ $actual == "$expected" ]] || fail "$what has the digest $actual; pinned is $expected"
}

# record NAME VERSION SOURCE: an entry of versions.json.
record() {
  mkdir -p "$VERSIONS"
  jq -n --arg name "$1" --arg version "$2" --arg source "$3" '{($name): {version: $version, source: $source}}' \
    >"$VERSIONS/$1.json"
  printf 'found %s %s, from %s\n' "$1" "$2" "$3"
}

# fetch_package NAME SPEC FOLDER: unpacks an npm package there once its digest is the pinned one. No script of it runs.
fetch_package() {
  local name=$1 spec=$2 folder=$3 packed file
  packed=$(mktemp -d)
  npm pack --silent --pack-destination "$packed" "$spec" >/dev/null || fail "npm could not fetch $spec"
  file=$(find "$packed" -name '*.tgz')
  require_digest "$spec" "$(pin "$name" INTEGRITY)" "sha512-$(openssl dgst -sha512 -binary "$file" | base64 -w0)"
  mkdir -p "$folder"
  tar -xzf "$file" -C "$folder" --strip-components=1 --no-same-owner
  rm -r "$packed"
}
