// SPDX-License-Identifier: Apache-2.0
#include "server/storage/ingest_insert.h"

#include "models/base/assert.h"
#include "models/base/limits.h"

#include <algorithm>

namespace exhibit::storage {
namespace {

constexpr std::size_t kParametersMax = 65'535;

std::size_t sizeOf(const Parameters& row)
{
    std::size_t bytes = 0;
    for (const auto& parameter : row) {
        bytes += parameter.value() ? parameter.value()->size() : 0;
    }
    return bytes;
}

bool holdsNul(const Json& json)
{
    if (const auto* text = json.if_string()) {
        return std::find(text->begin(), text->end(), '\0') != text->end();
    }
    if (const auto* array = json.if_array()) {
        return std::any_of(array->begin(), array->end(), holdsNul);
    }
    if (const auto* object = json.if_object()) {
        return std::any_of(object->begin(), object->end(), [](const auto& member) {
            return member.key().find('\0') != std::string_view::npos || holdsNul(member.value());
        });
    }
    return false;
}

std::string withoutNul(std::string_view text)
{
    std::string result;
    result.reserve(text.size());
    for (const char character : text) {
        if (character == '\0') {
            result += "\xEF\xBF\xBD";
        } else {
            result += character;
        }
    }
    return result;
}

Json withoutNul(const Json& json)
{
    if (const auto* text = json.if_string()) {
        return Json(withoutNul(std::string_view(*text)));
    }
    if (const auto* array = json.if_array()) {
        JsonArray result;
        for (const auto& element : *array) {
            result.push_back(withoutNul(element));
        }
        return Json(std::move(result));
    }
    if (const auto* object = json.if_object()) {
        JsonObject result;
        for (const auto& member : *object) {
            result.insert_or_assign(withoutNul(std::string_view(member.key())),
                                    withoutNul(member.value()));
        }
        return Json(std::move(result));
    }
    return json;
}

} // namespace

std::string numberedRow(std::string_view row, std::size_t first)
{
    std::string text;
    for (const char character : row) {
        if (character == '?') {
            text += '$' + std::to_string(first++);
        } else {
            text += character;
        }
    }
    return text;
}

void appendInserts(std::vector<Statement>& statements,
                   const InsertShape& shape,
                   std::vector<Parameters> rows)
{
    for (std::size_t next = 0; next < rows.size();) {
        Statement statement{std::string(shape.into) + " VALUES ", {}};
        std::size_t bytes = 0;
        for (std::size_t count = 0; next < rows.size(); ++count, ++next) {
            auto& row = rows[next];
            bytes += sizeOf(row);
            if (count > 0
                && (statement.parameters.size() + row.size() > kParametersMax
                    || bytes > limits::kIngestStatementBytesMax)) {
                break;
            }
            statement.sql += (count == 0 ? "" : ",")
                + numberedRow(shape.row, statement.parameters.size() + 1);
            std::move(row.begin(), row.end(), std::back_inserter(statement.parameters));
        }
        statement.sql += shape.tail;
        statements.push_back(std::move(statement));
    }
}

std::string storable(std::string text)
{
    return text.find('\0') == std::string::npos ? text : withoutNul(std::string_view(text));
}

Json storable(Json json)
{
    return holdsNul(json) ? withoutNul(json) : json;
}

Parameter storable(const std::optional<std::string>& text)
{
    return text ? Parameter(storable(*text)) : Parameter(std::nullopt);
}

Parameter storable(const std::optional<Json>& json)
{
    return json ? Parameter(storable(*json)) : Parameter(std::nullopt);
}

} // namespace exhibit::storage
