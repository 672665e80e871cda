#!/usr/bin/env bats
# scripts/server-image.sh on a copy of some of its inputs, with a docker command that only records.

setup() {
  root=$BATS_TEST_TMPDIR/checkout stubs=$BATS_TEST_TMPDIR/stubs source=$BATS_TEST_DIRNAME/../..
  export STUB_LOG=$BATS_TEST_TMPDIR/docker.log
  mkdir -p "$root"/{scripts,agent-image,src,docs} "$stubs" "$BATS_TEST_TMPDIR/labels"
  cp -r "$source"/scripts/{lib,server-image.sh,link-node.mjs,build.mjs,build-dashboard.mjs,build-playground.mjs} "$root/scripts/"
  cp -r "$source"/{package.json,package-lock.json,.npmrc,.swcrc,tsconfig.json,migrations,dashboard,playground,server-image} "$root/"
  cp "$source/docs/clusters.md" "$root/docs/"
  cp -r "$source/agent-image/triaged-init" "$root/agent-image/"
  cp -r "$source/sdk" "$source/src/main.ts" "$root/"
  mv "$root/main.ts" "$root/src/"
  # Has the usual base image, unless the file `no-registry` is there; then it has the one made with debootstrap alone.
  cat >"$stubs/docker" <<'STUB'
#!/usr/bin/env bash
folder=${STUB_LOG%/*}
printf '%s\n' "$*" >>"$STUB_LOG"
case "$*" in
  'image inspect debian:bookworm-slim') [[ ! -e $folder/no-registry ]] ;;
  'image inspect triaged/base') [[ -e $folder/no-registry ]] ;;
  'image inspect --format {{.Id}} '*) echo sha256:one ;;
  'image inspect --format {{index '*) image=${!#}; cat "$folder/labels/${image##*/}" 2>/dev/null ;;
  'image inspect --format {{.Size}}'*) echo 1000000 ;;
  'network inspect '*) exit 1 ;;
  build*)
    image=$(printf '%s\n' "$@" | sed -n '/^--tag$/{n;p}')
    tar -x --directory "$(mktemp -d "$folder/context.XXXX")"
    printf '%s\n' "$@" | sed -n 's/^triaged.inputs=//p' >"$folder/labels/${image##*/}"
    echo 'Successfully tagged x'
    ;;
esac
STUB
  chmod +x "$stubs/docker"
  PATH=$stubs:$PATH
  # Not the lock of real builds.
  export TMPDIR=$BATS_TEST_TMPDIR
}

builds() { grep -c '^build ' "$STUB_LOG" || true; }

@test "the server's image is built once from the same inputs, and anew when a source changes" {
  bash "$root/scripts/server-image.sh"
  run bash "$root/scripts/server-image.sh"
  [ "$status" -eq 0 ]
  [[ $output == *'triaged-server:latest is up to date'* ]]
  [ "$(builds)" -eq 1 ]
  echo '//' >>"$root/src/main.ts"
  bash "$root/scripts/server-image.sh"
  [ "$(builds)" -eq 2 ]
}

@test "what changes no package keeps the packages' layers: the manifest has no scripts" {
  bash "$root/scripts/server-image.sh"
  jq -e '.scripts == null and .dependencies.pg and .type == "module"' "$BATS_TEST_TMPDIR"/context.*/package.json
}

@test "Postgres and Redis are built where no registry answers, and only there" {
  bash "$root/scripts/server-image.sh"
  [ "$(builds)" -eq 1 ]
  touch "$BATS_TEST_TMPDIR/no-registry"
  bash "$root/scripts/server-image.sh"
  grep -q -- '--tag triaged/postgres:15' "$STUB_LOG"
  grep -q -- '--tag triaged/redis:7' "$STUB_LOG"
}

@test "an unknown option is refused" {
  run bash "$root/scripts/server-image.sh" --everything
  [ "$status" -ne 0 ]
  [[ $output == *'unknown option --everything'* ]]
}
