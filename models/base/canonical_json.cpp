// SPDX-License-Identifier: Apache-2.0
#include "models/base/canonical_json.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace exhibit {
namespace {

constexpr std::int64_t kIntegerMax = 9'007'199'254'740'991; // 2^53 - 1

bool isNameCharacter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'
        || c == '.' || c == '-';
}

bool isMemberName(std::string_view name)
{
    return !name.empty() && name.size() <= limits::kCanonicalNameBytesMax
        && std::all_of(name.begin(), name.end(), isNameCharacter);
}

class CanonicalWriter {
public:
    [[nodiscard]] Result<void> write(const Json& value, const std::string& pointer)
    {
        switch (value.kind()) {
        case boost::json::kind::null:
            m_text += "null";
            return {};
        case boost::json::kind::bool_:
            m_text += value.get_bool() ? "true" : "false";
            return {};
        case boost::json::kind::string:
            return writeString(value.get_string(), pointer);
        case boost::json::kind::array:
            return writeArray(value.get_array(), pointer);
        case boost::json::kind::object:
            return writeObject(value.get_object(), pointer);
        default:
            return writeNumber(value, pointer);
        }
    }
    [[nodiscard]] std::string take() { return std::move(m_text); }

private:
    [[nodiscard]] Result<void> enter(const std::string& pointer)
    {
        if (m_depth == limits::kCanonicalDepthMax) {
            return fail(ErrorCode::InvalidInput,
                        "more than " + std::to_string(limits::kCanonicalDepthMax)
                            + " levels of nesting have no canonical form",
                        pointer);
        }
        ++m_depth;
        return {};
    }
    [[nodiscard]] Result<void> writeNumber(const Json& value, const std::string& pointer)
    {
        const auto* small = value.if_int64();
        const auto* large = value.if_uint64();
        const bool fits = (small != nullptr && *small <= kIntegerMax && *small >= -kIntegerMax)
            || (large != nullptr && *large <= static_cast<std::uint64_t>(kIntegerMax));
        if (!fits) {
            return fail(ErrorCode::InvalidInput,
                        "only integers within 2^53-1 have a canonical form; write other numbers as "
                        "strings",
                        pointer);
        }
        m_text += small != nullptr ? std::to_string(*small) : std::to_string(*large);
        return {};
    }
    [[nodiscard]] Result<void> writeString(std::string_view text, const std::string& pointer)
    {
        if (!isValidUtf8(text)) {
            return fail(ErrorCode::InvalidInput, "a string is not valid UTF-8", pointer);
        }
        m_text += '"';
        for (const char c : text) {
            writeCharacter(c);
        }
        m_text += '"';
        return {};
    }
    /// RFC 8785, 3.2.2.2: the short escapes of ECMAScript, lower-case hex, and nothing else.
    void writeCharacter(char c)
    {
        constexpr std::string_view kEscaped = "\b\t\n\f\r\"\\";
        constexpr std::string_view kLetters = "btnfr\"\\";
        constexpr std::string_view kHex = "0123456789abcdef";
        const auto byte = static_cast<unsigned char>(c);
        if (const auto at = kEscaped.find(c); at != std::string_view::npos) {
            m_text += '\\';
            m_text += kLetters[at];
        } else if (byte < 0x20) {
            m_text += "\\u00";
            m_text += kHex[byte >> 4U];
            m_text += kHex[byte & 0xfU];
        } else {
            m_text += c;
        }
    }
    [[nodiscard]] Result<void> writeArray(const JsonArray& array, const std::string& pointer)
    {
        EXHIBIT_CHECK(enter(pointer));
        m_text += '[';
        for (std::size_t i = 0; i < array.size(); ++i) {
            m_text += i == 0 ? "" : ",";
            EXHIBIT_CHECK(write(array[i], appendPointer(pointer, std::to_string(i))));
        }
        m_text += ']';
        --m_depth;
        return {};
    }
    [[nodiscard]] Result<void> writeObject(const JsonObject& object, const std::string& pointer)
    {
        EXHIBIT_CHECK(enter(pointer));
        std::vector<const boost::json::key_value_pair*> members;
        members.reserve(object.size());
        for (const auto& member : object) {
            members.push_back(&member);
        }
        std::sort(members.begin(), members.end(), [](const auto* a, const auto* b) {
            return std::string_view(a->key()) < std::string_view(b->key());
        });
        m_text += '{';
        for (const auto* member : members) {
            m_text += member == members.front() ? "" : ",";
            const std::string at = appendPointer(pointer, member->key());
            if (!isMemberName(member->key())) {
                return fail(ErrorCode::InvalidInput,
                            "this member name has no canonical form; names are 1 to 64 of "
                            "A-Z a-z 0-9 _ . -",
                            isValidUtf8(at) ? at : pointer);
            }
            EXHIBIT_CHECK(writeString(member->key(), at));
            m_text += ':';
            EXHIBIT_CHECK(write(member->value(), at));
        }
        m_text += '}';
        --m_depth;
        return {};
    }

    std::string m_text;
    std::size_t m_depth = 0;
};

} // namespace

Result<std::string> canonicalJson(const Json& value)
{
    CanonicalWriter writer;
    EXHIBIT_CHECK(writer.write(value, {}));
    return writer.take();
}

Result<Json> parseCanonicalJson(BytesView text)
{
    EXHIBIT_TRY(Json value, parseJson(text, limits::kCanonicalDepthMax));
    EXHIBIT_TRY(const std::string canonical, canonicalJson(value));
    if (canonical != text) {
        const auto differs
            = std::mismatch(canonical.begin(), canonical.end(), text.begin(), text.end());
        return fail(ErrorCode::InvalidInput,
                    "the JSON is not in canonical form at byte "
                        + std::to_string(differs.second - text.begin()));
    }
    return value;
}

} // namespace exhibit
