# ./dev bench [NAME]

bench() {
    local name=${1:-}
    [ $# -gt 0 ] && shift
    case "$name" in
    gateway)
        install_packages build run bench
        build release exhibitd exhibitctl exhibit-sample-upstream stream_load fdatasync
        python3 tests/bench/gateway.py "$@" ;;
    search)
        install_packages build run
        build release bench_search
        build/release/bin/bench_search "$@" ;;
    spool)
        install_packages build run
        build release bench_spool
        build/release/bin/bench_spool "$@" ;;
    scan)
        install_packages build run
        build release bench_scan
        build/release/bin/bench_scan "$@" ;;
    prevention)
        install_packages build run
        build release bench_scan bench_events bench_backtest bench_replica_kill exhibitd exhibit-signer \
            exhibitctl exhibit-sample-upstream
        build/release/bin/bench_scan
        build/release/bin/bench_events
        build/release/bin/bench_backtest
        python3 tests/bench/kill.py "$@"
        EXHIBIT_BIN_DIR=$PWD/build/release/bin EXHIBIT_SOURCE_DIR=$PWD \
            build/release/bin/bench_replica_kill ;;
    detection)
        install_packages build run
        build release exhibitctl
        python3 tests/bench/detection.py "$@" ;;
    report)
        install_packages build run bench
        build release bench_report bench_soc2 exhibitd exhibit-signer exhibitctl exhibit-sample-upstream
        build/release/bin/bench_report "$@"
        [ $# -gt 0 ] && return # One of each to look at.
        build/release/bin/bench_soc2
        python3 tests/bench/exports.py ;;
    ui)
        install_packages build run
        build release bench_ui exhibit exhibit-demo exhibitd exhibitctl exhibit-sample-upstream
        EXHIBIT_BIN_DIR=$PWD/build/release/bin EXHIBIT_SOURCE_DIR=$PWD \
            build/release/bin/bench_ui "$@" ;;
    evidence)
        install_packages build run
        build release bench_evidence bench_certificate exhibitd exhibitctl exhibit-signer \
            exhibit-sample-upstream
        build/release/bin/bench_evidence "$@"
        EXHIBIT_BIN_DIR=$PWD/build/release/bin EXHIBIT_SOURCE_DIR=$PWD \
            build/release/bin/bench_certificate ;;
    *)
        echo "benches: gateway search spool scan prevention detection report ui evidence" >&2
        [ -z "$name" ] ;;
    esac
}
