// SPDX-License-Identifier: Apache-2.0
#include "models/report/classifications.h"

#include "models/base/assert.h"
#include "models/base/json.h"
#include "models/report/embedded_classifications.h"

#include <fmt/format.h>

#include <vector>

namespace exhibit::report {
namespace {

struct Listed {
    std::string id; ///< With its list.
    std::string earlier; ///< As policies named it before lists had a name.
    std::string words;
};

std::vector<Listed> readLists()
{
    const auto data = parseJson(kClassificationLists);
    EXHIBIT_ASSERT(data.has_value()); // It is part of the program.
    std::vector<Listed> all;
    for (const auto& list : data->at("lists").as_array()) {
        for (const auto& entry : list.at("entries").as_array()) {
            const auto id = stringMember(entry, "id");
            all.push_back(
                {fmt::format("{}:{}", stringMember(list, "id"), id),
                 fmt::format("{}{}", stringMember(list, "earlier_prefix"), id),
                 fmt::format(
                     "{} {} ({})", id, stringMember(entry, "name"), stringMember(list, "title"))});
        }
    }
    return all;
}

const Listed* find(std::string_view reference)
{
    static const std::vector<Listed> lists = readLists();
    for (const auto& one : lists) {
        if (one.id == reference || one.earlier == reference) {
            return &one;
        }
    }
    return nullptr;
}

} // namespace

std::string classificationId(std::string_view reference)
{
    const auto* const listed = find(reference);
    return listed == nullptr ? std::string(reference) : listed->id;
}

std::string classificationInWords(std::string_view reference)
{
    const auto* const listed = find(reference);
    return listed == nullptr ? std::string(reference) : listed->words;
}

} // namespace exhibit::report
