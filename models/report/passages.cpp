// SPDX-License-Identifier: Apache-2.0
#include "models/report/passages.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::report {
namespace {

std::vector<std::string> textsOf(const std::vector<RedactedPassage>& passages)
{
    std::vector<std::string> texts;
    for (const auto& passage : passages) {
        texts.push_back(passage.text);
    }
    return texts;
}

const boost::json::string* stringIn(const JsonObject& object, std::string_view name)
{
    const auto found = object.find(name);
    return found == object.end() ? nullptr : found->value().if_string();
}

/// Two names may read the same once passages are out of them; neither goes.
std::string freeName(const JsonObject& object, const std::string& name)
{
    std::string free = name;
    for (int i = 2; object.contains(free); ++i) {
        free = fmt::format("{} ({})", name, i);
    }
    return free;
}

/// Strings, and names of members.
template <class Take>
void forEachText(const Json& value, const Take& take)
{
    if (const auto* string = value.if_string()) {
        take(*string);
    } else if (const auto* array = value.if_array()) {
        for (const auto& element : *array) {
            forEachText(element, take);
        }
    } else if (const auto* object = value.if_object()) {
        for (const auto& [name, member] : *object) {
            take(name);
            forEachText(member, take);
        }
    }
}

} // namespace

Passages::Passages(const std::vector<RedactedPassage>& passages, ExportRedaction redaction)
    : m_passages(passages)
    , m_redaction(std::move(redaction))
    , m_finder(textsOf(passages))
{
}

void Passages::addLiveRedaction(const scan::RedactionPack& pack)
{
    m_finder.addRedaction(pack);
    m_live.push_back(pack);
}

std::string Passages::mark(std::size_t index) const
{
    return fmt::format("[REDACTED {}: {}]", index + 1, m_passages[index].basis);
}

std::vector<PassageRange> Passages::rangesIn(std::string_view text) const
{
    auto ranges = m_finder.find(text);
    if (ranges.empty()) {
        return ranges;
    }
    // Without the passage nobody would know the rest of it any more.
    for (const auto& run : m_redaction.runsIn(text)) {
        for (auto& range : ranges) {
            if (run.begin < range.end && range.begin < run.end) {
                range.begin = std::min(range.begin, run.begin);
                range.end = std::max(range.end, run.end);
            }
        }
    }
    return ranges;
}

std::string Passages::marked(std::string_view text, std::vector<PassageRange> ranges) const
{
    std::sort(ranges.begin(), ranges.end(), [](const auto& one, const auto& other) {
        return one.begin < other.begin;
    });
    std::string out;
    std::size_t at = 0;
    for (std::size_t i = 0; i < ranges.size();) {
        const std::size_t begin = ranges[i].begin;
        std::size_t end = ranges[i].end;
        std::set<std::size_t> passages;
        for (; i < ranges.size() && (ranges[i].begin < end || ranges[i].begin == begin); ++i) {
            end = std::max(end, ranges[i].end);
            passages.insert(ranges[i].passage);
        }
        out += text.substr(at, begin - at);
        for (const auto passage : passages) {
            out += mark(passage);
        }
        at = end;
    }
    return out.append(text.substr(at));
}

std::string Passages::text(std::string_view text) const
{
    return marked(text, rangesIn(text));
}

/// A passage may begin in what was released of a text and end in what was not.
void Passages::markSeam(const JsonObject& before, JsonObject& shown) const
{
    const auto* withheld = stringIn(before, "withheld");
    if (withheld == nullptr || withheld->empty()) {
        return;
    }
    for (const char* name : {"released", "original"}) {
        const auto* released = stringIn(before, name);
        if (released == nullptr) {
            continue;
        }
        const std::size_t seam = released->size();
        std::vector<PassageRange> front;
        std::vector<PassageRange> back;
        for (const auto& range : rangesIn(std::string(*released) + std::string(*withheld))) {
            if (range.begin < seam) {
                front.push_back({range.begin, std::min(range.end, seam), range.passage});
            }
            if (range.end > seam) {
                back.push_back(
                    {std::max(range.begin, seam) - seam, range.end - seam, range.passage});
            }
        }
        for (const auto& range : rangesIn(*released)) { // It was cut, too.
            front.push_back(range);
        }
        for (const auto& range : rangesIn(*withheld)) {
            back.push_back(range);
        }
        shown[name] = marked(*released, std::move(front));
        shown["withheld"] = marked(*withheld, std::move(back));
    }
}

Json Passages::replaced(const Json& value, bool recorded) const
{
    if (const auto* string = value.if_string()) {
        return Json(text(*string));
    }
    if (const auto* array = value.if_array()) {
        JsonArray all;
        for (const auto& element : *array) {
            all.push_back(replaced(element, recorded));
        }
        return all;
    }
    if (const auto* object = value.if_object()) {
        JsonObject all;
        for (const auto& [name, member] : *object) {
            const bool free = name == "data" || name == "metadata";
            const std::string shown = recorded ? freeName(all, text(name)) : std::string(name);
            all.insert_or_assign(shown, replaced(member, recorded || free));
        }
        if (recorded) {
            markSeam(*object, all);
        }
        return all;
    }
    return value;
}

Json Passages::json(const Json& value) const
{
    return none() ? value : replaced(value, false);
}

std::map<std::size_t, std::int64_t> Passages::marksIn(const Json& value) const
{
    std::map<std::size_t, std::int64_t> marks;
    forEachText(value, [&](std::string_view text) {
        for (std::size_t i = 0; i < m_passages.size(); ++i) {
            const std::string sign = mark(i);
            for (auto at = text.find(sign); at != text.npos; at = text.find(sign, at + 1)) {
                ++marks[i];
            }
        }
    });
    return marks;
}

std::set<std::size_t> Passages::standingIn(const Json& value) const
{
    std::set<std::size_t> standing;
    forEachText(value, [&](std::string_view text) {
        for (const auto& range : m_finder.findAll(text)) {
            standing.insert(range.passage);
        }
    });
    return standing;
}

std::optional<std::size_t> Passages::untold(const Json& marked) const
{
    if (const auto* array = marked.if_array()) {
        for (const auto& element : *array) {
            if (const auto passage = untold(element)) {
                return passage;
            }
        }
    }
    const auto* object = marked.if_object();
    if (object == nullptr) {
        return std::nullopt;
    }
    const auto* original = stringIn(*object, "original");
    const auto* released = stringIn(*object, "released");
    if (original != nullptr && released != nullptr) {
        const auto shown = marksIn(Json(*released));
        for (const auto& [passage, times] : marksIn(Json(*original))) {
            const auto found = shown.find(passage);
            const bool stays = std::all_of(m_live.begin(), m_live.end(), [&](const auto& pack) {
                return m_finder.staysWhereRedacted(passage, pack);
            });
            if (stays && times != (found == shown.end() ? 0 : found->second)) {
                return passage;
            }
        }
    }
    for (const auto& [name, member] : *object) {
        if (const auto passage = untold(member)) {
            return passage;
        }
    }
    return std::nullopt;
}

} // namespace exhibit::report
