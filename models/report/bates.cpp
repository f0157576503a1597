// SPDX-License-Identifier: Apache-2.0
#include "models/report/bates.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::report {
namespace {

constexpr std::size_t kPrefixBytesMax = 20;
constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

} // namespace

std::string batesText(std::string_view prefix, std::int64_t number)
{
    return fmt::format("{}{:0{}}", prefix, number, kBatesDigits);
}

std::string batesSpan(const std::string& begin, const std::string& end)
{
    return begin == end ? begin : begin + " to " + end;
}

Result<void> checkBatesPrefix(std::string_view prefix, const std::string& subject)
{
    const std::string allowed = std::string(kLetters) + std::string(kDigits) + "-_";
    const bool sound = !prefix.empty() && prefix.size() <= kPrefixBytesMax
        && kLetters.find(prefix.front()) != kLetters.npos
        && kDigits.find(prefix.back()) == kDigits.npos
        && prefix.find_first_not_of(allowed) == prefix.npos;
    if (!sound) {
        return fail(ErrorCode::InvalidInput,
                    "a Bates prefix has 1 to 20 of A-Z 0-9 - _, begins with a letter and does not "
                    "end in a digit",
                    subject);
    }
    return {};
}

} // namespace exhibit::report
