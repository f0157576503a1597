// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_fields.h"

#include <charconv>

/// JSON text straight from a struct's visitFields(), without building a tree first: records are
/// written a few times per call, and the tree was most of their cost. fromJson() reads it back.
namespace exhibit::spool {

/// Appends the text in quotes, escaped (RFC 8259, section 7). Bytes that are not UTF-8 become
/// U+FFFD: a client's header must not make a record that nobody can read.
void appendJsonString(std::string& out, std::string_view text);
void appendJsonValue(std::string& out, const Json& value);

/// Appends the members of one object; the braces are the caller's.
class JsonTextWriter {
public:
    explicit JsonTextWriter(std::string& out)
        : m_out(out)
    {
    }

    template <class T>
    void operator()(std::string_view name, const T& member)
    {
        writeName(name);
        write(member);
    }
    template <class T>
    void operator()(std::string_view name, const std::optional<T>& member)
    {
        if (member) {
            (*this)(name, *member);
        }
    }
    template <class T>
    void defaulted(std::string_view name, const T& member)
    {
        (*this)(name, member);
    }

    /// One value of any type that JsonFieldWriter can write.
    template <class T>
    void write(const T& value)
    {
        if constexpr (requires { visitFields(*this, const_cast<T&>(value)); }) {
            m_out += '{';
            // visitFields() hands out non-const members to any visitor but JsonFieldWriter; this
            // one only reads them.
            JsonTextWriter members(m_out);
            visitFields(members, const_cast<T&>(value));
            m_out += '}';
        } else if constexpr (NamedEnum<T>) {
            appendJsonString(m_out, wireName(value));
        } else {
            writeSimple(value);
        }
    }

private:
    void writeName(std::string_view name)
    {
        m_out += m_first ? "\"" : ",\"";
        m_out += name;
        m_out += "\":";
        m_first = false;
    }
    void writeSimple(const std::string& text) { appendJsonString(m_out, text); }
    void writeSimple(const Json& value) { appendJsonValue(m_out, value); }
    void writeSimple(bool value) { m_out += value ? "true" : "false"; }
    void writeSimple(std::int64_t value)
    {
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
        m_out.append(digits, end);
    }
    void writeSimple(UtcTime value)
    {
        m_out += '"';
        m_out += formatTime(value);
        m_out += '"';
    }
    template <class Tag>
    void writeSimple(const StrongId<Tag>& id)
    {
        m_out += '"';
        m_out += id.text();
        m_out += '"';
    }
    template <class T>
    void writeSimple(const std::vector<T>& values)
    {
        m_out += '[';
        for (std::size_t i = 0; i < values.size(); ++i) {
            m_out += i > 0 ? "," : "";
            write(values[i]);
        }
        m_out += ']';
    }

    std::string& m_out;
    bool m_first = true;
};

/// The object's text.
template <class T>
void appendJson(std::string& out, const T& value)
{
    JsonTextWriter(out).write(value);
}

} // namespace exhibit::spool
