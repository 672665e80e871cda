# shellcheck shell=bash
# Runner for OpenCode. What it would have to ask for it refuses by itself, or waits: everything is allowed, because the container
# is the boundary. Its provider takes OPENAI_BASE_URL by itself, and a model that it does not know when the configuration names it. A
# title spares the call that asks the model for one.
# shellcheck disable=SC2034 # see load_agent

AGENT_KEYS=(OPENAI_API_KEY)
AGENT_VARIABLES=(OPENAI_BASE_URL)
AGENT_STATE_FOLDERS=(.config/opencode)
AGENT_DEFAULT_MODEL=openai/gpt-4.1
AGENT_SKILLS=${OPENCODE_CONFIG_DIR:-$HOME/.config/opencode}/skills

opencode_command() {
  local model=${LLM_MODEL#openai/} provider
  provider='"provider":{"openai":{"models":{'$(json_string "$model")':{}}}}'
  local command=(
    env OPENCODE_DISABLE_AUTOUPDATE=1 OPENCODE_DISABLE_MODELS_FETCH=1
    "OPENCODE_CONFIG_CONTENT={\"autoupdate\":false,\"share\":\"disabled\",\"permission\":{\"*\":\"allow\"},$provider}"
    opencode run --format json --title triage --model "openai/$model"
  )
  printf 'exec'
  printf ' %q' "${command[@]}"
}

opencode_command
