// SPDX-License-Identifier: Apache-2.0
#include "server/storage/incident_store_words.h"

#include "models/base/sha256.h"

#include <algorithm>

namespace exhibit::storage {
namespace {

constexpr std::size_t kValueBytesMax = 600;

} // namespace

std::string lexeme(FilterLexeme filter, std::string_view value)
{
    const std::string start{static_cast<char>(filter), ':'};
    return value.size() <= kValueBytesMax ? start + std::string(value)
                                          : start + '#' + toHex(asView(sha256(value)));
}

std::string lexemeQuery(FilterLexeme filter, std::string_view value)
{
    std::string quoted = "'";
    for (const char character : lexeme(filter, value)) {
        if (character == '\'' || character == '\\') {
            quoted += character;
        }
        quoted += character;
    }
    return quoted + "'";
}

std::string plainWords(std::string text)
{
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '<' || c == '>'; }, ' ');
    return text;
}

} // namespace exhibit::storage
