# `pip install uv rust-just`, then any of these; `just` alone runs every check.

set shell := ["bash", "-euo", "pipefail", "-c"]

export UV_PYTHON_DOWNLOADS := "never"
# Also where the environment says otherwise: else each worker rewrites the asserts of every test file, each time
export PYTHONDONTWRITEBYTECODE := ""

python := ".venv/bin/python"

# Lint, types, import contracts, tests
check: setup lint types imports pytest

# Make .venv with the program and everything pinned in requirements.lock
setup:
    #!/usr/bin/env bash
    set -euo pipefail
    stamp=.venv/requirements.stamp
    if [ -x {{ python }} ] && cmp -s requirements.lock "$stamp"; then exit 0; fi
    # Any interpreter that is here and new enough: a download may be impossible.
    for candidate in python3.13 python3.14 python3.12 python3 python; do
        if found=$("$candidate" -c 'import sys; sys.version_info >= (3, 12) or sys.exit(1); print(sys.executable)' 2>/dev/null); then
            break
        fi
        found=
    done
    if [ -z "$found" ]; then echo "garminsync needs Python 3.12 or newer" >&2; exit 1; fi
    uv venv --quiet --allow-existing --python "$found" .venv
    # Compiled now: where the environment forbids Python to write bytecode, every start would compile it all again.
    uv pip sync --quiet --compile-bytecode --python {{ python }} --require-hashes requirements.lock
    uv pip install --quiet --python {{ python }} --no-deps --no-build-isolation --editable .
    {{ python }} -m compileall -q src
    cp requirements.lock "$stamp"

# Format and mend what can be mended
fix: setup
    .venv/bin/ruff check --fix --quiet . || true
    .venv/bin/ruff format .

lint: setup
    .venv/bin/ruff format --check .
    .venv/bin/ruff check .

types: setup
    .venv/bin/mypy

imports: setup
    .venv/bin/lint-imports

# The tests, on SQLite and on a PostgreSQL that comes as a wheel
test *ARGS: setup
    .venv/bin/pytest -n auto --dist worksteal {{ ARGS }}

pytest: test

# Ten thousand changed answers for the parsers and as many changed files (the tests read five hundred of each kind), and
# five thousand workouts
fuzz *ARGS: setup
    GARMINSYNC_FUZZ_CASES="${GARMINSYNC_FUZZ_CASES:-10000}" .venv/bin/pytest -n auto tests/garmin/test_mutations.py tests/formats/test_fuzz.py {{ ARGS }}
    GARMINSYNC_FUZZ_CASES="${GARMINSYNC_FUZZ_CASES:-5000}" .venv/bin/pytest -n auto tests/workouts {{ ARGS }}

# Whoever holds a job killed two hundred times, on both databases, and what was lost: about half an hour
torture *ARGS: setup
    {{ python }} -m tests.torture {{ ARGS }}

# Simulator, throw-away home, sign-in, sync, and the app (without a terminal: a summary)
demo *ARGS: setup
    .venv/bin/garminsync demo {{ ARGS }}

# Every promised number, measured side by side: about half an hour; or only the measures that are named
bench *NAMES: setup
    {{ python }} -m benchmarks {{ NAMES }}

# The same without ten years of requests and ten million rows: some minutes
bench-quick: setup
    {{ python }} -m benchmarks --quick

# README's screens, exported by the program itself
screens: setup
    {{ python }} docs/screens.py

# docs/app-keys.md, from the app's table of actions
app-keys: setup
    {{ python }} docs/app_keys.py

# The app in developer mode, on a home of its own
tui *ARGS: setup
    GARMINSYNC_HOME="${GARMINSYNC_HOME:-.home}" TEXTUAL=devtools,debug .venv/bin/garminsync {{ ARGS }}

# A new revision from what models.py says and an upgraded, empty database does not have yet
migration MESSAGE: setup
    {{ python }} migrations/new.py "{{ MESSAGE }}"

# Pin everything again, by hash
lock:
    uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-annotate --no-header --group dev pyproject.toml -o requirements.lock
