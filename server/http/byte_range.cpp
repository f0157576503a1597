// SPDX-License-Identifier: Apache-2.0
#include "server/http/byte_range.h"

#include <algorithm>
#include <charconv>

namespace exhibit::http {
namespace {

constexpr std::string_view kUnit = "bytes=";

/// Digits alone; nullopt for anything else, numbers of more than 64 bits too.
std::optional<std::uint64_t> numberOf(std::string_view text)
{
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

RangeChoice lastBytes(std::string_view count, ByteRange& range)
{
    const auto wanted = numberOf(count);
    if (!wanted) {
        return RangeChoice::Whole;
    }
    if (*wanted == 0 || range.end == 0) {
        return RangeChoice::Unsatisfiable;
    }
    range.begin = range.end - std::min(*wanted, range.end);
    return RangeChoice::Part;
}

/// `range` is the whole body before.
RangeChoice choose(std::string_view spec, ByteRange& range)
{
    const auto dash = spec.find('-');
    if (dash == std::string_view::npos) {
        return RangeChoice::Whole;
    }
    const auto last = spec.substr(dash + 1);
    if (dash == 0) {
        return lastBytes(last, range);
    }
    const auto from = numberOf(spec.substr(0, dash));
    const auto to = last.empty() ? from : numberOf(last);
    if (!from || !to || *to < *from) {
        return RangeChoice::Whole;
    }
    if (*from >= range.end) {
        return RangeChoice::Unsatisfiable;
    }
    range.begin = *from;
    range.end = last.empty() ? range.end : std::min(range.end - 1, *to) + 1;
    return RangeChoice::Part;
}

} // namespace

RangeChoice chooseRange(const Headers& headers,
                        std::uint64_t size,
                        std::string_view etag,
                        ByteRange& range)
{
    range = {0, size};
    const auto asked = headers.find("Range");
    if (!asked || !equalsIgnoringCase(asked->substr(0, kUnit.size()), kUnit)) {
        return RangeChoice::Whole;
    }
    const auto condition = headers.find("If-Range");
    if (condition && *condition != etag) {
        return RangeChoice::Whole;
    }
    return choose(asked->substr(kUnit.size()), range);
}

} // namespace exhibit::http
