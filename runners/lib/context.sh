# shellcheck shell=bash
# The prompt: system prompt, rules, form of the report, what is known of the incident, the user's words. Sourced by the
# inside half.

readonly DEFAULT_PROMPT='Triage this incident: find its root cause and write the report.'
# An estimate: English and JSON take about four bytes a token.
readonly BYTES_PER_TOKEN=4
readonly LARGE_CONTEXT_TOKENS=8000
readonly MAX_CONTEXT_TOKENS=10000
readonly TRIAGE_SECONDS=30

# Prints a file's JSON between tags; `<` becomes \u003c, which JSON reads as the same character, so that nothing in the
# data can close the tag.
print_json_block() {
  local tag=$1 file=$2
  [[ -f $file ]] || { debug "no $file"; return 0; }
  printf '<%s>\n' "$tag"
  sed 's/</\\u003c/g' "$file"
  printf '\n</%s>\n\n' "$tag"
}

# Text for between tags: control characters go, `<` becomes &lt;, so that nothing in it can close the tag.
as_tagged_text() { tr -d '\000-\010\013-\037\177' | sed 's/&/\&amp;/g; s/</\&lt;/g'; }

has_kubeconfig() {
  local file=${KUBECONFIG:-${HOME:-}/.kube/config}
  file=${file%%:*}
  [[ -s $file && -r $file ]]
}

# The namespace that the incident is about, when it says so.
incident_namespace() {
  local namespace
  command -v jq >/dev/null || return 0
  namespace=$(jq -r 'first(.. | objects | .namespace? | strings) // empty' "$WORKSPACE/incident.json" 2>/dev/null) || return 0
  [[ ! $namespace =~ ^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$ ]] || printf '%s' "$namespace"
}

# Runs the skill's triage into folder $1, without the agent's key; false, with a warning, when there is no report.
run_baseline_triage() {
  local folder=$1 script=$SKILLS/k8s-troubleshooter/scripts/incident_triage.sh namespace name status=0
  local command=(env)
  [[ -f $script ]] || { debug "no baseline triage: there is no $script"; return 1; }
  has_kubeconfig || { debug 'no baseline triage: there is no kubeconfig'; return 1; }
  mkdir -p "$folder"
  for name in "${AGENT_KEYS[@]}"; do command+=(-u "$name"); done
  command+=(timeout --kill-after=2 "$TRIAGE_SECONDS" bash "$script" --output-dir "$folder" --skip-dump)
  namespace=$(incident_namespace)
  [[ -z $namespace ]] || command+=(--namespace "$namespace")
  "${command[@]}" </dev/null >"$folder/triage.log" 2>&1 || status=$?
  if ((status == 124 || status == 137)); then
    log "warning: no baseline triage: it took more than $TRIAGE_SECONDS seconds"
  elif ((status != 0)); then
    log "warning: no baseline triage: it failed with exit code $status, see $folder/triage.log"
  elif [[ ! -s $folder/triage-report.md ]]; then
    log "warning: no baseline triage: it wrote no report, see $folder/triage.log"
  else
    return 0
  fi
  return 1
}

# What is known of the incident before anybody looks, between tags.
print_given_context() {
  print_json_block incident "$WORKSPACE/incident.json"
  print_json_block kubernetes_cluster_access_permissions "$WORKSPACE/incident_cluster_permissions.json"
}

# Prints the triage report $1 between tags, cut so that with the $2 bytes of other context it keeps to the limit.
print_triage_block() {
  local report=$1 other=$2 text note="[cut here; the whole report is in $1]" room LC_ALL=C # lengths are bytes
  text=$(as_tagged_text <"$report")
  room=$((MAX_CONTEXT_TOKENS * BYTES_PER_TOKEN - other - ${#note} - 60)) # 60: the tags
  warn_of_size $((other + ${#text}))
  if ((${#text} > room)); then
    log "warning: the baseline triage is cut: with it the context has more than $MAX_CONTEXT_TOKENS tokens"
    text=${text:0:room > 0 ? room : 0}
    # Whole lines, and so whole characters.
    text=${text%"${text##*$'\n'}"}$note
  fi
  printf '<initial_triage_report>\n%s\n</initial_triage_report>\n\n' "$text"
}

warn_of_size() {
  local tokens=$((($1 + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN))
  ((tokens <= LARGE_CONTEXT_TOKENS)) || log "warning: the context is large: about $tokens tokens"
}

print_context() {
  local given folder=$WORKSPACE/baseline-triage LC_ALL=C # lengths are bytes
  given=$(print_given_context)
  printf '%s\n\n' "$given"
  if run_baseline_triage "$folder"; then
    print_triage_block "$folder/triage-report.md" "${#given}"
  else
    warn_of_size "${#given}"
  fi
}

# A part of the prompt, with the places that it names.
print_part() {
  local text
  text=$(<"$1")
  text=${text//@WORKSPACE@/"$WORKSPACE"}
  printf '%s\n\n' "${text//@OUTPUT@/"$OUTPUT"}"
}

# Some CLIs refuse a prompt that is not UTF-8.
as_utf8() {
  if command -v iconv >/dev/null; then iconv -c -f UTF-8 -t UTF-8 || true; else cat; fi
}

# Writes the whole prompt to $1.
write_prompt() {
  local system_prompt=${SYSTEM_PROMPT_FILE:-$RUNNERS/system-prompt.md} words=$DEFAULT_PROMPT
  [[ ! -s $WORKSPACE/prompt.md ]] || words=$(<"$WORKSPACE/prompt.md")
  [[ -r $system_prompt ]] || die "the system prompt $system_prompt cannot be read"
  {
    print_part "$system_prompt"
    print_part "$RUNNERS/ground-rules.md"
    print_part "$RUNNERS/report-prompt.md"
    print_context
    printf '%s\n' "$words"
  } | as_utf8 >"$1"
}
