#!/usr/bin/env bash
# skill.sh DOWNLOADS OWN: puts the skill k8s-troubleshooter below /install/skills, at upstream's pinned commit when
# DOWNLOADS/k8s4agents.git has it or upstream can be reached, else the project's own in the folder OWN.
# The commit's name is the digest: git checks what it fetches against it.
set -euo pipefail
# shellcheck source=agent-image/build/pins.sh
source "${BASH_SOURCE[0]%/*}/pins.sh"

readonly downloads=$1 own=$2
readonly upstream=https://github.com/randybias/k8s4agents
readonly target=$INSTALL/skills/k8s-troubleshooter
commit=$(pin SKILL VERSION)
repository=$(mktemp -d)
readonly commit repository
trap 'rm -rf "$repository"' EXIT
mkdir -p "$INSTALL/skills"

take_from() {
  git -C "$repository" fetch --quiet --depth 1 "$1" "$commit" || fail "$1 does not have the commit $commit"
  git -C "$repository" archive "$commit" skills/k8s-troubleshooter | tar -x -C "$INSTALL"
  record skill "$commit" "$2"
}

git init --quiet "$repository"
if [[ -d $downloads/k8s4agents.git ]]; then
  take_from "file://$downloads/k8s4agents.git" folder
elif timeout 30 git ls-remote --quiet "$upstream" HEAD >/dev/null 2>&1; then
  take_from "$upstream" upstream
else
  cp -r "$own" "$target"
  record skill "$(cd "$own" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-40)" \
    'this project, since upstream cannot be reached'
fi
[[ -s $target/SKILL.md && -d $target/references && -x $target/scripts/incident_triage.sh ]] ||
  fail 'the skill lacks SKILL.md, references/ or scripts/incident_triage.sh'
chmod -R a+rX,go-w "$target"
