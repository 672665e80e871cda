# shellcheck shell=bash
# Runner for Codex CLI. It logs in first, which writes auth.json to its home; it has no sandbox of its own, because the
# container is one. A base URL takes a provider by another name than the built-in one's. The web search would be done by the
# provider, past the container's network.
# shellcheck disable=SC2034 # see load_agent

AGENT_KEYS=(OPENAI_API_KEY)
AGENT_VARIABLES=(OPENAI_BASE_URL)
AGENT_STATE_FOLDERS=(.codex)
AGENT_DEFAULT_MODEL=gpt-5.5
AGENT_SKILLS=${CODEX_HOME:-$HOME/.codex}/skills

codex_command() {
  local command=(
    codex exec --json --skip-git-repo-check --dangerously-bypass-approvals-and-sandbox
    --model "$LLM_MODEL"
    -c web_search=disabled -c check_for_update_on_startup=false -c analytics.enabled=false
  )
  if [[ -n ${OPENAI_BASE_URL:-} ]]; then
    command+=(
      -c model_provider=gateway
      -c 'model_providers.gateway={name="gateway",base_url='"$(json_string "$OPENAI_BASE_URL")"',env_key="OPENAI_API_KEY",wire_api="responses"}'
    )
  fi
  printf 'printenv OPENAI_API_KEY | codex login --with-api-key && exec'
  printf ' %q' "${command[@]}" -
}

codex_command
