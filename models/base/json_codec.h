// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/enum_names.h"
#include "models/base/json.h"
#include "models/base/sha256.h"
#include "models/base/strong_id.h"
#include "models/base/time.h"

#include <concepts>
#include <limits>
#include <map>
#include <string>
#include <vector>

/// How values are written to and read from JSON. Structs of fields: json_fields.h.
namespace exhibit {

enum class UnknownMembers : std::uint8_t { Ignore, Reject };

/// How one type is written and read; specialise for types that are no struct of fields.
template <class T>
struct JsonCodec;

template <>
struct JsonCodec<std::string> {
    static Json write(const std::string& value) { return Json(value); }
    static Result<std::string> read(const Json& json, UnknownMembers, const std::string& pointer);
};
template <>
struct JsonCodec<bool> {
    static Json write(bool value) { return Json(value); }
    static Result<bool> read(const Json& json, UnknownMembers, const std::string& pointer);
};
template <>
struct JsonCodec<double> {
    static Json write(double value) { return Json(value); }
    static Result<double> read(const Json& json, UnknownMembers, const std::string& pointer);
};
template <>
struct JsonCodec<Json> {
    static Json write(const Json& value) { return value; }
    static Result<Json> read(const Json& json, UnknownMembers, const std::string&) { return json; }
};
/// RFC 3339 text with microseconds.
template <>
struct JsonCodec<UtcTime> {
    static Json write(UtcTime value) { return Json(formatTime(value)); }
    static Result<UtcTime> read(const Json& json, UnknownMembers, const std::string& pointer);
};
/// Lower-case hex.
template <>
struct JsonCodec<Digest> {
    static Json write(const Digest& value) { return Json(toHex(asView(value))); }
    static Result<Digest> read(const Json& json, UnknownMembers, const std::string& pointer);
};

namespace detail {
/// The number if it is an integer within [min, max].
[[nodiscard]] Result<std::int64_t> readInteger(const Json& json,
                                               std::int64_t min,
                                               std::int64_t max,
                                               const std::string& pointer);
} // namespace detail

template <std::integral T>
requires(!std::same_as<T, bool>) struct JsonCodec<T> {
    static Json write(T value) { return Json(static_cast<std::int64_t>(value)); }
    static Result<T> read(const Json& json, UnknownMembers, const std::string& pointer)
    {
        constexpr auto kMin
            = std::is_signed_v<T> ? static_cast<std::int64_t>(std::numeric_limits<T>::min()) : 0;
        constexpr auto kMax = sizeof(T) < 8
            ? static_cast<std::int64_t>(std::numeric_limits<T>::max())
            : std::numeric_limits<std::int64_t>::max();
        EXHIBIT_TRY(const std::int64_t value, detail::readInteger(json, kMin, kMax, pointer));
        return static_cast<T>(value);
    }
};

template <NamedEnum T>
struct JsonCodec<T> {
    static Json write(T value) { return Json(wireName(value)); }
    static Result<T> read(const Json& json, UnknownMembers unknown, const std::string& pointer)
    {
        EXHIBIT_TRY(const std::string text, JsonCodec<std::string>::read(json, unknown, pointer));
        auto value = parseEnum<T>(text);
        if (!value) {
            value.error().subject = pointer;
        }
        return value;
    }
};

template <class Tag>
struct JsonCodec<StrongId<Tag>> {
    static Json write(const StrongId<Tag>& value) { return Json(value.text()); }
    static Result<StrongId<Tag>> read(const Json& json,
                                      UnknownMembers unknown,
                                      const std::string& pointer)
    {
        EXHIBIT_TRY(const std::string text, JsonCodec<std::string>::read(json, unknown, pointer));
        auto value = StrongId<Tag>::parse(text);
        if (!value) {
            value.error().subject = pointer;
        }
        return value;
    }
};

template <class T>
struct JsonCodec<std::vector<T>> {
    static Json write(const std::vector<T>& values)
    {
        JsonArray array;
        array.reserve(values.size());
        for (const auto& value : values) {
            array.push_back(JsonCodec<T>::write(value));
        }
        return Json(std::move(array));
    }
    static Result<std::vector<T>> read(const Json& json,
                                       UnknownMembers unknown,
                                       const std::string& pointer)
    {
        const auto* array = json.if_array();
        if (array == nullptr) {
            return fail(ErrorCode::InvalidInput, "expected an array", pointer);
        }
        std::vector<T> values;
        values.reserve(array->size());
        for (const auto& element : *array) {
            const auto at = appendPointer(pointer, std::to_string(values.size()));
            EXHIBIT_TRY(auto value, JsonCodec<T>::read(element, unknown, at));
            values.push_back(std::move(value));
        }
        return values;
    }
};

template <class T>
struct JsonCodec<std::map<std::string, T>> {
    static Json write(const std::map<std::string, T>& values)
    {
        JsonObject object;
        for (const auto& [name, value] : values) {
            object.emplace(name, JsonCodec<T>::write(value));
        }
        return Json(std::move(object));
    }
    static Result<std::map<std::string, T>> read(const Json& json,
                                                 UnknownMembers unknown,
                                                 const std::string& pointer)
    {
        const auto* object = json.if_object();
        if (object == nullptr) {
            return fail(ErrorCode::InvalidInput, "expected an object", pointer);
        }
        std::map<std::string, T> values;
        for (const auto& [name, member] : *object) {
            EXHIBIT_TRY(auto value,
                        JsonCodec<T>::read(member, unknown, appendPointer(pointer, name)));
            values.emplace(name, std::move(value));
        }
        return values;
    }
};

} // namespace exhibit
