// SPDX-License-Identifier: Apache-2.0
#include "server/storage/rows.h"

#include "models/base/assert.h"

#include <libpq-fe.h>

#include <charconv>

namespace exhibit::storage {
namespace {

/// "2026-11-21 10:00:01.5+05:30" or "...+00", as DateStyle ISO prints it, to RFC 3339.
std::string toRfc3339(std::string_view text)
{
    std::string result{text};
    if (const auto space = result.find(' '); space != std::string::npos) {
        result[space] = 'T';
    }
    const auto sign = result.find_last_of("+-");
    if (sign != std::string::npos && result.size() - sign == 3) {
        result += ":00";
    }
    return result;
}

} // namespace

Rows::Rows(pg_result* result)
    : m_result(result)
{
}

void Rows::Free::operator()(pg_result* result) const noexcept
{
    PQclear(result);
}

std::size_t Rows::size() const
{
    return m_result ? static_cast<std::size_t>(PQntuples(m_result.get())) : 0;
}

std::int64_t Rows::affected() const
{
    const std::string_view text = m_result ? PQcmdTuples(m_result.get()) : "";
    std::int64_t count = 0;
    std::from_chars(text.data(), text.data() + text.size(), count);
    return count;
}

std::string_view Rows::commandTag() const
{
    return m_result ? PQcmdStatus(m_result.get()) : "";
}

bool Rows::isNull(std::size_t row, int column) const
{
    EXHIBIT_ASSERT(row < size() && column < PQnfields(m_result.get()));
    return PQgetisnull(m_result.get(), static_cast<int>(row), column) == 1;
}

std::string_view Rows::text(std::size_t row, int column) const
{
    EXHIBIT_ASSERT(row < size() && column < PQnfields(m_result.get()));
    const auto at = static_cast<int>(row);
    return {PQgetvalue(m_result.get(), at, column),
            static_cast<std::size_t>(PQgetlength(m_result.get(), at, column))};
}

std::optional<std::string> Rows::optionalText(std::size_t row, int column) const
{
    if (isNull(row, column)) {
        return std::nullopt;
    }
    return std::string(text(row, column));
}

std::int64_t Rows::integer(std::size_t row, int column) const
{
    if (isNull(row, column)) {
        return 0;
    }
    const auto digits = text(row, column);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    EXHIBIT_ASSERT(error == std::errc{} && end == digits.data() + digits.size());
    return value;
}

bool Rows::boolean(std::size_t row, int column) const
{
    const auto value = text(row, column);
    EXHIBIT_ASSERT(value.empty() || value == "t" || value == "f");
    return value == "t";
}

UtcTime Rows::time(std::size_t row, int column) const
{
    const auto value = text(row, column);
    if (value.empty()) {
        return {};
    }
    // Years that UtcTime cannot hold, and the infinities, are stored data and no bug.
    if (value.ends_with("infinity") || value.ends_with("BC")) {
        return value.starts_with("infinity") ? UtcTime::max() : UtcTime::min();
    }
    return parseTime(toRfc3339(value)).value_or(UtcTime::max());
}

Uuid Rows::uuid(std::size_t row, int column) const
{
    if (isNull(row, column)) {
        return {};
    }
    const auto value = Uuid::parseHyphenated(text(row, column));
    EXHIBIT_ASSERT(value.has_value());
    return *value;
}

Bytes Rows::bytes(std::size_t row, int column) const
{
    const auto value = text(row, column);
    // As every server since 9.0 prints it, unless bytea_output says otherwise.
    if (value.starts_with("\\x")) {
        auto decoded = fromHex(value.substr(2));
        EXHIBIT_ASSERT(decoded.has_value());
        return *std::move(decoded);
    }
    std::size_t size = 0;
    const std::unique_ptr<unsigned char, decltype(&PQfreemem)> decoded{
        PQunescapeBytea(reinterpret_cast<const unsigned char*>(value.data()), &size), &PQfreemem};
    EXHIBIT_ASSERT(decoded != nullptr);
    return {reinterpret_cast<const char*>(decoded.get()), size};
}

Json Rows::json(std::size_t row, int column) const
{
    if (isNull(row, column)) {
        return nullptr;
    }
    return parseJson(text(row, column)).value_or(Json{});
}

} // namespace exhibit::storage
