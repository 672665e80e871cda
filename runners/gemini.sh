# shellcheck shell=bash
# Runner for Gemini CLI. It reads its key from GEMINI_API_KEY alone, and behind a base URL asks for settings that name the
# way to authenticate; settings that are there already stay.
# shellcheck disable=SC2034 # see load_agent

AGENT_KEYS=(GEMINI_API_KEY GOOGLE_API_KEY)
AGENT_VARIABLES=(GOOGLE_GEMINI_BASE_URL)
AGENT_STATE_FOLDERS=(.gemini)
AGENT_DEFAULT_MODEL=gemini-2.5-pro
AGENT_SKILLS=${GEMINI_CLI_HOME:-$HOME}/.gemini/skills

gemini_command() {
  local folder=${GEMINI_CLI_HOME:-$HOME}/.gemini
  local settings='{"security":{"auth":{"selectedType":"gemini-api-key"}},"general":{"enableAutoUpdate":false},"privacy":{"usageStatisticsEnabled":false}}'
  local command=(
    gemini --prompt '' --output-format stream-json
    --model "$LLM_MODEL"
    --approval-mode yolo --skip-trust
    --include-directories "$WORKSPACE" --include-directories "$OUTPUT"
  )
  # shellcheck disable=SC2016 # for the shell that runs it
  printf 'export GEMINI_API_KEY="${GEMINI_API_KEY:-$GOOGLE_API_KEY}" GEMINI_CLI_NO_RELAUNCH=true; '
  printf '[[ -e %q ]] || { mkdir -p %q && printf %%s %q >%q; }; exec' "$folder/settings.json" "$folder" "$settings" "$folder/settings.json"
  printf ' %q' "${command[@]}"
}

gemini_command
