// SPDX-License-Identifier: Apache-2.0
#include "server/main/log_redaction.h"

#include "models/redaction/embedded_packs.h"
#include "models/redaction/redaction_pack.h"
#include "server/ops/log.h"

#include <memory>

namespace exhibit::server {
namespace {

constexpr std::string_view kAddresses = "[IP_ADDRESS]";

Result<std::vector<domain::Policy>> packsOfLogs()
{
    std::vector<domain::Policy> policies;
    for (const auto document : redaction::embeddedPacks()) {
        EXHIBIT_TRY(const auto json, parseJson(document));
        EXHIBIT_TRY(auto pack, domain::policiesFromJson(json));
        for (auto& policy : pack) {
            if (auto* rule = std::get_if<domain::PatternsRule>(&policy.rule)) {
                std::erase_if(rule->patterns, [](const domain::PatternRule& pattern) {
                    return pattern.placeholder == kAddresses;
                });
            }
            policies.push_back(std::move(policy));
        }
    }
    return policies;
}

} // namespace

Result<void> redactLog()
{
    EXHIBIT_TRY(const auto policies, packsOfLogs());
    EXHIBIT_TRY(auto named, redaction::namedPack(policies));
    const auto pack = std::make_shared<const scan::RedactionPack>(std::move(named.pack));
    ops::setLogRedaction(
        [pack](std::string_view message) { return scan::redacted(*pack, message); });
    return {};
}

} // namespace exhibit::server
