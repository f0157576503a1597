// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/time.h"
#include "models/base/uuid.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct pg_result;

namespace exhibit::storage {

/// The rows of one statement; columns by position. Views live as long as the object. NULL reads as
/// an empty text, zero, false, the epoch or the null UUID; ask isNull() where that matters. Reading
/// a column as something its SQL type is not is a bug of ours and aborts.
class Rows {
public:
    Rows() = default;
    explicit Rows(pg_result* result);

    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] bool empty() const { return size() == 0; }
    /// Rows that an INSERT, UPDATE or DELETE touched.
    [[nodiscard]] std::int64_t affected() const;
    /// What the server says it did, e.g. "INSERT 0 3" or "ROLLBACK".
    [[nodiscard]] std::string_view commandTag() const;
    [[nodiscard]] bool isNull(std::size_t row, int column) const;
    [[nodiscard]] std::string_view text(std::size_t row, int column) const;
    [[nodiscard]] std::optional<std::string> optionalText(std::size_t row, int column) const;
    [[nodiscard]] std::int64_t integer(std::size_t row, int column) const;
    [[nodiscard]] bool boolean(std::size_t row, int column) const;
    [[nodiscard]] UtcTime time(std::size_t row, int column) const; ///< timestamptz
    [[nodiscard]] Uuid uuid(std::size_t row, int column) const;
    [[nodiscard]] Bytes bytes(std::size_t row, int column) const; ///< bytea
    /// Null also when the value nests deeper than limits::kJsonDepthMax.
    [[nodiscard]] Json json(std::size_t row, int column) const;

private:
    struct Free {
        void operator()(pg_result* result) const noexcept;
    };
    std::unique_ptr<pg_result, Free> m_result;
};

} // namespace exhibit::storage
