#!/usr/bin/env bats
# The host's half of run-agent.sh, with a docker command that only records.
# shellcheck disable=SC2016,SC2030,SC2031 # stubs evaluate text; each test is a subshell

setup() {
  run_agent=$BATS_TEST_DIRNAME/../../runners/run-agent.sh
  export PATH=$BATS_TEST_DIRNAME/stubs:$PATH
  export STUB_LOG=$BATS_TEST_TMPDIR/docker.log
  export ANTHROPIC_API_KEY=sk-ant-secret-value
  unset CONTAINER_TIMEOUT CONTAINER_MEMORY AGENT_IMAGE DEBUG DOCKER_STUB_RUN
  workspace=$BATS_TEST_TMPDIR/incident
  mkdir "$workspace"
  echo '{}' >"$workspace/incident.json"
}

docker_run() { grep '^run ' "$STUB_LOG"; }

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

@test "a missing key is named" {
  unset ANTHROPIC_API_KEY
  run "$run_agent" -w "$workspace"
  [ "$status" -eq 2 ]
  [[ $output == *ANTHROPIC_API_KEY* ]]
  [ ! -e "$STUB_LOG" ]
}

@test "an unknown agent is refused with those there are" {
  for agent in nobody common ../claude claude-post; do
    run "$run_agent" -w "$workspace" -a "$agent"
    [ "$status" -eq 2 ]
    [[ $output == *'there are: claude'* ]]
  done
}

@test "a flag without its value, an unknown flag and malformed limits are refused" {
  for flags in -w '-w x -m' "-w $workspace --nonsense" "-w $workspace --timeout 0" "-w $workspace --timeout 1m" "-w $workspace --memory lots" "-w $workspace one two"; do
    # shellcheck disable=SC2086 # several flags
    run "$run_agent" $flags
    [ "$status" -eq 2 ]
  done
  [ ! -e "$STUB_LOG" ]
}

@test "--help shows every flag" {
  run "$run_agent" --help
  [ "$status" -eq 0 ]
  for flag in -w -a -m -t --timeout --memory --image --help; do [[ $output == *"$flag"* ]]; done
}

@test "the key goes by name, never by value" {
  run "$run_agent" -w "$workspace"
  [ "$status" -eq 0 ]
  [[ $(docker_run) == *'--env ANTHROPIC_API_KEY --'* ]]
  run grep -r sk-ant-secret-value "$STUB_LOG" "$workspace"
  [ "$status" -eq 1 ]
}

@test "workspace and output are the only folders mounted" {
  "$run_agent" -w "$workspace"
  [[ $(docker_run) == *"--volume $workspace:/workspace --volume $workspace/output:/output"* ]]
  [ "$(docker_run | grep -o -- '--volume' | wc -l)" -eq 2 ]
  [ -d "$workspace/output" ]
}

@test "the container is hardened" {
  "$run_agent" -w "$workspace"
  for flag in --rm --read-only '--cap-drop ALL' '--security-opt no-new-privileges' '--memory 2g --memory-swap 2g' --pids-limit '--user '; do
    [[ $(docker_run) == *"$flag"* ]]
  done
  [[ $(docker_run) != *'--user 0'* ]]
}

@test "flags and variables reach the container" {
  CONTAINER_MEMORY=1g "$run_agent" -w "$workspace" -m opus -t Read,Grep --image other:1
  [[ $(docker_run) == *'--memory 1g '*'LLM_MODEL=opus'*'ALLOWED_TOOLS=Read,Grep'*'other:1 --inside' ]]
  CONTAINER_MEMORY=1g "$run_agent" -w "$workspace" --memory 512m
  [[ $(docker_run | tail -n 1) == *'--memory 512m '* ]]
}

@test "a base URL goes along when it is set" {
  "$run_agent" -w "$workspace"
  [[ $(docker_run) != *ANTHROPIC_BASE_URL* ]]
  ANTHROPIC_BASE_URL=http://gateway:8080 "$run_agent" -w "$workspace"
  [[ $(docker_run) == *'--env ANTHROPIC_BASE_URL --entrypoint'* ]]
}

@test "a prompt on the command line becomes prompt.md" {
  "$run_agent" -w "$workspace" 'why is it "down"?'
  [ "$(cat "$workspace/prompt.md")" = 'why is it "down"?' ]
}

@test "the output is shown and logged, and the agent's exit code is the script's" {
  export DOCKER_STUB_RUN='echo to stdout; echo to stderr >&2; exit 7'
  run "$run_agent" -w "$workspace"
  [ "$status" -eq 7 ]
  [[ $output == *'to stdout'* && $output == *'to stderr'* ]]
  log=$(ls "$workspace"/output/triage_claude_*.log)
  [[ ${log##*/} =~ ^triage_claude_[0-9]{8}_[0-9]{6}\.log$ ]]
  [ "$(cat "$log")" = $'to stdout\nto stderr' ]
}

@test "124 when the time is up, and the container is removed" {
  export DOCKER_STUB_RUN='exec sleep 30'
  run "$run_agent" -w "$workspace" --timeout 1
  [ "$status" -eq 124 ]
  name=$(docker_run | sed 's/.*--name \([^ ]*\).*/\1/')
  grep -x "rm -f $name" "$STUB_LOG"
}
