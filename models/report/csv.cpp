// SPDX-License-Identifier: Apache-2.0
#include "models/report/csv.h"

namespace exhibit::report {
namespace {

bool looksLikeFormula(std::string_view text)
{
    // Full-width forms count as well: some programs fold them before they look.
    constexpr std::string_view kWide[] = {"＝", "＋", "－", "＠"};
    const auto first = text.find_first_not_of(" \xC2\xA0");
    if (first == text.npos) {
        return false;
    }
    text.remove_prefix(first);
    if (std::string_view("=+-@\t\r\n|").find(text.front()) != std::string_view::npos) {
        return true;
    }
    for (const auto wide : kWide) {
        if (text.starts_with(wide)) {
            return true;
        }
    }
    return false;
}

std::string fieldOf(std::string_view text)
{
    std::string field = looksLikeFormula(text) ? "'" : "";
    bool quoted = !field.empty();
    for (const char c : text) {
        quoted = quoted || c == '"' || c == ',' || c == ';' || c == '\n' || c == '\r';
        if (c != '\0') {
            field += c == '"' ? "\"\"" : std::string(1, c);
        }
    }
    return quoted ? '"' + field + '"' : field;
}

} // namespace

std::string csvLine(const std::vector<std::string>& fields)
{
    std::string line;
    for (const auto& field : fields) {
        line += (&field == &fields.front() ? "" : ",") + fieldOf(field);
    }
    return line + "\r\n";
}

} // namespace exhibit::report
