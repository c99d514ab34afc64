#!/bin/sh
# Install the Debian packages that are missing; do nothing, quickly, where all are there.
set -eu

packages=""
need() { packages="$packages $1"; }

command -v fluidsynth >/dev/null 2>&1 || need fluidsynth
command -v ffmpeg >/dev/null 2>&1 || need ffmpeg
ls /usr/share/sounds/sf3/MuseScore_General*.sf3 /usr/share/soundfonts/*.sf[23] /usr/local/share/soundfonts/*.sf[23] \
    /opt/homebrew/share/soundfonts/*.sf[23] 2>/dev/null | grep -q . || need musescore-general-soundfont
if ! command -v python3 >/dev/null 2>&1; then
    need python3 && need python3-venv
elif ! python3 -c 'import ensurepip, venv' >/dev/null 2>&1; then
    need python3-venv
fi
if [ "${1:-}" = develop ]; then # the home is tested in a real browser, and on both its databases
    command -v npm >/dev/null 2>&1 || need npm # axe-core looks at every page
    command -v chromium >/dev/null 2>&1 || need chromium
    ls /usr/lib/*/libatomic.so.1 /usr/lib*/libatomic.so.1 2>/dev/null | grep -q . || need libatomic1 # of Playwright's own node
    ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null 2>&1 || need postgresql
fi
[ "${1:-}" != compiler ] || packages=" build-essential python3-dev"
[ -n "$packages" ] || exit 0

install="apt-get install -y --no-install-recommends$packages"
if ! command -v apt-get >/dev/null 2>&1; then
    echo "Senandung needs these programs first (Debian names):$packages. See the README for other systems." >&2
    exit 1
elif [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1; then
    as_root="sudo"
else
    echo "Please run this as root, then try again:  apt-get update && $install" >&2
    exit 1
fi
echo "Installing:$packages" >&2
$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive $install -qq -o Dpkg::Use-Pty=0 >/dev/null
