// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_codec.h"

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
