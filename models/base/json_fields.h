// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/enum_names.h"
#include "models/base/json.h"
#include "models/base/sha256.h"
#include "models/base/strong_id.h"
#include "models/base/time.h"

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

/// JSON both ways from one list of fields. A struct opts in with a function beside it:
///
///   template <class V> void visitFields(V& visit, Of<V, Run>& run)
///   {
///       visit("run_id", run.runId);
///       visit("status", run.status);
///   }
///
/// A member of type std::optional may be absent or null, every other one is required on reading,
/// unless it is visited with visit.defaulted(name, member): then absence keeps its value.
/// On writing an empty optional is left out.
namespace exhibit {

enum class UnknownMembers : std::uint8_t { Ignore, Reject };

class JsonFieldReader;
class JsonFieldWriter;

/// T while reading, const T while writing.
template <class V, class T>
using Of = std::conditional_t<std::is_same_v<V, JsonFieldWriter>, const T, T>;

template <class T>
[[nodiscard]] Json toJson(const T& value);
/// Errors are InvalidInput with the JSON pointer of the fault in `subject`.
template <class T>
[[nodiscard]] Result<T> fromJson(const Json& json,
                                 UnknownMembers unknown = UnknownMembers::Ignore,
                                 const std::string& pointer = {});

/// How one type is written and read; specialise for types that are no struct of fields.
template <class T>
struct JsonCodec;

class JsonFieldWriter {
public:
    template <class T>
    void operator()(std::string_view name, const T& member)
    {
        m_object.emplace(name, JsonCodec<T>::write(member));
    }
    template <class T>
    void operator()(std::string_view name, const std::optional<T>& member)
    {
        if (member) {
            m_object.emplace(name, JsonCodec<T>::write(*member));
        }
    }
    template <class T>
    void defaulted(std::string_view name, const T& member)
    {
        (*this)(name, member);
    }
    [[nodiscard]] JsonObject take() { return std::move(m_object); }

private:
    JsonObject m_object;
};

class JsonFieldReader {
public:
    JsonFieldReader(const JsonObject& object, UnknownMembers unknown, std::string pointer)
        : m_object(object)
        , m_unknown(unknown)
        , m_pointer(std::move(pointer))
    {
    }

    template <class T>
    void operator()(std::string_view name, T& member)
    {
        if (!read(name, member)) {
            setError(name, "a required member is missing");
        }
    }
    template <class T>
    void operator()(std::string_view name, std::optional<T>& member)
    {
        const Json* json = find(name);
        if (json != nullptr && !json->is_null()) {
            T value{};
            if (read(name, value)) {
                member = std::move(value);
            }
        }
    }
    template <class T>
    void defaulted(std::string_view name, T& member)
    {
        read(name, member);
    }

    /// The first fault, or nothing. Call once after visiting.
    [[nodiscard]] Result<void> finish();

private:
    [[nodiscard]] const Json* find(std::string_view name)
    {
        m_known.emplace_back(name);
        return m_object.if_contains(name);
    }
    /// False when the member is absent; a fault inside it is kept for finish().
    template <class T>
    bool read(std::string_view name, T& member)
    {
        const Json* json = find(name);
        if (json == nullptr) {
            return false;
        }
        auto value = JsonCodec<T>::read(*json, m_unknown, appendPointer(m_pointer, name));
        if (value) {
            member = *std::move(value);
        } else if (!m_error) {
            m_error = std::move(value).error();
        }
        return true;
    }
    void setError(std::string_view name, std::string message);

    const JsonObject& m_object;
    UnknownMembers m_unknown;
    std::string m_pointer;
    std::vector<std::string_view> m_known;
    std::optional<Error> m_error;
};

/// Structs with visitFields().
template <class T>
struct JsonCodec {
    static Json write(const T& value)
    {
        JsonFieldWriter writer;
        visitFields(writer, value);
        return Json(writer.take());
    }
    static Result<T> read(const Json& json, UnknownMembers unknown, const std::string& pointer)
    {
        const auto* object = json.if_object();
        if (object == nullptr) {
            return fail(ErrorCode::InvalidInput, "expected an object", pointer);
        }
        T value{};
        JsonFieldReader reader(*object, unknown, pointer);
        visitFields(reader, value);
        EXHIBIT_CHECK(reader.finish());
        return value;
    }
};

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

template <class T>
Json toJson(const T& value)
{
    return JsonCodec<T>::write(value);
}

template <class T>
Result<T> fromJson(const Json& json, UnknownMembers unknown, const std::string& pointer)
{
    return JsonCodec<T>::read(json, unknown, pointer);
}

} // namespace exhibit
