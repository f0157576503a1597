// SPDX-License-Identifier: Apache-2.0
#include "models/report/production_pages.h"

#include "models/report/safe_text.h"

namespace exhibit::report {
namespace {

void addLeaves(std::vector<NamedLine>& lines, const std::string& path, const Json& value)
{
    const auto inner = [&path](std::string_view name) {
        return path.empty() ? std::string(name) : path + "." + std::string(name);
    };
    if (const auto* object = value.if_object(); object != nullptr && !object->empty()) {
        for (const auto& [name, member] : *object) {
            addLeaves(lines, inner(name), member);
        }
    } else if (const auto* array = value.if_array(); array != nullptr && !array->empty()) {
        for (std::size_t i = 0; i < array->size(); ++i) {
            addLeaves(lines, inner(std::to_string(i)), (*array)[i]);
        }
    } else if (const auto* text = value.if_string()) {
        lines.push_back({path, std::string(*text)});
    } else {
        lines.push_back({path, printJson(value)});
    }
}

/// Marks of what people redacted stand out, on paper too.
void addValue(Text& text, const std::string& value)
{
    constexpr std::string_view kMark = "[REDACTED ";
    std::string_view rest = value;
    for (auto at = rest.find(kMark); at != rest.npos; at = rest.find(kMark)) {
        const auto end = rest.find(']', at);
        const auto bytes = end == rest.npos ? rest.size() : end + 1;
        text.push_back({std::string(rest.substr(0, at)), {}});
        text.push_back({std::string(rest.substr(at, bytes - at)), {.bold = true}});
        rest.remove_prefix(bytes);
    }
    text.push_back({std::string(rest), {}});
}

} // namespace

std::vector<NamedLine> linesOf(const Json& value)
{
    std::vector<NamedLine> lines;
    addLeaves(lines, "", value);
    return lines;
}

std::string extractedText(const std::string& title, const std::vector<NamedLine>& lines)
{
    std::string text = title + "\n\n";
    for (const auto& line : lines) {
        text += line.name + ": " + line.value + "\n";
    }
    return text;
}

Document producedPages(const std::string& title, const std::vector<NamedLine>& lines)
{
    Document document;
    document.title = title;
    document.blocks.emplace_back(Title{oneLine(title), ""});
    for (const auto& line : lines) {
        Text text{{oneLine(line.name) + "  ", {.bold = true}}};
        addValue(text, safeText(line.value));
        document.blocks.emplace_back(Paragraph{std::move(text)});
    }
    return document;
}

Document slipSheet(const std::string& title, const std::string& words)
{
    Document document;
    document.title = title;
    document.blocks.emplace_back(Title{oneLine(title), ""});
    document.blocks.emplace_back(Notice{plain(safeText(words)), true});
    return document;
}

} // namespace exhibit::report
