#!/usr/bin/env bats
# Log and end of a run by the host's half of run-agent.sh, with a docker command that only records.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # stubs evaluate text; each test is a subshell; variables of helpers.bash

load helpers

setup() { set_up_host; }

@test "the output is shown and logged, and the agent's exit code is the script's" {
  export DOCKER_STUB_RUN='echo to stdout; echo to stderr >&2; exit 7'
  run "$run_agent" -w "$workspace"
  [ "$status" -eq 7 ]
  [[ $output == *'to stdout'* && $output == *'to stderr'* ]]
  log=$(ls "$workspace"/output/triage_claude_*.log)
  [[ ${log##*/} =~ ^triage_claude_[0-9]{8}_[0-9]{6}\.log$ ]]
  [ "$(cat "$log")" = $'to stdout\nto stderr' ]
}

@test "the output is shown and logged while the agent runs" {
  export DOCKER_STUB_RUN='echo early; while [ ! -e "$STUB_LOG.go" ]; do sleep 0.05; done; echo late'
  "$run_agent" -w "$workspace" >"$BATS_TEST_TMPDIR/shown" 2>/dev/null 3>&- &
  for _ in {1..100}; do [ ! -s "$BATS_TEST_TMPDIR/shown" ] || break; sleep 0.05; done
  [ "$(cat "$BATS_TEST_TMPDIR/shown")" = early ]
  [ "$(cat "$workspace"/output/triage_claude_*.log)" = early ]
  touch "$STUB_LOG.go"
  wait $!
  [ "$(cat "$workspace"/output/triage_claude_*.log)" = $'early\nlate' ]
}

# What a terminal is given by the command; it adds a carriage return to each newline.
on_terminal() { script -qefc "${*@Q}" /dev/null </dev/null; }

@test "a terminal is shown text and colours of what the agent prints, the log has every byte" {
  printed='\033]52;c;AAA\007\033]0;title\033\\\033[2J\033[1;1H\033[6n\033[?25m\033[8mhid\033[31;5mx\033\n'
  printed+='\302\2332J\2332J\340\200\233[2J\355\240\200\377 a\rb\bc\0d\001[31me\177 \342\200\256rtl\342\201\246 \342\200\250\330\234\n'
  printed+='caf\303\251 \360\237\246\211 \033[1;31mred\033[0m \033[38;5;8mgrey\033[48;2;8;5;6mx\r\n\033[\n31mlast'
  export DOCKER_STUB_RUN="printf '%b' '$printed'"
  on_terminal "$run_agent" -w "$workspace" | tr -d '\r' >"$BATS_TEST_TMPDIR/shown"
  log=$(ls "$workspace"/output/triage_claude_*.log)
  cmp "$log" <(printf '%b' "$printed")
  shown=$(sed -E 's/\x1b\[[0-9;]*m//g' "$BATS_TEST_TMPDIR/shown")
  [[ $shown == *'?]52;c;AAA??]0;title?\?[2J?[1;1H?[6n?[?25m?[8mhid?[31;5mx?'* ]]
  [[ $shown == *'?2J2J[2J a?b?c?d?[31me? ?rtl? ??'* ]]
  [[ $shown == *$'café 🦉 red greyx\n?[\n31mlast'* ]]
  grep -qF $'\033[1;31mred\033[0m \033[38;5;8mgrey\033[48;2;8;5;6mx\033[0m' "$BATS_TEST_TMPDIR/shown"
  [ "$(printf %s "$shown" | LC_ALL=C tr -d '\n\t\200-\377 -~' | wc -c)" -eq 0 ]
}

@test "a terminal is shown every byte with --raw, and a pipe without" {
  printed='\033]0;title\007\033[2Jx\n'
  export DOCKER_STUB_RUN="printf '%b' '$printed'"
  on_terminal "$run_agent" --raw -w "$workspace" >"$BATS_TEST_TMPDIR/shown"
  grep -qF "$(printf '%b' "$printed")" "$BATS_TEST_TMPDIR/shown"
  "$run_agent" -w "$workspace" 2>/dev/null | cmp - <(printf '%b' "$printed")
}

@test "a terminal is shown each line when it comes" {
  export DOCKER_STUB_RUN='echo early; while [ ! -e "$STUB_LOG.go" ]; do sleep 0.05; done; echo late'
  on_terminal "$run_agent" -w "$workspace" >"$BATS_TEST_TMPDIR/shown" 3>&- &
  for _ in {1..100}; do ! grep -q early "$BATS_TEST_TMPDIR/shown" 2>/dev/null || break; sleep 0.05; done
  grep -q early "$BATS_TEST_TMPDIR/shown"
  touch "$STUB_LOG.go"
  wait $!
  grep -q late "$BATS_TEST_TMPDIR/shown"
}

@test "a terminal is shown a line without end in pieces, the log as it is" {
  export DOCKER_STUB_RUN='head -c 200000 /dev/zero | tr "\0" x; while [ ! -e "$STUB_LOG.go" ]; do sleep 0.05; done; echo end'
  : >"$BATS_TEST_TMPDIR/shown"
  on_terminal "$run_agent" -w "$workspace" >"$BATS_TEST_TMPDIR/shown" 3>&- &
  seen() { tr -cd x <"$BATS_TEST_TMPDIR/shown" | wc -c; }
  for _ in {1..100}; do [ "$(seen)" -lt 190000 ] || break; sleep 0.05; done
  [ "$(seen)" -gt 190000 ]
  touch "$STUB_LOG.go"
  wait $!
  [ "$(seen)" -ge 200000 ]
  log=$(ls "$workspace"/output/triage_claude_*.log)
  [ "$(wc -c <"$log")" -eq 200004 ]
  [ "$(wc -l <"$log")" -eq 1 ]
}

@test "the log is never written to what lies there already" {
  printf '#!/bin/sh\necho 20261121_000000\n' >"$BATS_TEST_TMPDIR/date"
  chmod +x "$BATS_TEST_TMPDIR/date"
  log=$workspace/output/triage_claude_20261121_000000.log
  mkdir "$workspace/output"
  for place in 'mkfifo pipe' 'touch file' 'ln -s pipe' 'ln -s /dev/null' 'ln -s /none'; do
    rm -f "$log"
    [[ $place == 'ln -s'* ]] || ${place% *} "$workspace/output/${place#* }"
    if [[ $place == 'ln -s'* ]]; then $place "$log"; else mv "$workspace/output/${place#* }" "$log"; fi
    PATH=$BATS_TEST_TMPDIR:$PATH run timeout 20 "$run_agent" -w "$workspace"
    [ "$status" -eq 2 ]
    [[ $output == *"the log $log cannot be created"* ]]
  done
  ran_nothing
}

@test "the log is whole when whoever reads along goes away" {
  export DOCKER_STUB_RUN='echo first; sleep 0.5; echo second; sleep 0.5; echo third'
  "$run_agent" -w "$workspace" 2>/dev/null | head -n 1
  for _ in {1..100}; do grep -q third "$workspace"/output/*.log && break; sleep 0.05; done
  [ "$(cat "$workspace"/output/triage_claude_*.log)" = $'first\nsecond\nthird' ]
}

@test "a run without a report of its own is warned of, whatever lies there" {
  mkdir "$workspace/output"
  touch -d '1 minute ago' "$workspace/output/report.json"
  run "$run_agent" -w "$workspace"
  [ "$status" -eq 0 ]
  [[ $output == *'warning: the agent left no report.json'* ]]
  DOCKER_STUB_RUN="sleep 0.1; echo '{}' >'$workspace/output/report.json'" run "$run_agent" -w "$workspace"
  [[ $output != *'no report.json'* ]]
}

@test "an agent that ends with 124 by itself had time left" {
  DOCKER_STUB_RUN='exit 124' run "$run_agent" -w "$workspace"
  [ "$status" -eq 124 ]
  [[ $output != *'time was up'* ]]
}

@test "124 when the time is up, and the container is removed" {
  export DOCKER_STUB_RUN='exec sleep 30'
  run "$run_agent" -w "$workspace" --timeout 1
  [ "$status" -eq 124 ]
  name=$(docker_run | sed 's/.*--name \([^ ]*\).*/\1/')
  grep -x "rm -f $name" "$STUB_LOG"
}

@test "the time limit is 600 s, or CONTAINER_TIMEOUT, or --timeout" {
  cat >"$BATS_TEST_TMPDIR/timeout" <<'STUB'
#!/usr/bin/env bash
echo "$2" >>"$STUB_LOG.timeout"
shift 2
exec "$@"
STUB
  chmod +x "$BATS_TEST_TMPDIR/timeout"
  export PATH=$BATS_TEST_TMPDIR:$PATH
  "$run_agent" -w "$workspace"
  CONTAINER_TIMEOUT=30 "$run_agent" -w "$workspace"
  CONTAINER_TIMEOUT=30 "$run_agent" -w "$workspace" --timeout 40
  [ "$(paste -sd' ' "$STUB_LOG.timeout")" = '600 30 40' ]
}

@test "a signal, or the end of the terminal, ends the agent, and its last words are kept" {
  export DOCKER_STUB_RUN='echo begun; while ! grep -q "^kill --signal TERM" "$STUB_LOG"; do sleep 0.05; done; echo last words; exit 33'
  for signal in TERM HUP; do
    rm -rf "$workspace/output" "$STUB_LOG"
    "$run_agent" -w "$workspace" 3>&- &
    pid=$!
    for _ in {1..100}; do ! grep -q begun "$workspace"/output/*.log 2>/dev/null || break; sleep 0.05; done
    kill -"$signal" "$pid"
    status=0
    wait "$pid" || status=$?
    [ "$status" -eq 33 ]
    [ "$(cat "$workspace"/output/triage_claude_*.log)" = $'begun\nlast words' ]
  done
}
