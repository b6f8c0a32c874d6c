#!/usr/bin/env bash
# Installs the system packages that Livecue's set-up or tests need and that are missing; touches nothing that is there.
# Usage: scripts/system_packages.sh venv|test
set -euo pipefail

missing=()

has_any() {
    local name
    for name in "$@"; do
        if command -v "$name" >/dev/null 2>&1; then
            return 0
        fi
    done
    return 1
}

has_chinese_font() {
    has_any fc-list && [ -n "$(fc-list ':lang=zh-cn' family)" ]
}

has_postgresql() {
    has_any initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

case "${1:-}" in
venv)
    missing+=("python$("${PYTHON:-python3}" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv")
    ;;
test)
    has_any chromium chromium-browser google-chrome || missing+=(chromium)
    has_chinese_font || missing+=(fontconfig fonts-noto-cjk)
    has_any redis-server || missing+=(redis-server)
    has_postgresql || missing+=(postgresql)
    ;;
*)
    echo "usage: $0 venv|test" >&2
    exit 2
    ;;
esac

if [ "${#missing[@]}" -eq 0 ]; then
    exit 0
fi

echo "Missing system packages: ${missing[*]}" >&2
if ! has_any apt-get; then
    echo "This system has no apt-get: please install them with its own package manager, then run this again." >&2
    exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo)
fi
echo "Installing them: ${as_root[*]} apt-get install --yes --no-install-recommends ${missing[*]}" >&2
"${as_root[@]}" apt-get update --quiet
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends "${missing[@]}"
