#!/usr/bin/env bash
# cli.sh PROGRAM: puts it below /install from its npm package, without what an unattended run never uses. A program without
# pins is left out.
set -euo pipefail
# shellcheck source=agent-image/build/pins.sh
source "${BASH_SOURCE[0]%/*}/pins.sh"

readonly program=$1
pins=$(pins_of "$program")
readonly pins home=/opt/$program
if [[ ! -s $PINS/$pins.env ]]; then
  # Docker 20.10 loses track of layers that hold nothing (moby/moby#37965).
  mkdir -p "$VERSIONS"
  echo '{}' >"$VERSIONS/$program.json"
  exit
fi
version=$(pin "$pins" VERSION)
readonly version

# install_cli PACKAGE MAIN PART...: the package's parts go to /opt/PROGRAM; MAIN there is linked from the path.
install_cli() {
  local package=$1 main=$2 part unpacked
  shift 2
  unpacked=$(mktemp -d)
  fetch_package "$pins" "$package" "$unpacked"
  mkdir -p "$INSTALL$home" "$INSTALL/usr/local/bin"
  for part in "$@"; do mv "$unpacked/$part" "$INSTALL$home/"; done
  rm -r "$unpacked"
  chmod -R a+rX "$INSTALL$home"
  chmod a+x "$INSTALL$home/$main"
  ln -s "$home/$main" "$INSTALL/usr/local/bin/$program"
  record "$program" "$version" "npm $package"
}

case $program in
  node) install_cli "node-linux-$ARCHITECTURE@$version" node bin/node ;;
  esbuild) install_cli "@esbuild/linux-$ARCHITECTURE@$version" esbuild bin/esbuild ;;
  claude) install_cli "@anthropic-ai/claude-code-linux-$ARCHITECTURE@$version" claude claude ;;
  codex)
    if [[ $ARCHITECTURE == x64 ]]; then target=x86_64-unknown-linux-musl; else target=aarch64-unknown-linux-musl; fi
    # Models from gpt-5.6 on have no tools without the host of its code mode.
    install_cli "@openai/codex@$version-linux-$ARCHITECTURE" codex "vendor/$target/bin/codex" "vendor/$target/bin/codex-code-mode-host"
    ;;
  gemini) install_cli "@google/gemini-cli@$version" bundle/gemini.js package.json bundle ;;
  # The baseline program starts on every processor, also those without AVX2.
  opencode) install_cli "opencode-linux-$ARCHITECTURE-baseline@$version" opencode bin/opencode ;;
  goose) install_cli "@aaif/goose-binary-linux-$ARCHITECTURE@$version" goose bin/goose ;;
  *) fail "there is no program \"$program\"" ;;
esac
