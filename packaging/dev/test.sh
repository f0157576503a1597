# ./dev test [FILTER | --full | live]

run_tests() {
    case "${1:-}" in
    --full) full_tests ;;
    live)   live_tests ;;
    *)      ordinary_tests "${1:-}" ;;
    esac
}

ordinary_tests() {
    install_packages build run test
    build release
    install_wire_sdk
    own_folder
    # Five on two cores: the long ones wait for time-outs now and then.
    if [ -n "$1" ]; then
        ctest --preset release -j 5 -R "$1"
    else
        ctest --preset release -j 5
    fi
}

# All that the tests write, gone at the end, however that comes. Hundreds of database clusters are
# made and removed, and what is killed are processes, never the machine: where memory abounds that
# costs no disk, unless TMPDIR says where.
own_folder() {
    local place=${TMPDIR:-}
    [ -n "$place" ] || place=$(memory_folder)
    TMPDIR=$(mktemp -d "${place:-/tmp}/ex-XXXXXX") # Short: sockets lie below it.
    trap 'rm -rf "$TMPDIR"' EXIT
    export TMPDIR EXHIBIT_TEST_CLUSTERS=$TMPDIR/clusters
    mkdir "$EXHIBIT_TEST_CLUSTERS"
    if [ "$(id -u)" = 0 ]; then # The databases have an account of their own then.
        chmod 755 "$TMPDIR"
        chmod 777 "$EXHIBIT_TEST_CLUSTERS"
    fi
}

# Prints the folder in memory, if there is one with room from which programs can be run.
memory_folder() {
    local memory=/dev/shm wanted_kb=$((8 * 1024 * 1024))
    [ "$(stat -f -c %T "$memory" 2>/dev/null)" = tmpfs ] || return 0
    local room available script
    room=$(df --output=avail -k "$memory" | tail -n 1)
    available=$(awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo)
    script=$(mktemp "$memory/exhibit-XXXXXX") && printf '#!/bin/sh\n' >"$script" && chmod 700 "$script"
    "$script" 2>/dev/null || room=0
    rm -f "$script"
    if [ "$room" -ge "$wanted_kb" ] && [ "$available" -ge "$wanted_kb" ]; then
        echo "$memory"
    fi
}

# The official SDKs that the wire tests drive, from the committed lock file.
install_wire_sdk() {
    [ -f tests/wire/package-lock.json ] || return 0
    if [ ! -d build/wire/node_modules ] || [ tests/wire/package-lock.json -nt build/wire/installed ]; then
        mkdir -p build/wire
        cp tests/wire/package.json tests/wire/package-lock.json tests/wire/.npmrc build/wire/
        (cd build/wire && npm ci --no-audit --no-fund --loglevel=error >&2)
        touch build/wire/installed
    fi
}

full_tests() {
    export TMPDIR="${TMPDIR:-/tmp}"
    EXHIBIT_FAULT_ROUNDS=20 ordinary_tests ""
    source packaging/dev/lint.sh
    lint
    local preset
    for preset in asan tsan; do
        build "$preset"
        ctest --preset "$preset" -j 2 -L 'unit|server|integration|fuzz' -LE tidy
    done
}

# What needs a service outside this machine runs only where its settings are given.
live_tests() {
    ordinary_tests ""
    local name skipped=""
    for name in DATABASE_URL REDIS_URL OPENAI_API_KEY VAULT_ADDR OIDC_ISSUER; do
        [ -n "${!name:-}" ] || skipped="$skipped $name"
    done
    if [ -n "${DATABASE_URL:-}" ]; then
        ctest --preset release -R '^live\.' || return 1
    fi
    [ -z "$skipped" ] || echo "NOT TESTED, because these are not set:$skipped" >&2
}
