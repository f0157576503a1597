// SPDX-License-Identifier: Apache-2.0
#include "models/base/json_fields.h"

#include <algorithm>

namespace exhibit {

void JsonFieldReader::setError(std::string_view name, std::string message)
{
    if (!m_error) {
        m_error
            = Error{ErrorCode::InvalidInput, std::move(message), appendPointer(m_pointer, name)};
    }
}

Result<void> JsonFieldReader::finish()
{
    if (m_unknown == UnknownMembers::Reject) {
        for (const auto& member : m_object) {
            const std::string_view name = member.key();
            if (std::find(m_known.begin(), m_known.end(), name) == m_known.end()) {
                setError(name, "this member is not known here");
            }
        }
    }
    if (m_error) {
        return tl::make_unexpected(*std::move(m_error));
    }
    return {};
}

Result<std::string> JsonCodec<std::string>::read(const Json& json,
                                                 UnknownMembers,
                                                 const std::string& pointer)
{
    if (const auto* text = json.if_string()) {
        return std::string(*text);
    }
    return fail(ErrorCode::InvalidInput, "expected a string", pointer);
}

Result<bool> JsonCodec<bool>::read(const Json& json, UnknownMembers, const std::string& pointer)
{
    if (const bool* value = json.if_bool()) {
        return *value;
    }
    return fail(ErrorCode::InvalidInput, "expected true or false", pointer);
}

Result<double> JsonCodec<double>::read(const Json& json, UnknownMembers, const std::string& pointer)
{
    if (json.is_number()) {
        return json.to_number<double>();
    }
    return fail(ErrorCode::InvalidInput, "expected a number", pointer);
}

Result<UtcTime> JsonCodec<UtcTime>::read(const Json& json,
                                         UnknownMembers unknown,
                                         const std::string& pointer)
{
    EXHIBIT_TRY(const std::string text, JsonCodec<std::string>::read(json, unknown, pointer));
    auto time = parseTime(text);
    if (!time) {
        time.error().subject = pointer;
    }
    return time;
}

Result<Digest> JsonCodec<Digest>::read(const Json& json,
                                       UnknownMembers unknown,
                                       const std::string& pointer)
{
    EXHIBIT_TRY(const std::string text, JsonCodec<std::string>::read(json, unknown, pointer));
    const auto bytes = fromHex(text);
    Digest digest{};
    if (!bytes || bytes->size() != digest.size()) {
        return fail(ErrorCode::InvalidInput, "expected 64 lower-case hex digits", pointer);
    }
    std::copy(bytes->begin(), bytes->end(), digest.begin());
    return digest;
}

Result<std::int64_t> detail::readInteger(const Json& json,
                                         std::int64_t min,
                                         std::int64_t max,
                                         const std::string& pointer)
{
    boost::system::error_code error;
    const auto value = json.is_double() ? 0 : json.to_number<std::int64_t>(error);
    if (json.is_double() || error || value < min || value > max) {
        return fail(ErrorCode::InvalidInput,
                    "expected an integer between " + std::to_string(min) + " and "
                        + std::to_string(max),
                    pointer);
    }
    return value;
}

} // namespace exhibit
