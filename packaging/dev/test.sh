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
    # Four on two cores: the long ones wait for time-outs and disks most of the time.
    if [ -n "$1" ]; then
        ctest --preset release -j 4 -R "$1"
    else
        ctest --preset release -j 4
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
