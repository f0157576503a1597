// SPDX-License-Identifier: Apache-2.0
#include "server/storage/search_page.h"

#include <fmt/format.h>

namespace exhibit::storage {

std::string headlineExpression(std::string_view column,
                               std::string_view whole,
                               std::string_view fragments)
{
    return fmt::format("ts_headline('exhibit_text'::regconfig, translate({0}, '<>' || chr(2)"
                       " || chr(3), chr(4) || chr(5)), w.words,"
                       " CASE WHEN length({0}) <= 600 THEN {1} ELSE {2} END)",
                       column,
                       whole,
                       fragments);
}

std::string markedHtml(std::string_view headline)
{
    std::string html;
    for (const char character : headline) {
        switch (character) {
        case '\x02':
            html += "<mark>";
            break;
        case '\x03':
            html += "</mark>";
            break;
        case '&':
            html += "&amp;";
            break;
        case '<':
        case '\x04':
            html += "&lt;";
            break;
        case '>':
        case '\x05':
            html += "&gt;";
            break;
        case '"':
            html += "&quot;";
            break;
        case '\'':
            html += "&#39;";
            break;
        default:
            html += character;
        }
    }
    return html;
}

void addHighlight(std::vector<std::string>& highlights, std::string_view headline)
{
    if (headline.find('\x02') != std::string_view::npos) {
        highlights.push_back(markedHtml(headline));
    }
}

} // namespace exhibit::storage
