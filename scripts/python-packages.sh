#!/bin/sh
# Make .venv and install a pinned requirements file and the package itself. Usage: python-packages.sh runtime|develop
set -eu
cd "$(dirname "$0")/.."
which="$1"

if ! [ -x .venv/bin/python ]; then
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
        echo "Senandung needs Python 3.11 or newer, got $(python3 --version)." >&2
        exit 1
    }
    python3 -m venv .venv
fi
pip() { .venv/bin/python -m pip --disable-pip-version-check install --quiet "$@"; }
# A dependency without a wheel for this machine needs a compiler; most machines never do.
pip --prefer-binary -r "requirements/$which.txt" 2>/dev/null || {
    sh scripts/system-packages.sh compiler
    pip -r "requirements/$which.txt"
}
pip --no-deps --editable .
# The composer's steps and the search for copies are compiled when they are first used, half a minute: now, and not in
# somebody's first song.
.venv/bin/python -c 'import numpy as np
from senandung.composing.decoding.engine import SLOTS, load_engine
load_engine().begin().feed(np.zeros((1, 1), dtype=np.int64), np.zeros((1, 1, SLOTS), dtype=np.int64))'
.venv/bin/python -c 'from senandung.domain.song import Note, Song, Track
from senandung.originality.check import check_song
notes = [Note(240 * (n // 2), 240, 48 + n % 2 * 12 + n // 2 * 5 % 12, 80) for n in range(32)]
check_song(Song("scale", (Track("piano", "melody", "piano", tuple(notes)),)))'
touch ".venv/.$which"
[ "$which" != develop ] || touch .venv/.runtime
