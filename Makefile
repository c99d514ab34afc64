# Every target sets up what it needs by itself; a second call starts at once.
#   make song TEXT="aku rindu kamu, malam ini hujan turun lagi"   (ARGS="--style keroncong --seed 7" for options)
#   make test · make test-clients · make check · make bench · make bench-compose · make bench-sing · make bench-syllables · make bench-sound · make bench-groove
#   make bench-tension · make bench-arranging · make bench-voice-notes

.PHONY: song test test-clients check docs assets bench bench-arranging bench-compose bench-groove bench-sing bench-syllables bench-sound bench-tension bench-voice-notes system clean
.DEFAULT_GOAL := help

# The text goes to the program through the environment, as it was typed: no shell and no make looks inside it.
unexport TEXT
export SENANDUNG_TEXT := $(value TEXT)

RUN := .venv/bin/python -m

help:
	@sed -n '1,4s/^# *//p' Makefile

system:
	@sh scripts/system-packages.sh

.venv/.runtime: requirements/runtime.txt pyproject.toml | system
	@sh scripts/python-packages.sh runtime

.venv/.develop: requirements/develop.txt requirements/runtime.txt pyproject.toml | system
	@sh scripts/system-packages.sh develop
	@sh scripts/python-packages.sh develop

song: system .venv/.runtime
	@test -n "$$SENANDUNG_TEXT" || { echo 'Write a line:  make song TEXT="aku rindu kamu, malam ini hujan turun lagi"' >&2; exit 2; }
	@.venv/bin/senandung create $(ARGS) -- "$$SENANDUNG_TEXT"

test: system .venv/.develop web/node_modules/.package-lock.json
	$(RUN) pytest

# Players that people have (py-opensonic, py-sonic: GPL, so in an environment of their own) against the OpenSubsonic service.
.venv-clients/.ready: requirements/clients.txt | system
	@test -x .venv-clients/bin/python || python3 -m venv .venv-clients
	@.venv-clients/bin/python -m pip --disable-pip-version-check install --quiet -r requirements/clients.txt
	@touch $@

test-clients: system .venv/.develop .venv-clients/.ready
	$(RUN) pytest tests/subsonic/test_clients.py

check: system .venv/.develop docs
	$(RUN) ruff format --check src tests bench scripts
	$(RUN) ruff check src tests bench scripts
	$(RUN) mypy
	.venv/bin/lint-imports

docs: system .venv/.develop
	@.venv/bin/zensical build --clean --strict

# The styles and scripts of the home's pages, from web/src: needs Node, which nothing else here does.
assets: web/node_modules/.package-lock.json
	cd web && npm run --silent build

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && npm ci --ignore-scripts --silent

bench: system .venv/.develop
	.venv/bin/python bench/create.py $(ARGS)

# Pieces by the network beside real ones; with the baselines: make bench-compose ARGS="--packed PACKED"
bench-compose: system .venv/.develop
	.venv/bin/python bench/compose.py $(ARGS)

# Are the voices in tune, in time, understood? For daily use: make bench-sing ARGS="--words 60 --voices melati"
bench-sing: system .venv/.develop
	.venv/bin/python bench/sing.py $(ARGS)

# Is every syllable of twenty songs sung, in order, and heard?
bench-syllables: system .venv/.develop
	.venv/bin/python bench/syllables.py $(ARGS)

# What comes out of the desk, and how long the desk takes: make bench-sound ARGS="--styles dangdut --minutes 2"
bench-sound: system .venv/.develop
	.venv/bin/python bench/sound.py $(ARGS)

# Do songs follow the tension curves that were asked for?  make bench-tension ARGS="--songs 8"
bench-tension: system .venv/.develop
	.venv/bin/python bench/tension.py $(ARGS)

# Does the learned drummer play like people?  make bench-groove ARGS="--data DATA"   (DATA holds groove_midi, unpacked)
bench-groove: system .venv/.develop
	.venv/bin/python bench/groove.py $(ARGS)

# Basses with the kick, figures, voices, answers, builds and hooks of bands:  make bench-arranging ARGS="--songs 4"
bench-arranging: system .venv/.develop
	.venv/bin/python bench/arranging.py $(ARGS)

# Voice notes: made against measured, worsened, and what is taken for a voice:  make bench-voice-notes ARGS="--songs DIR"
bench-voice-notes: system .venv/.develop
	.venv/bin/python bench/voice_notes.py $(ARGS)

clean:
	rm -rf .venv .venv-clients build site .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
