# shellcheck shell=bash
# Runner for Claude Code. --allowedTools pre-approves and --tools restricts: only both together keep Claude to the list. A
# pattern such as Bash(kubectl get:*) belongs to the first alone. Settings come from the user's level alone, so that nothing
# in the workspace configures the agent.
# shellcheck disable=SC2034 # see load_agent

AGENT_KEYS=(ANTHROPIC_API_KEY)
AGENT_VARIABLES=(ANTHROPIC_BASE_URL)
AGENT_STATE_FOLDERS=(.claude)
AGENT_DEFAULT_MODEL=sonnet
AGENT_TOOLS=Bash,Read,Grep,Glob,Write,Skill
AGENT_SKILLS=${CLAUDE_CONFIG_DIR:-$HOME/.claude}/skills

claude_command() {
  shopt -s extglob
  local tools=${ALLOWED_TOOLS//'('*([!)])')'/}
  local command=(
    env CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 DISABLE_AUTOUPDATER=1 DISABLE_TELEMETRY=1 DISABLE_ERROR_REPORTING=1
    claude -p --output-format stream-json --verbose
    --model "$LLM_MODEL"
    --allowedTools "$ALLOWED_TOOLS" --tools "${tools//[[:space:]]/}"
    --permission-mode dontAsk
    --setting-sources user
    --add-dir "$WORKSPACE" "$OUTPUT"
  )
  printf 'exec'
  printf ' %q' "${command[@]}"
}

claude_command
