# shellcheck shell=bash
# Runner for Goose. Its provider comes from LLM_PROVIDER (openai, anthropic, google), else from its config.yaml. The keyring
# would ask for a desktop.
# shellcheck disable=SC2034 # see load_agent

AGENT_KEYS=(OPENAI_API_KEY)
AGENT_VARIABLES=(LLM_PROVIDER OPENAI_HOST OPENAI_BASE_PATH OPENAI_BASE_URL)
AGENT_STATE_FOLDERS=(.agents)
AGENT_DEFAULT_MODEL=gpt-4.1
case ${LLM_PROVIDER:-openai} in
  anthropic)
    AGENT_KEYS=(ANTHROPIC_API_KEY) AGENT_VARIABLES=(LLM_PROVIDER ANTHROPIC_HOST)
    AGENT_DEFAULT_MODEL=claude-sonnet-4-20250514
    ;;
  google)
    AGENT_KEYS=(GOOGLE_API_KEY) AGENT_VARIABLES=(LLM_PROVIDER GOOGLE_HOST)
    AGENT_DEFAULT_MODEL=gemini-2.5-pro
    ;;
esac
AGENT_SKILLS=$HOME/.agents/skills
[[ -z ${GOOSE_PATH_ROOT:-} ]] || AGENT_SKILLS=$GOOSE_PATH_ROOT/config/skills

goose_command() {
  local command=(
    env GOOSE_DISABLE_KEYRING=1 GOOSE_MODE=auto GOOSE_TELEMETRY_ENABLED=false GOOSE_DISABLE_SESSION_NAMING=true
    ${LLM_PROVIDER:+"GOOSE_PROVIDER=$LLM_PROVIDER"}
    goose run --instructions - --output-format stream-json --quiet --name triage
    --model "$LLM_MODEL"
  )
  printf 'exec'
  printf ' %q' "${command[@]}"
}

goose_command
