# shellcheck shell=bash
# Runner for OpenCode. Whatever it may not do it asks for, for ever: everything is allowed, because the container is the
# boundary. A base URL takes a provider by another name than the built-in one's, which would speak the Responses protocol; this
# one speaks Chat Completions. A title spares the call that asks the model for one.
# shellcheck disable=SC2034 # see load_agent

AGENT_KEYS=(OPENAI_API_KEY)
AGENT_VARIABLES=(OPENAI_BASE_URL)
AGENT_STATE_FOLDERS=(.config/opencode)
AGENT_DEFAULT_MODEL=openai/gpt-4.1
AGENT_SKILLS=${OPENCODE_CONFIG_DIR:-$HOME/.config/opencode}/skills

opencode_command() {
  local model=openai/${LLM_MODEL#openai/} provider=''
  if [[ -n ${OPENAI_BASE_URL:-} ]]; then
    provider=',"provider":{"gateway":{"npm":"@ai-sdk/openai-compatible","options":{"baseURL":"{env:OPENAI_BASE_URL}","apiKey":"{env:OPENAI_API_KEY}"},"models":{'$(json_string "${model#openai/}")':{}}}}'
    model=gateway/${model#openai/}
  fi
  local command=(
    env OPENCODE_DISABLE_AUTOUPDATE=1 OPENCODE_DISABLE_MODELS_FETCH=1
    "OPENCODE_CONFIG_CONTENT={\"autoupdate\":false,\"share\":\"disabled\",\"permission\":{\"*\":\"allow\"}$provider}"
    opencode run --format json --title triage --model "$model"
  )
  printf 'exec'
  printf ' %q' "${command[@]}"
}

opencode_command
