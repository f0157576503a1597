// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/bundle_claims.h"

#include <algorithm>

namespace exhibit::evidence {
namespace {

/// What stands in the bundle beside what stands in the entry, by their names.
struct Pair {
    std::string_view said;
    std::string_view committed;
};

bool saysNothing(const Json& value)
{
    return value.is_null() || (value.is_string() && value.get_string().empty());
}

/// PostgreSQL's texts hold no NUL, so that what was committed with one is not as it is shown.
bool holdsNul(const Json& value)
{
    const auto* text = value.if_string();
    return text != nullptr && text->find('\0') != text->npos;
}

bool contradicts(const Json* said, const Json* committed)
{
    return said != nullptr && committed != nullptr && !saysNothing(*said) && !holdsNul(*committed)
        && *said != *committed;
}

std::vector<std::string> compare(const Json& said,
                                 const Json& committed,
                                 const std::string& pointer,
                                 std::initializer_list<Pair> members)
{
    std::vector<std::string> wrong;
    for (const auto& member : members) {
        if (contradicts(findMember(said, member.said), findMember(committed, member.committed))) {
            wrong.push_back(appendPointer(pointer, member.said));
        }
    }
    return wrong;
}

} // namespace

std::vector<std::string> incidentContradictions(const Json& bundle, const Json& committed)
{
    constexpr std::string_view kChangedLater[]
        = {"status", "assignee", "tags", "root_cause", "cost_microcents", "latency_us"};
    const Json* incident = findMember(bundle, "incident");
    std::vector<std::string> wrong;
    if (incident == nullptr || !committed.is_object()) {
        return wrong;
    }
    for (const auto& member : committed.get_object()) {
        const std::string_view name = member.key();
        const bool later = std::find(std::begin(kChangedLater), std::end(kChangedLater), name)
            != std::end(kChangedLater);
        if (!later && contradicts(findMember(*incident, name), &member.value())) {
            wrong.push_back(appendPointer("/incident", name));
        }
    }
    return wrong;
}

std::vector<std::string> violationContradictions(const Json& bundle, const Json& committed)
{
    const Json* violation = findMember(bundle, "violation");
    return violation == nullptr
        ? std::vector<std::string>{}
        : compare(*violation,
                  committed,
                  "/violation",
                  {{"policy_id", "policy_id"}, {"result", "result"}, {"reason", "reason"}});
}

std::vector<std::string> stepContradictions(const Json& step,
                                            const std::string& pointer,
                                            const Json& committed)
{
    return compare(step, committed, pointer, {{"policy", "policy_id"}, {"result", "result"}});
}

} // namespace exhibit::evidence
