// SPDX-License-Identifier: Apache-2.0
// Passages in records.
#include "models/report/passages.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace exhibit::report {
namespace {

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

/// Numbers and truth values as they are printed; a number may be written in another way, too.
std::vector<std::string> printedForms(const Json& scalar)
{
    std::vector<std::string> forms{printJson(scalar)};
    if (const auto* number = scalar.if_double()) {
        forms.push_back(fmt::format("{}", *number));
    }
    return forms;
}

} // namespace

/// All of it goes: what is left of a number would be another one.
Json Passages::replacedScalar(const Json& value) const
{
    std::set<std::size_t> standing;
    for (const auto& form : printedForms(value)) {
        for (const auto& range : m_finder.findWhole(form)) {
            standing.insert(range.passage);
        }
    }
    std::string marks;
    for (const auto passage : standing) {
        marks += m_marks[passage];
    }
    return marks.empty() ? value : Json(marks);
}

/// A passage may begin in what was released of a text and end in what was not, and so from one part
/// of a message to the next.
void Passages::markAcross(const JsonArray& before, JsonArray& shown) const
{
    std::map<std::pair<std::size_t, std::string_view>, Ranges> found;
    for (const bool sent : {false, true}) {
        const auto parts = partsOf(before, sent);
        const auto isOriginal = [](const auto& part) { return part.member == kOriginal; };
        if (parts.size() < 2 || (sent && std::none_of(parts.begin(), parts.end(), isOriginal))) {
            break;
        }
        std::vector<std::string_view> texts;
        for (const auto& part : parts) {
            texts.push_back(part.text);
        }
        auto ranges = across(texts);
        for (std::size_t i = 0; i < parts.size(); ++i) {
            auto& all = found[{parts[i].element, parts[i].member}];
            all.insert(all.end(), ranges[i].begin(), ranges[i].end());
        }
    }
    for (const auto& [place, ranges] : found) {
        const auto& [index, member] = place;
        const Json& element = before[index];
        const std::string_view text = member.empty() ? std::string_view(element.get_string())
                                                     : stringMember(element, member);
        auto all = rangesIn(text);
        all.insert(all.end(), ranges.begin(), ranges.end());
        (member.empty() ? shown[index] : shown[index].as_object()[member])
            = marked(text, std::move(all));
    }
}

Json Passages::replaced(const Json& value, Place place, std::string_view name) const
{
    if (const auto* string = value.if_string()) {
        return Json(isText(place, name) ? text(*string) : this->name(*string));
    }
    if (const auto* array = value.if_array()) {
        JsonArray all;
        for (const auto& element : *array) {
            all.push_back(replaced(element, place, name));
        }
        if (place != Place::Record && isText(place, name)) {
            markAcross(*array, all);
        }
        return all;
    }
    if (const auto* object = value.if_object()) {
        redaction::FreeNames names;
        JsonObject all;
        for (const auto& [inner, member] : *object) {
            const bool ours = place == Place::Record;
            all.emplace(names.take(ours ? std::string(inner) : this->name(inner)),
                        replaced(member, placeBelow(place, inner), inner));
        }
        return all;
    }
    return place == Place::Said && !value.is_null() ? replacedScalar(value) : value;
}

Json Passages::json(const Json& record) const
{
    return none() ? record : replaced(record, Place::Record, {});
}

std::map<std::size_t, std::int64_t> Passages::marksIn(const Json& value) const
{
    std::map<std::size_t, std::int64_t> marks;
    forEachText(value, [&](std::string_view text) {
        for (std::size_t i = 0; i < m_passages.size(); ++i) {
            const auto& sign = m_marks[i];
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
        for (const auto& range : m_finder.findWhole(text)) {
            standing.insert(range.passage);
        }
    });
    return standing;
}

/// Whether as many were found in what went out as in what the provider sent; fewer are where
/// nothing of the passage stays beside what was replaced.
bool Passages::isTold(std::size_t passage, std::int64_t sent, std::int64_t out) const
{
    const bool stays = std::all_of(m_live.begin(), m_live.end(), [&](const auto& pack) {
        return m_finder.staysWhereRedacted(passage, pack);
    });
    return sent == out || (!stays && sent > out);
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
    const Json* original = findMember(marked, kOriginal);
    const Json* released = findMember(marked, "released");
    if (original != nullptr && released != nullptr) {
        auto sent = marksIn(*original);
        auto out = marksIn(*released);
        for (std::size_t i = 0; i < size(); ++i) {
            if (!isTold(i, sent[i], out[i])) {
                return i;
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
