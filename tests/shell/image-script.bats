#!/usr/bin/env bats
# scripts/image.sh on a copy of its inputs, with a docker command that only records.

setup() {
  root=$BATS_TEST_TMPDIR/checkout stubs=$BATS_TEST_TMPDIR/stubs
  export STUB_LOG=$BATS_TEST_TMPDIR/docker.log
  mkdir -p "$root/scripts" "$stubs" "$BATS_TEST_TMPDIR/downloads"
  cp -r "$BATS_TEST_DIRNAME/../../scripts/image.sh" "$BATS_TEST_DIRNAME/../../scripts/lib" "$root/scripts/"
  cp -r "$BATS_TEST_DIRNAME/../../agent-image" "$BATS_TEST_DIRNAME/../../runners" "$root/"
  # Has the base image of the id in the file base-id, no bridge, and an agent image with the label in the file label.
  cat >"$stubs/docker" <<'STUB'
#!/usr/bin/env bash
folder=${STUB_LOG%/*}
printf '%s\n' "$*" >>"$STUB_LOG"
case "$*" in
  'image inspect --format {{.Id}} '*) cat "$folder/base-id" ;;
  'image inspect --format {{index '*) cat "$folder/label" 2>/dev/null ;;
  'image inspect --format {{.Size}}'*) echo 1000000 ;;
  'network inspect '*) exit 1 ;;
  build*)
    tar -t >"$folder/context"
    printf '%s\n' "$@" | sed -n 's/^triaged.inputs=//p' >"$folder/label"
    echo 'Successfully tagged x'
    ;;
esac
STUB
  chmod +x "$stubs/docker"
  PATH=$stubs:$PATH
  echo sha256:one >"$BATS_TEST_TMPDIR/base-id"
  bash "$root/scripts/image.sh"
}

builds() { grep -c '^build ' "$STUB_LOG"; }

@test "an image of the same inputs is not built again" {
  run bash "$root/scripts/image.sh"
  [ "$status" -eq 0 ]
  [[ $output == *'is up to date'* ]]
  [ "$(builds)" -eq 1 ]
}

# Runs image.sh; fails unless it builds.
builds_again() {
  local before
  before=$(builds)
  bash "$root/scripts/image.sh" "$@"
  [ "$(builds)" -eq $((before + 1)) ]
}

@test "every input that changes builds it again" {
  local file
  for file in agent-image/{Dockerfile,versions.env,home/AGENTS.md,home/.config/goose/config.yaml,triaged-init/main.ts} \
    agent-image/{build/cli.sh,skill/k8s-troubleshooter/SKILL.md,downloads/kubectl} \
    runners/{claude.sh,system-prompt.md} scripts/{image,lib/image-building}.sh; do
    echo '#' >>"$root/$file"
    builds_again || { echo "not built after a change of $file"; false; }
  done
  chmod 700 "$root/runners/claude.sh"
  builds_again
  echo sha256:two >"$BATS_TEST_TMPDIR/base-id"
  builds_again
  builds_again --agents claude
}

@test "what the image does not hold does not build it again" {
  echo >>"$root/agent-image/README.md"
  echo >>"$root/agent-image/triaged-init/spool.test.ts"
  bash "$root/scripts/image.sh"
  [ "$(builds)" -eq 1 ]
}

@test "the agents and the folder of downloads reach the build" {
  echo kubectl >"$BATS_TEST_TMPDIR/downloads/kubectl"
  bash "$root/scripts/image.sh" --agents claude,codex --downloads "$BATS_TEST_TMPDIR/downloads"
  grep -q '^build .*--build-arg AGENTS=claude,codex ' "$STUB_LOG"
  grep -qx agent-image/downloads/kubectl "$BATS_TEST_TMPDIR/context"
}

@test "an unknown option and a missing folder are refused" {
  run bash "$root/scripts/image.sh" --agent claude
  [ "$status" -eq 1 ]
  [[ $output == *'unknown option --agent'* ]]
  for option in --agents --downloads; do
    run bash "$root/scripts/image.sh" "$option"
    [ "$status" -eq 1 ]
    [[ $output == "image: $option needs "* ]]
  done
  run bash "$root/scripts/image.sh" --downloads "$BATS_TEST_TMPDIR/none"
  [ "$status" -eq 1 ]
  [[ $output == *'there is no folder'* ]]
}
