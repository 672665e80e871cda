# shellcheck shell=bash
# Runner for OpenCode. What it would have to ask for it refuses by itself, or waits: everything is allowed, because the container
# is the boundary. LLM_PROVIDER names its provider (openai, anthropic, google), which takes a model that it does not know when the
# configuration names it. A title spares the call that asks the model for one.
# shellcheck disable=SC2034 # see load_agent

AGENT_KEYS=(OPENAI_API_KEY)
AGENT_VARIABLES=(LLM_PROVIDER OPENAI_BASE_URL)
AGENT_STATE_FOLDERS=(.config/opencode)
AGENT_DEFAULT_MODEL=openai/gpt-4.1
case ${LLM_PROVIDER:-openai} in
  anthropic)
    AGENT_KEYS=(ANTHROPIC_API_KEY) AGENT_VARIABLES=(LLM_PROVIDER ANTHROPIC_BASE_URL)
    AGENT_DEFAULT_MODEL=anthropic/claude-sonnet-4-20250514
    ;;
  google)
    AGENT_KEYS=(GOOGLE_GENERATIVE_AI_API_KEY) AGENT_VARIABLES=(LLM_PROVIDER GOOGLE_GEMINI_BASE_URL)
    AGENT_DEFAULT_MODEL=google/gemini-2.5-pro
    ;;
esac
AGENT_SKILLS=${OPENCODE_CONFIG_DIR:-$HOME/.config/opencode}/skills

opencode_command() {
  local vendor=${LLM_PROVIDER:-openai} base_url=${AGENT_VARIABLES[1]} options='' provider
  local model=${LLM_MODEL#"$vendor"/}
  # OpenAI's alone takes it by itself.
  [[ $vendor == openai || -z ${!base_url:-} ]] || options=',"options":{"baseURL":"{env:'$base_url'}"}'
  provider='"provider":{"'$vendor'":{"models":{'$(json_string "$model")':{}}'$options'}}'
  local command=(
    env OPENCODE_DISABLE_AUTOUPDATE=1 OPENCODE_DISABLE_MODELS_FETCH=1
    "OPENCODE_CONFIG_CONTENT={\"autoupdate\":false,\"share\":\"disabled\",\"permission\":{\"*\":\"allow\"},$provider}"
    opencode run --format json --title triage --model "$vendor/$model"
  )
  printf 'exec'
  printf ' %q' "${command[@]}"
}

opencode_command
