// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/sha256.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What an erasure says that it took. The entry field.erased has it in its field "/details", a JSON
/// object: {"basis":...,"erased":[{"d":hex,"p":path,"seq":n}*],...}. All are fields of one log.
namespace exhibit::evidence {

inline constexpr std::string_view kErasureEntry = "field.erased";
inline constexpr std::string_view kErasureDetails = "/details";

struct ErasedField {
    std::uint64_t sequence = 0;
    std::string path;
    Digest digest{};

    friend auto operator<=>(const ErasedField&, const ErasedField&) = default;
};
/// The array "erased".
[[nodiscard]] JsonArray erasedFieldsJson(const std::vector<ErasedField>& fields);
/// Of the details as they are written; nullopt when they name no fields, or not as they should.
[[nodiscard]] std::optional<std::vector<ErasedField>> parseErasedFields(BytesView details);

} // namespace exhibit::evidence
