# ./dev lint and ./dev format

sources() {
    git ls-files --cached --others --exclude-standard -- '*.cpp' '*.h'
}

format_sources() {
    install_packages lint
    sources | xargs clang-format -i
}

lint() {
    install_packages build test lint
    sources | xargs clang-format --dry-run --Werror
    build tidy help >/dev/null
    python3 tests/tidy/check_tree.py
    # Only what the compiler sees; headers are checked through their sources. The build's compiler
    # knows warnings by name that clang does not. The analyzer looks at one function at a time:
    # across functions it takes most of the hours and loses its way in coroutines.
    # Nor can clang read qpdf's JSON.hh as C++20.
    sources | grep '\.cpp$' | grep -v '^tests/' | xargs grep -L '#include <qpdf/' \
        | xargs -P "$(nproc)" -n 4 clang-tidy-19 -p build/tidy --quiet \
            --extra-arg=-Wno-unknown-warning-option \
            --extra-arg=-Xclang --extra-arg=-analyzer-config \
            --extra-arg=-Xclang --extra-arg=mode=shallow
}
