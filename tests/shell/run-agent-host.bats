#!/usr/bin/env bats
# The host's half of run-agent.sh, with a docker command that only records.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # stubs evaluate text; each test is a subshell; variables of helpers.bash

load helpers

setup() { set_up_host; }

# A kubeconfig of cluster $1 and user $2, in YAML. By hand: Debian's kubectl 1.20 crashes when it writes one.
kubeconfig() {
  printf 'apiVersion: v1\nkind: Config\nclusters:\n- name: c\n  cluster:\n    %s\nusers:\n- name: u\n  user:\n    %s\n' "$1" "$2"
}

with_kubeconfig() {
  mkdir "$HOME/.kube"
  kubeconfig 'server: https://cluster.example' 'token: cluster-token' >"$HOME/.kube/config"
}

# Where the kubeconfig's copy lay while the container ran.
private_kubeconfig() { docker_run | sed -n 's|.*--volume \([^ ]*\):/root/.kube/config:ro .*|\1|p'; }

@test "without -w it says that a workspace is needed" {
  run "$run_agent"
  [ "$status" -eq 2 ]
  [[ $output == *'workspace'*'-w'* ]]
}

@test "a workspace that is no directory is refused" {
  run "$run_agent" -w "$BATS_TEST_TMPDIR/none"
  [ "$status" -eq 2 ]
  [[ $output == *'is not a directory'* ]]
}

@test "a workspace is taken by any name, and never for an option" {
  cd "$BATS_TEST_TMPDIR"
  export CDPATH=$BATS_TEST_TMPDIR
  for name in -P - 'a b$(id)"' $'new\nline'; do
    mkdir -- "$name"
    "$run_agent" -w "$name"
    [[ $(docker_run) == *"--volume $BATS_TEST_TMPDIR/$name:/workspace "* || $name == *$'\n'* ]]
    compgen -G "./${name//[\"\$()]/?}/output/triage_claude_*.log"
  done
}

@test "the root and the home are no workspace: all of it would be the agent's" {
  for folder in / "$HOME" "$HOME/."; do
    run "$run_agent" -w "$folder"
    [ "$status" -eq 2 ]
    [[ $output == *'directory for the incident alone'* ]]
  done
  [ ! -e "$HOME/output" ]
}

@test "a workspace that another run uses is refused, and free after its end" {
  export DOCKER_STUB_RUN='while [ ! -e "$STUB_LOG.go" ]; do sleep 0.05; done'
  "$run_agent" -w "$workspace" first 3>&- &
  for _ in {1..100}; do ran_nothing || break; sleep 0.05; done
  run "$run_agent" -w "$workspace" second
  [ "$status" -eq 2 ]
  [[ $output == *'another run uses'* ]]
  [ "$(cat "$workspace/prompt.md")" = first ]
  touch "$STUB_LOG.go"
  wait $!
  "$run_agent" -w "$workspace" second
  [ "$(cat "$workspace/prompt.md")" = second ]
}

@test "without an engine or the image it says so, and runs and fetches nothing" {
  DOCKER_STUB_FAILS='^image inspect' run "$run_agent" -w "$workspace"
  [ "$status" -eq 2 ]
  [[ $output == *'has no image k8s-triage-agent:latest'*'npm run image'* ]]
  DOCKER_STUB_FAILS='^(image inspect|version)' DOCKER_HOST=unix:///none run "$run_agent" -w "$workspace"
  [ "$status" -eq 2 ]
  [[ $output == *'no Docker engine answers at unix:///none'* ]]
  ran_nothing
}

@test "a caller without HOME is served" {
  cd "$BATS_TEST_TMPDIR"
  for agent in claude codex gemini opencode goose; do
    env -u HOME "$run_agent" -w "$workspace" -a "$agent"
    HOME='' "$run_agent" -w "$workspace" -a "$agent"
  done
}

@test "a missing key is named" {
  unset ANTHROPIC_API_KEY OPENAI_API_KEY GEMINI_API_KEY
  for agent in claude:ANTHROPIC_API_KEY codex:OPENAI_API_KEY opencode:OPENAI_API_KEY goose:OPENAI_API_KEY \
    'gemini:GEMINI_API_KEY or GOOGLE_API_KEY'; do
    run "$run_agent" -w "$workspace" -a "${agent%%:*}"
    [ "$status" -eq 2 ]
    [[ $output == *"${agent#*:} is not set"* ]]
  done
  [ ! -e "$STUB_LOG" ]
}

@test "an unknown agent is refused with those there are" {
  for agent in nobody common ../claude claude-post lib lib/host; do
    run "$run_agent" -w "$workspace" -a "$agent"
    [ "$status" -eq 2 ]
    [[ $output == *'there are: claude codex gemini goose opencode'* ]]
  done
}

@test "claude is the agent when none is named" {
  "$run_agent" -w "$workspace"
  [[ $(docker_run) == *'AGENT_CLI=claude '* ]]
}

@test "-a chooses the agent, its key and no other" {
  for agent in claude:ANTHROPIC_API_KEY codex:OPENAI_API_KEY opencode:OPENAI_API_KEY goose:OPENAI_API_KEY gemini:GEMINI_API_KEY; do
    rm -f "$STUB_LOG"
    "$run_agent" -w "$workspace" -a "${agent%:*}"
    [[ $(docker_run) == *"--env AGENT_CLI=${agent%:*} "* ]]
    [ "$(docker_run | grep -o -- '--env [A-Z]*_API_KEY')" = "--env ${agent#*:}" ]
    compgen -G "$workspace/output/triage_${agent%:*}_*.log"
  done
}

@test "Gemini's key may go by GOOGLE_API_KEY" {
  unset GEMINI_API_KEY
  GOOGLE_API_KEY=google-secret-value "$run_agent" -w "$workspace" -a gemini
  [[ $(docker_run) == *'--env GOOGLE_API_KEY --'* ]]
}

@test "a flag without its value, an unknown flag and malformed limits are refused" {
  for flags in -w '-w x -m' "-w $workspace --nonsense" "-w $workspace --timeout 0" "-w $workspace --timeout 1m" \
    "-w $workspace --memory lots" "-w $workspace one two" "-w $workspace -s /none" "-w $workspace --kubeconfig /none" \
    "-w $workspace -s /" "-w $workspace --kubeconfig /" \
    "-w $workspace -a codex -t Read"; do
    # shellcheck disable=SC2086 # several flags
    run "$run_agent" $flags
    [ "$status" -eq 2 ]
  done
  [ ! -e "$STUB_LOG" ]
}

@test "--help shows every flag" {
  run "$run_agent" --help
  [ "$status" -eq 0 ]
  for flag in -w -a -m -t -s -d --timeout --memory --kubeconfig --image --help; do [[ $output == *"$flag"* ]]; done
}

@test "the key goes by name, never by value" {
  run "$run_agent" -w "$workspace"
  [ "$status" -eq 0 ]
  [[ $(docker_run) == *'--env ANTHROPIC_API_KEY --'* ]]
  run grep -r secret-value "$STUB_LOG" "$workspace"
  [ "$status" -eq 1 ]
}

@test "workspace and output are the only folders mounted" {
  "$run_agent" -w "$workspace"
  [[ $(docker_run) == *"--volume $workspace:/workspace --volume $workspace/output:/output"* ]]
  [ "$(docker_run | grep -o -- '--volume' | wc -l)" -eq 2 ]
  [ -d "$workspace/output" ]
}

@test "a link that an earlier agent left for output or logs is refused, a linked file replaced" {
  for folder in output logs; do
    ln -s /etc "$workspace/$folder"
    run "$run_agent" -w "$workspace"
    [ "$status" -eq 2 ]
    [[ $output == *"$folder is a link"* ]]
    rm "$workspace/$folder"
  done
  ran_nothing
  ln -s "$BATS_TEST_TMPDIR/victim" "$workspace/prompt.md"
  "$run_agent" -w "$workspace" 'Why?'
  [ ! -e "$BATS_TEST_TMPDIR/victim" ]
  [ "$(cat "$workspace/prompt.md")" = 'Why?' ]
}

@test "the kubeconfig is mounted read-only, as a private copy that the container's user can read" {
  with_kubeconfig
  export DOCKER_STUB_RUN='copy=$(grep "^run " "$STUB_LOG" | sed -n "s|.*--volume \([^ ]*\):/root/.kube/config:ro .*|\1|p")
    cp "$copy" "$STUB_LOG.kubeconfig"; stat -c "%a %u" "$copy" "${copy%/*}" >"$STUB_LOG.stat"'
  "$run_agent" -w "$workspace"
  [[ $(docker_run) == *':/root/.kube/config:ro --env KUBECONFIG=/root/.kube/config '* ]]
  [ "$(docker_run | grep -o -- '--volume' | wc -l)" -eq 3 ]
  grep cluster-token "$STUB_LOG.kubeconfig"
  uid=$(docker_run | sed 's/.*--user \([0-9]*\):.*/\1/')
  [ "$(cat "$STUB_LOG.stat")" = "400 $uid"$'\n'"700 $EUID" ]
  [ ! -e "$(private_kubeconfig)" ]
}

@test "--kubeconfig goes before KUBECONFIG, that before the home's; named files come along" {
  with_kubeconfig
  echo "certificate of $BATS_TEST_NAME" >"$BATS_TEST_TMPDIR/ca.crt"
  kubeconfig "{ server: https://named.example, certificate-authority: $BATS_TEST_TMPDIR/ca.crt }" 'token: t' >"$BATS_TEST_TMPDIR/other"
  export DOCKER_STUB_RUN='cp "$(grep "^run " "$STUB_LOG" | tail -n 1 | sed "s|.*--volume \([^ ]*\):/root/.kube/config:ro .*|\1|")" "$STUB_LOG.kubeconfig"'
  KUBECONFIG=$BATS_TEST_TMPDIR/other "$run_agent" -w "$workspace"
  grep named.example "$STUB_LOG.kubeconfig"
  grep "certificate-authority-data: $(base64 -w0 "$BATS_TEST_TMPDIR/ca.crt")" "$STUB_LOG.kubeconfig"
  KUBECONFIG=/none "$run_agent" -w "$workspace" --kubeconfig "$HOME/.kube/config"
  grep cluster.example "$STUB_LOG.kubeconfig"
}

@test "without a kubeconfig there is a warning, and the agent runs" {
  run "$run_agent" -w "$workspace"
  [ "$status" -eq 0 ]
  [[ $output == *'warning: there is no kubeconfig'* ]]
  [[ $(docker_run) != *KUBECONFIG* ]]
}

@test "a kubeconfig that cannot work in the container is warned of" {
  with_kubeconfig
  run "$run_agent" -w "$workspace"
  [[ $output != *kubeconfig* ]]
  kubeconfig 'server: https://127.0.0.1:6443' 'exec: { command: aws, apiVersion: client.authentication.k8s.io/v1beta1 }' >"$HOME/.kube/config"
  run "$run_agent" -w "$workspace"
  [ "$status" -eq 0 ]
  [[ $output == *'a program fetch its credentials'*'a server on this machine'* ]]
}

@test "the container is hardened" {
  "$run_agent" -w "$workspace"
  for flag in --rm --read-only '--cap-drop ALL' '--security-opt no-new-privileges' '--memory 2g --memory-swap 2g' --pids-limit '--user '; do
    [[ $(docker_run) == *"$flag"* ]]
  done
  [[ $(docker_run) != *'--user 0'* ]]
}

@test "flags and variables reach the container" {
  CONTAINER_MEMORY=1g "$run_agent" -w "$workspace" -m opus -t Read,Grep --image other:1 -d
  [[ $(docker_run) == *'--memory 1g '*'LLM_MODEL=opus'*'ALLOWED_TOOLS=Read,Grep'*'DEBUG=true'*'other:1 --inside' ]]
  CONTAINER_MEMORY=1g "$run_agent" -w "$workspace" --memory 512m
  [[ $(docker_run | tail -n 1) == *'--memory 512m '*'INCIDENT_FOLDER=INC-42 '* ]]
  DEBUG=true "$run_agent" -w "$workspace"
  [[ $(docker_run | tail -n 1) == *'DEBUG=true'* ]]
}

@test "a base URL goes along when it is set" {
  "$run_agent" -w "$workspace"
  [[ $(docker_run) != *BASE_URL* ]]
  export ANTHROPIC_BASE_URL=http://a OPENAI_BASE_URL=http://o GOOGLE_GEMINI_BASE_URL=http://g OPENAI_HOST=http://h
  for agent in claude:ANTHROPIC_BASE_URL codex:OPENAI_BASE_URL opencode:OPENAI_BASE_URL gemini:GOOGLE_GEMINI_BASE_URL goose:OPENAI_HOST; do
    "$run_agent" -w "$workspace" -a "${agent%:*}"
    [[ $(docker_run | tail -n 1) == *"--env ${agent#*:} --"* ]]
    [[ ${agent%:*} == claude || $(docker_run | tail -n 1) != *ANTHROPIC* ]]
  done
}

@test "a prompt on the command line becomes prompt.md" {
  "$run_agent" -w "$workspace" 'why is it "down"?'
  [ "$(cat "$workspace/prompt.md")" = 'why is it "down"?' ]
}

@test "-s brings a system prompt of one's own" {
  echo 'You are a database administrator.' >"$BATS_TEST_TMPDIR/system"
  "$run_agent" -w "$workspace" -s "$BATS_TEST_TMPDIR/system"
  [[ $(docker_run) == *'--env SYSTEM_PROMPT_FILE=/workspace/system-prompt.md '* ]]
  cmp "$BATS_TEST_TMPDIR/system" "$workspace/system-prompt.md"
}

@test "a sixth agent is one pair of files" {
  add_sixth_agent
  SIXTH_URL=http://six "$run_agent" -w "$workspace" -a sixth
  [[ $(docker_run) == *'--tmpfs /home/agent/.sixth:'*'--env AGENT_CLI=sixth '*'--env SIXTH_KEY --env SIXTH_URL '* ]]
  run "$run_agent" --help
  [[ $output == *'claude|codex|gemini|goose|opencode|sixth'* ]]
}
