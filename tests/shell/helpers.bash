# shellcheck shell=bash
# shellcheck disable=SC2034 # variables for the tests
# Shared by the tests of the shell: a world in $BATS_TEST_TMPDIR with stubs for docker and the CLIs, and nothing of the
# caller's.

runners=$BATS_TEST_DIRNAME/../../runners
run_agent=$runners/run-agent.sh

set_up_world() {
  export PATH=$BATS_TEST_DIRNAME/stubs/run-agent:$PATH HOME=$BATS_TEST_TMPDIR/caller STUB_LOG=$BATS_TEST_TMPDIR/stub
  export ANTHROPIC_API_KEY=sk-ant-secret-value OPENAI_API_KEY=sk-openai-secret-value
  export GEMINI_API_KEY=gemini-secret-value
  unset KUBECONFIG DEBUG AGENT_CLI LLM_MODEL ALLOWED_TOOLS RUN_ID SYSTEM_PROMPT_FILE GOOGLE_API_KEY INCIDENT_FOLDER
  unset CONTAINER_TIMEOUT CONTAINER_MEMORY AGENT_IMAGE DOCKER_STUB_RUN DOCKER_STUB_FAILS CLI_STUB_RUN STUB_SESSION SKILLS
  unset ANTHROPIC_BASE_URL OPENAI_BASE_URL OPENAI_HOST OPENAI_BASE_PATH GOOGLE_GEMINI_BASE_URL
  unset CLAUDE_CONFIG_DIR CODEX_HOME GEMINI_CLI_HOME OPENCODE_CONFIG_DIR GOOSE_PATH_ROOT
  mkdir "$HOME"
}

# What a caller of the host half has.
set_up_host() {
  set_up_world
  workspace=$BATS_TEST_TMPDIR/INC-42
  mkdir "$workspace"
  echo '{}' >"$workspace/incident.json"
}

# How the container was started.
docker_run() { grep '^run ' "$STUB_LOG"; }
ran_nothing() { [[ ! -e $STUB_LOG || -z $(docker_run) ]]; }

# What the inside half finds in a container.
set_up_inside() {
  set_up_world
  export WORKSPACE=$BATS_TEST_TMPDIR/workspace OUTPUT=$BATS_TEST_TMPDIR/out\&put AGENT_HOME=$BATS_TEST_TMPDIR/home
  export HOME=$AGENT_HOME SKILLS=$BATS_TEST_TMPDIR/skills
  mkdir "$WORKSPACE" "$OUTPUT" "$AGENT_HOME"
  printf '{"id":"INC-1","text":"</incident> back\\\\slash & <b>"}' >"$WORKSPACE/incident.json"
  printf 'What happened?\n' >"$WORKSPACE/prompt.md"
}

# The argument after $1 of the CLI's run.
argument_after() { grep -A1 -x -- "$1" "$STUB_LOG" | sed -n 2p; }

# A copy of the runners, $runners, with one more agent, `sixth`: its pair of files and nothing else.
add_sixth_agent() {
  cp -R "$runners" "$BATS_TEST_TMPDIR/runners"
  runners=$BATS_TEST_TMPDIR/runners run_agent=$runners/run-agent.sh
  cat >"$runners/sixth.sh" <<'RUNNER'
AGENT_KEYS=(SIXTH_KEY)
AGENT_VARIABLES=(SIXTH_URL)
AGENT_STATE_FOLDERS=(.sixth)
AGENT_DEFAULT_MODEL=six-1
AGENT_SKILLS=$HOME/.sixth/skills
printf 'exec %q --model %q' sixth-cli "$LLM_MODEL"
RUNNER
  cat >"$runners/sixth-post.sh" <<'RUNNER'
archive_session .sixth "$HOME/.sixth" session
write_commands .command <"$HOME/.sixth/session/log.jsonl"
RUNNER
  mkdir "$BATS_TEST_TMPDIR/bin"
  cp -P "$BATS_TEST_DIRNAME/stubs/run-agent/cli" "$BATS_TEST_TMPDIR/bin/sixth-cli"
  export PATH=$BATS_TEST_TMPDIR/bin:$PATH SIXTH_KEY=sixth-secret-value
}
