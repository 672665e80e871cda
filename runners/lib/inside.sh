# shellcheck shell=bash
# The inside half: prompt, runner, agent, post hook. Sourced by run-agent.sh.

# How long an agent may take to end after TERM; less than the 10 s after which the container is killed, so that the post
# hook has its time.
readonly AGENT_GRACE_SECONDS=5

# shellcheck source=runners/lib/context.sh
source "$RUNNERS/lib/context.sh"
# shellcheck source=runners/lib/artifacts.sh
source "$RUNNERS/lib/artifacts.sh"

# A CLI whose configuration folder was moved looks for skills there. What cannot be linked is a debug message.
link_skills() {
  local skill
  [[ -n $AGENT_SKILLS && -d $SKILLS ]] || return 0
  mkdir -p "$AGENT_SKILLS" 2>/dev/null || { debug "skills cannot be linked into $AGENT_SKILLS"; return 0; }
  for skill in "$SKILLS"/*/; do
    skill=${skill%/}
    [[ -e $AGENT_SKILLS/${skill##*/} ]] || ln -s "$skill" "$AGENT_SKILLS/" || debug "$skill cannot be linked"
  done
}

# TERM, and KILL for who does not listen. The signal may come more than once.
end_agent() {
  kill -TERM "$1" 2>/dev/null || return 0
  [[ -z $killer ]] || return 0
  (sleep "$AGENT_GRACE_SECONDS" && kill -KILL "$1") >/dev/null 2>&1 &
  killer=$!
}

# Runs the shell text $1 with the prompt on standard input. DEBUG is ours: CLIs take it for theirs. TERM is passed on and the
# agent's end awaited, so that the post hook always runs.
run_agent_command() {
  local pid killer='' status=0
  env -u DEBUG bash -c "$1" <"$WORKSPACE/prompt-sent.md" &
  pid=$!
  # shellcheck disable=SC2064 # this process and no other
  trap "end_agent $pid" TERM INT
  await_end "$pid" || status=$?
  trap '' TERM INT
  [[ -z $killer ]] || kill "$killer" 2>/dev/null || true
  return "$status"
}

run_post_hook() {
  local hook=$RUNNERS/$AGENT_CLI-post.sh
  if [[ ! -f $hook ]]; then
    log "warning: there is no post hook for $AGENT_CLI"
    return 0
  fi
  # shellcheck source=runners/claude-post.sh
  (source "$hook") || debug 'the post hook failed'
}

# What an earlier run on this workspace left in the places of this one's, links included, is not taken for this one's.
clear_places() {
  rm -rf "$WORKSPACE/prompt-sent.md" "$WORKSPACE/baseline-triage"
  [[ ${DEBUG:-false} != true ]] || rm -rf "$WORKSPACE"/logs/agent-{session.tar.gz,commands-executed.log}
}

run_inside() {
  : "${WORKSPACE:=/workspace}" "${OUTPUT:=/output}" "${AGENT_HOME:=${HOME:-/home/agent}}" "${SKILLS:=/skills}" "${HOME:=$AGENT_HOME}"
  : "${AGENT_CLI:=$DEFAULT_AGENT}" "${LLM_MODEL:=}" "${ALLOWED_TOOLS:=}"
  export WORKSPACE OUTPUT AGENT_HOME AGENT_CLI LLM_MODEL ALLOWED_TOOLS
  load_agent "$AGENT_CLI"
  # Refuses a missing key.
  agent_key >/dev/null
  LLM_MODEL=${LLM_MODEL:-$AGENT_DEFAULT_MODEL}
  [[ -z $ALLOWED_TOOLS || -n $AGENT_TOOLS ]] || die "the agent \"$AGENT_CLI\" cannot be restricted to tools"
  ALLOWED_TOOLS=${ALLOWED_TOOLS:-$AGENT_TOOLS}
  link_skills

  clear_places
  write_prompt "$WORKSPACE/prompt-sent.md"
  # shellcheck disable=SC2034 # for the runners
  PROMPT=$(<"$WORKSPACE/prompt-sent.md")
  local agent_command status=0
  # shellcheck source=runners/claude.sh
  agent_command=$(source "$RUNNERS/$AGENT_CLI.sh")
  cd "$AGENT_HOME" || die "the home $AGENT_HOME cannot be entered"
  debug "command: $agent_command"
  run_agent_command "$agent_command" || status=$?
  run_post_hook
  return "$status"
}
