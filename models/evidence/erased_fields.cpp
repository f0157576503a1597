// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/erased_fields.h"

#include <algorithm>

namespace exhibit::evidence {
namespace {

std::optional<ErasedField> parseOne(const Json& json)
{
    const Json* sequence = findMember(json, "seq");
    const auto digest = fromHex(stringMember(json, "d"));
    ErasedField field;
    field.path = stringMember(json, "p");
    if (sequence == nullptr || !sequence->is_int64() || sequence->get_int64() < 0 || !digest
        || digest->size() != field.digest.size() || field.path.empty()) {
        return std::nullopt;
    }
    field.sequence = static_cast<std::uint64_t>(sequence->get_int64());
    std::copy(digest->begin(), digest->end(), field.digest.begin());
    return field;
}

} // namespace

JsonArray erasedFieldsJson(const std::vector<ErasedField>& fields)
{
    JsonArray array;
    for (const auto& field : fields) {
        array.push_back(JsonObject{{"d", toHex(asView(field.digest))},
                                   {"p", field.path},
                                   {"seq", static_cast<std::int64_t>(field.sequence)}});
    }
    return array;
}

std::optional<std::vector<ErasedField>> parseErasedFields(BytesView details)
{
    const auto json = parseJson(details);
    const Json* erased = json ? findMember(*json, "erased") : nullptr;
    if (erased == nullptr || !erased->is_array()) {
        return std::nullopt;
    }
    std::vector<ErasedField> fields;
    for (const auto& element : erased->get_array()) {
        auto field = parseOne(element);
        if (!field) {
            return std::nullopt;
        }
        fields.push_back(*std::move(field));
    }
    return fields;
}

} // namespace exhibit::evidence
