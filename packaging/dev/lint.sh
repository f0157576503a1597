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
    python3 tests/tidy/check_tree.py
    build tidy help >/dev/null
    build tidy-unity help >/dev/null
    python3 packaging/dev/tidy.py
}
