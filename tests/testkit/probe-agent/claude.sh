#!/usr/bin/env bash
# Stands in for the CLI where a test compares what surrounds it: writes that to $OUTPUT/probe.txt, an aspect a line, and
# leaves a session.
set -euo pipefail

# The first of the files that there is: cgroup v2, then v1.
first_of() {
  for file in "$@"; do [[ ! -r $file ]] || { cat "$file"; return; }; done
  printf 'none\n'
}

cmp - "$WORKSPACE/prompt-sent.md"
{
  compgen -e | sed 's/^/environment /'
  # Mount point, then the options of the mount and the size of a tmpfs.
  while read -r _ _ _ _ point options rest; do
    [[ $point =~ ^(/|/(dev|proc|sys)(/.*)?)$ ]] || printf 'mount %s %s %s\n' "$point" "$options" "$(grep -o 'size=[^, ]*' <<<"$rest" || true)"
  done </proc/self/mountinfo
  grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status | sed 's/:\s*/ /; s/^/limit /'
  printf 'limit memory %s\n' "$(first_of /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes)"
  printf 'limit swap %s\n' "$(first_of /sys/fs/cgroup/memory.swap.max /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes)"
  printf 'limit processes %s\n' "$(first_of /sys/fs/cgroup/pids.max /sys/fs/cgroup/pids/pids.max)"
  printf 'limit cpu %s\n' "$(first_of /sys/fs/cgroup/cpu.max /sys/fs/cgroup/cpu/cpu.cfs_quota_us | tr ' ' /)"
  printf 'limit core %s\n' "$(ulimit -c)"
  printf 'user %s\nfolder %s\nhostname %s\n' "$(id -u):$(id -g)" "$PWD" "$(</etc/hostname)"
  printf 'root %s\n' "$(touch /probe 2>/dev/null && echo writable || echo read-only)"
  printf 'network %s\n' "$(find /sys/class/net -mindepth 1 -printf '%f ')"
  printf 'first-process %s\n' "$(tr '\0' ' ' </proc/1/cmdline | cut -d' ' -f1)"
  printf 'command %s\n' "$*"
} >"$OUTPUT/probe.txt"
mkdir -p "${CLAUDE_CONFIG_DIR:-$HOME/.claude}/projects/p"
printf '{"message":{"content":[{"type":"tool_use","name":"Bash","input":{"command":"true"}}]}}\n' >"${CLAUDE_CONFIG_DIR:-$HOME/.claude}/projects/p/s.jsonl"
printf '{"type":"result","subtype":"success","is_error":false}\n'
