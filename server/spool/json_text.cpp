// SPDX-License-Identifier: Apache-2.0
#include "server/spool/json_text.h"

#include <boost/json/serializer.hpp>

#include <algorithm>
#include <array>
#include <cstring>

namespace exhibit::spool {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd"; // U+FFFD

/// True for the bytes that stand for themselves in a JSON string and are ASCII.
bool isPlain(char c)
{
    const auto byte = static_cast<std::uint8_t>(c);
    return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

/// How many leading bytes are plain. Answers are long, mostly plain texts: eight at a time.
std::size_t plainLength(std::string_view text)
{
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    constexpr std::uint64_t kHighBits = 0x80 * kOnes;
    // The high bit of each byte that is zero; exact when no byte has its high bit set.
    const auto zeroBytes = [](std::uint64_t word) { return (word - kOnes) & ~word & kHighBits; };
    std::size_t length = 0;
    while (length + sizeof(std::uint64_t) <= text.size()) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + length, sizeof word);
        const std::uint64_t below = (word - 0x20 * kOnes) & ~word;
        const std::uint64_t special
            = word | below | zeroBytes(word ^ ('"' * kOnes)) | zeroBytes(word ^ ('\\' * kOnes));
        if ((special & kHighBits) != 0) {
            break;
        }
        length += sizeof word;
    }
    while (length < text.size() && isPlain(text[length])) {
        ++length;
    }
    return length;
}

void appendEscaped(std::string& out, char c)
{
    constexpr std::string_view kHex = "0123456789abcdef";
    switch (c) {
    case '"':
        out += "\\\"";
        break;
    case '\\':
        out += "\\\\";
        break;
    case '\n':
        out += "\\n";
        break;
    default:
        out += "\\u00";
        out += kHex[static_cast<std::uint8_t>(c) >> 4];
        out += kHex[static_cast<std::uint8_t>(c) & 15];
    }
}

/// Bytes of the valid character that starts here, else 0.
std::size_t characterLength(std::string_view text)
{
    for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
        if (isValidUtf8(text.substr(0, length))) {
            return length;
        }
    }
    return 0;
}

/// A run of bytes that are not ASCII.
void appendMultibyte(std::string& out, std::string_view run)
{
    if (isValidUtf8(run)) {
        out += run;
        return;
    }
    while (!run.empty()) {
        const std::size_t length = characterLength(run);
        out += length > 0 ? run.substr(0, length) : kReplacement;
        run.remove_prefix(std::max<std::size_t>(length, 1));
    }
}

} // namespace

void appendJsonString(std::string& out, std::string_view text)
{
    out += '"';
    while (!text.empty()) {
        std::size_t length = plainLength(text);
        out += text.substr(0, length);
        text.remove_prefix(length);
        if (text.empty()) {
            break;
        }
        if (static_cast<std::uint8_t>(text.front()) < 0x80) {
            appendEscaped(out, text.front());
            length = 1;
        } else {
            const auto ascii = std::find_if(text.begin(), text.end(), [](char c) {
                return static_cast<std::uint8_t>(c) < 0x80;
            });
            length = static_cast<std::size_t>(ascii - text.begin());
            appendMultibyte(out, text.substr(0, length));
        }
        text.remove_prefix(length);
    }
    out += '"';
}

void appendJsonValue(std::string& out, const Json& value)
{
    const std::size_t begin = out.size();
    boost::json::serializer serializer;
    serializer.reset(&value);
    std::array<char, 4096> buffer;
    while (!serializer.done()) {
        out += std::string_view(serializer.read(buffer.data(), buffer.size()));
    }
    if (!isValidUtf8(std::string_view(out).substr(begin))) {
        const std::string written = out.substr(begin);
        out.resize(begin);
        appendMultibyte(out, written);
    }
}

} // namespace exhibit::spool
