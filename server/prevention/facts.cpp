// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/facts.h"

namespace exhibit::prevention {
namespace {

const Json* findNested(const Json& facts, std::string_view path)
{
    const Json* value = &facts;
    while (value != nullptr && !path.empty()) {
        const auto dot = path.find('.');
        value = findMember(*value, path.substr(0, dot));
        path.remove_prefix(dot == std::string_view::npos ? path.size() : dot + 1);
    }
    return value;
}

} // namespace

const Json* findFact(const Json* facts, std::string_view path)
{
    if (facts == nullptr) {
        return nullptr;
    }
    const Json* value = findNested(*facts, path);
    return value != nullptr ? value : findMember(*facts, path);
}

FactState factStateOf(const Json* facts, std::string_view path)
{
    const Json* value = findFact(facts, path);
    if (value == nullptr) {
        return FactState::Absent;
    }
    return value->is_null() ? FactState::Null : FactState::Present;
}

} // namespace exhibit::prevention
