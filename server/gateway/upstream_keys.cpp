// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/upstream_keys.h"

#include "models/base/trim.h"
#include "server/gateway/upstream_target.h"

#include <algorithm>
#include <vector>

namespace exhibit::gateway {
namespace {

constexpr std::string_view kAnywhere = "*";
constexpr std::pair<std::string_view, std::string_view> kWellKnown[] = {
    {"ANTHROPIC_API_KEY", "https://api.anthropic.com"},
    {"DEEPSEEK_API_KEY", "https://api.deepseek.com"},
    {"GEMINI_API_KEY", "https://generativelanguage.googleapis.com"},
    {"GROQ_API_KEY", "https://api.groq.com"},
    {"MISTRAL_API_KEY", "https://api.mistral.ai"},
    {"OPENAI_API_KEY", "https://api.openai.com"},
    {"OPENROUTER_API_KEY", "https://openrouter.ai"},
};

/// Names of hosts have no case.
Result<std::string> originOf(std::string_view url)
{
    EXHIBIT_TRY(auto target, parseBaseUrl(url));
    std::transform(target.host.begin(), target.host.end(), target.host.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    return target.origin();
}

} // namespace

UpstreamKeys::UpstreamKeys()
    : m_origins(std::begin(kWellKnown), std::end(kWellKnown))
{
}

Result<UpstreamKeys> UpstreamKeys::parse(std::string_view list)
{
    std::multimap<std::string, std::string, std::less<>> named;
    while (!list.empty()) {
        const auto comma = std::min(list.find(','), list.size());
        const auto entry = trimmed(list.substr(0, comma));
        list.remove_prefix(std::min(comma + 1, list.size()));
        if (entry.empty()) {
            continue;
        }
        const auto equals = std::min(entry.find('='), entry.size());
        const auto variable = trimmed(entry.substr(0, equals));
        const auto where = trimmed(entry.substr(std::min(equals + 1, entry.size())));
        auto origin = where == kAnywhere ? Result<std::string>(kAnywhere) : originOf(where);
        if (variable.empty() || !origin) {
            return fail(ErrorCode::InvalidInput,
                        "expected variables and where their keys may go, with commas, like"
                        " MY_KEY=https://llm.example:8443",
                        std::string(entry));
        }
        named.emplace(variable, *std::move(origin));
    }
    UpstreamKeys keys;
    for (const auto& [variable, origin] : named) {
        keys.m_origins.erase(variable);
    }
    keys.m_origins.merge(named);
    return keys;
}

bool UpstreamKeys::mayGo(std::string_view variable, std::string_view baseUrl) const
{
    const auto origin = originOf(baseUrl);
    const auto [begin, end] = m_origins.equal_range(variable);
    return origin && std::any_of(begin, end, [&](const auto& bound) {
               return bound.second == kAnywhere || bound.second == *origin;
           });
}

} // namespace exhibit::gateway
