// SPDX-License-Identifier: Apache-2.0
#include "models/report/csv.h"

#include <algorithm>

namespace exhibit::report {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

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

/// The text of a field, quoted or not; false where it does not end.
bool takeField(BytesView& rest, std::string& field)
{
    if (!rest.starts_with('"')) {
        const auto end = std::min(rest.find_first_of(",\r\n\""), rest.size());
        field = rest.substr(0, end);
        rest.remove_prefix(end);
        return true;
    }
    rest.remove_prefix(1);
    for (auto quote = rest.find('"'); quote != rest.npos; quote = rest.find('"')) {
        field += rest.substr(0, quote);
        rest.remove_prefix(quote + 1);
        if (!rest.starts_with('"')) {
            return true;
        }
        field += '"';
        rest.remove_prefix(1);
    }
    return false;
}

Result<std::vector<std::string>> takeLine(BytesView& rest, const std::string& at)
{
    std::vector<std::string> fields;
    for (bool more = true; more;) {
        if (fields.size() == kCsvFieldsMax) {
            return fail(ErrorCode::TooLarge, "more fields than a line may have", at);
        }
        if (!takeField(rest, fields.emplace_back())) {
            return fail(ErrorCode::InvalidInput, "a quoted field does not end", at);
        }
        more = rest.starts_with(',');
        rest.remove_prefix(more ? 1 : 0);
    }
    if (!rest.starts_with(kLineEnd)) {
        return fail(ErrorCode::InvalidInput, "no line of a CSV file", at);
    }
    rest.remove_prefix(kLineEnd.size());
    return fields;
}

} // namespace

std::string csvLine(const std::vector<std::string>& fields)
{
    std::string line;
    for (const auto& field : fields) {
        line += (&field == &fields.front() ? "" : ",") + fieldOf(field);
    }
    return line + std::string(kLineEnd);
}

Result<std::vector<std::vector<std::string>>> readCsv(BytesView csv, std::size_t linesMax)
{
    std::vector<std::vector<std::string>> lines;
    while (!csv.empty()) {
        const std::string at = "line " + std::to_string(lines.size() + 1);
        if (lines.size() == linesMax) {
            return fail(ErrorCode::TooLarge, "more lines than there are rows", at);
        }
        EXHIBIT_TRY(auto line, takeLine(csv, at));
        lines.push_back(std::move(line));
    }
    return lines;
}

bool isCsvFieldOf(std::string_view field, std::string_view text)
{
    std::string plain(text);
    std::erase(plain, '\0');
    return field == plain || (field.starts_with('\'') && field.substr(1) == plain);
}

} // namespace exhibit::report
