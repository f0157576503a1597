// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/sha256.h"
#include "models/base/strong_id.h"
#include "models/base/time.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::storage {

/// One value of a statement, in text format, or bytes in binary format. nullopt is NULL.
class Parameter {
public:
    Parameter(std::nullopt_t) { }
    Parameter(std::string text);
    Parameter(std::string_view text);
    Parameter(const char* text);
    Parameter(std::int64_t number);
    Parameter(int number);
    Parameter(double number);
    Parameter(bool value);
    Parameter(UtcTime time);
    Parameter(const Digest& digest); ///< bytea
    Parameter(Uuid uuid);
    Parameter(const Json& json);
    template <class Tag>
    Parameter(const StrongId<Tag>& id)
        : Parameter(id.value)
    {
    }
    template <class T>
    Parameter(const std::optional<T>& value)
        : Parameter(value ? Parameter(*value) : Parameter(std::nullopt))
    {
    }
    /// bytea, sent in binary.
    [[nodiscard]] static Parameter bytes(BytesView bytes);
    /// text[] (or any array whose elements print as text).
    [[nodiscard]] static Parameter array(std::span<const std::string> elements);

    [[nodiscard]] const std::optional<std::string>& value() const { return m_value; }
    [[nodiscard]] bool binary() const { return m_binary; }

private:
    std::optional<std::string> m_value;
    bool m_binary = false;
};

using Parameters = std::vector<Parameter>;

struct Statement {
    std::string sql;
    Parameters parameters;
};

} // namespace exhibit::storage
