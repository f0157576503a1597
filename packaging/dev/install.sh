# Installs what a command of ./dev needs, by package name, on Debian 12 and Ubuntu 24.04.
# Starts no service: packages that would start one are told not to, and no database cluster is made.

packages_for() {
    local boost=1.81
    apt-cache show libboost1.81-dev >/dev/null 2>&1 || boost=1.83
    case "$1" in
    build) echo g++ cmake ninja-build ccache mold pkg-config \
        "libboost$boost-dev" "libboost-json$boost-dev" "libboost-system$boost-dev" \
        libexpected-dev libfmt-dev libsimdjson-dev libtomlplusplus-dev libcli11-dev \
        libssl-dev libsqlite3-dev libpq-dev libseccomp-dev zlib1g-dev libbrotli-dev libzstd-dev \
        libmimalloc-dev libhiredis-dev qt6-base-dev qt6-l10n-tools qt6-svg-dev qtkeychain-qt6-dev fonts-inter fonts-jetbrains-mono \
        python3-fonttools libpango1.0-dev libcairo2-dev libqpdf-dev libqrencode-dev liblcms2-dev \
        libtiff-dev fonts-dejavu-core libgtest-dev libpcre2-dev libp11-kit-dev ;;
    run) echo postgresql postgresql-contrib ca-certificates ;;
    test) echo libgtest-dev libpcre2-dev redis-server openssl curl python3-minimal unzip qpdf poppler-utils \
        python3-jsonschema python3-rdflib default-jre-headless libpdfbox2-java \
        libactivation-java libjaxb-api-java \
        fonts-droid-fallback fonts-noto-color-emoji xvfb at-spi2-core dbus softhsm2
        command -v node >/dev/null || echo nodejs
        command -v npm >/dev/null || echo npm ;;
    lint) echo clang-format clang-tidy-19 ;;
    fuzz) echo clang libclang-rt-14-dev ;;
    bench) echo nginx-light wrk ;;
    esac
}

install_packages() {
    command -v apt-get >/dev/null || return 0
    local wanted="" missing="" group name
    # Without package lists nothing is known; a fresh image has none.
    [ -n "$(ls -A /var/lib/apt/lists 2>/dev/null | grep -v -e lock -e partial)" ] || as_root apt-get update -q
    for group in "$@"; do wanted="$wanted $(packages_for "$group")"; done
    for name in $wanted; do
        dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'install ok installed' \
            || provided "$name" || missing="$missing $name"
    done
    [ -n "$missing" ] || return 0
    echo "Installing:$missing" >&2
    without_services "$missing"
}

# "postgresql" is satisfied by any server of version 15 or newer.
provided() {
    case "$1" in
    postgresql|postgresql-contrib) [ -n "$(ls -d /usr/lib/postgresql/1[5-9]/bin/initdb 2>/dev/null)" ] ;;
    libclang-rt-14-dev) [ -n "$(ls /usr/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a 2>/dev/null)" ] ;;
    *) return 1 ;;
    esac
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

without_services() {
    local policy=/usr/sbin/policy-rc.d made_policy="" clusters=/etc/postgresql-common/createcluster.d made_cluster=""
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
        as_root chmod 755 $policy
        made_policy=1
    fi
    if [ ! -e $clusters/exhibit-dev.conf ]; then
        as_root mkdir -p $clusters
        echo 'create_main_cluster = false' | as_root tee $clusters/exhibit-dev.conf >/dev/null
        made_cluster=1
    fi
    local status=0
    try_install "$1" || { as_root apt-get update -q && try_install "$1"; } || status=$?
    [ -z "$made_policy" ] || as_root rm -f $policy
    [ -z "$made_cluster" ] || as_root rm -f $clusters/exhibit-dev.conf
    return $status
}

try_install() {
    # shellcheck disable=SC2086 # a list of names
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        -o Dpkg::Options::=--force-confold $1 >&2
}
