// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/replaced_text.h"

#include <algorithm>

namespace exhibit::gateway {
namespace {

using prevention::Replacement;

/// The first one that reaches beyond `at`.
auto firstBehind(const std::vector<Replacement>& replacements, std::size_t at)
{
    return std::partition_point(replacements.begin(),
                                replacements.end(),
                                [at](const Replacement& each) { return each.end <= at; });
}

} // namespace

std::string applyReplacements(std::string_view text,
                              std::size_t begin,
                              std::size_t end,
                              const std::vector<Replacement>& replacements)
{
    std::string out;
    std::size_t at = begin;
    for (auto next = firstBehind(replacements, begin);
         next != replacements.end() && next->begin < end;
         ++next) {
        if (next->begin >= at) {
            out += text.substr(at - begin, next->begin - at);
            out += next->placeholder;
        }
        at = std::min(next->end, end);
    }
    out += text.substr(at - begin, end - at);
    return out;
}

std::vector<Replacement> overlapping(const std::vector<Replacement>& replacements,
                                     std::size_t begin,
                                     std::size_t end)
{
    const auto first = firstBehind(replacements, begin);
    const auto last = std::find_if(
        first, replacements.end(), [end](const Replacement& each) { return each.begin >= end; });
    return {first, last};
}

std::vector<prevention::Replacement> united(std::vector<prevention::Replacement> list,
                                            Touching touching)
{
    std::stable_sort(
        list.begin(), list.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
    std::vector<prevention::Replacement> result;
    for (auto& each : list) {
        const std::size_t reach = touching == Touching::One ? 1 : 0;
        if (!result.empty() && each.begin < result.back().end + reach) {
            result.back().end = std::max(result.back().end, each.end);
        } else {
            result.push_back(std::move(each));
        }
    }
    return result;
}

} // namespace exhibit::gateway
