// SPDX-License-Identifier: Apache-2.0
#include "server/http/target.h"

#include <algorithm>

namespace exhibit::http {

namespace {

int hexValue(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

Result<std::string> decodeQueryPart(std::string_view text)
{
    std::string spaced(text);
    std::ranges::replace(spaced, '+', ' ');
    return percentDecode(spaced);
}

} // namespace

Result<std::string> percentDecode(std::string_view text)
{
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            const int high = i + 2 < text.size() ? hexValue(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hexValue(text[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return fail(ErrorCode::InvalidInput,
                            "a '%' in the request target is not followed by two hex digits");
            }
            c = static_cast<char>(high * 16 + low);
            i += 2;
        }
        if (c == '\0') {
            return fail(ErrorCode::InvalidInput, "the request target holds a NUL character");
        }
        decoded += c;
    }
    if (!isValidUtf8(decoded)) {
        return fail(ErrorCode::InvalidInput, "the request target is not UTF-8 once decoded");
    }
    return decoded;
}

Result<std::string_view> pathOfTarget(std::string_view target)
{
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (equalsIgnoringCase(target.substr(0, scheme.size()), scheme)) {
            const std::size_t slash = target.find_first_of("/?", scheme.size());
            target = slash == std::string_view::npos ? "/" : target.substr(slash);
            break;
        }
    }
    if (target == "*") {
        return target;
    }
    if (!target.starts_with('/') || target.find('#') != std::string_view::npos) {
        return fail(ErrorCode::InvalidInput, "the request target is not a path");
    }
    return target.substr(0, target.find('?'));
}

Result<void> decodeTarget(Request& request)
{
    EXHIBIT_TRY(const std::string_view path, pathOfTarget(request.target));
    EXHIBIT_TRY(request.path, percentDecode(path));
    request.query.clear();
    const std::size_t mark = request.target.find('?');
    if (mark == std::string::npos) {
        return {};
    }
    std::string_view rest = std::string_view(request.target).substr(mark + 1);
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('&'), rest.size());
        const std::string_view pair = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (pair.empty()) {
            continue;
        }
        const std::size_t equals = std::min(pair.find('='), pair.size());
        EXHIBIT_TRY(std::string name, decodeQueryPart(pair.substr(0, equals)));
        EXHIBIT_TRY(std::string value,
                    decodeQueryPart(pair.substr(std::min(equals + 1, pair.size()))));
        request.query.emplace(std::move(name), std::move(value));
    }
    return {};
}

} // namespace exhibit::http
