# shellcheck shell=bash
# Runner for Claude Code: prints its command, quoted for eval, and runs nothing. The prompt comes on standard input.
# Reads LLM_MODEL, ALLOWED_TOOLS, WORKSPACE, OUTPUT.
# --allowedTools pre-approves and --tools restricts: only both together keep Claude to the list. A pattern such as
# Bash(kubectl get:*) belongs to the first alone. Settings come from the user's level alone, so that nothing in the
# workspace configures the agent.

claude_command() {
  shopt -s extglob
  local tools=${ALLOWED_TOOLS//'('*([!)])')'/}
  tools=${tools//[[:space:]]/}
  local command=(
    env CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1
    claude -p --output-format stream-json --verbose
    --model "${LLM_MODEL:-sonnet}"
    --allowedTools "$ALLOWED_TOOLS" --tools "$tools"
    --permission-mode dontAsk
    --setting-sources user
    --add-dir "$WORKSPACE" "$OUTPUT"
  )
  printf '%q ' "${command[@]}"
}

claude_command
