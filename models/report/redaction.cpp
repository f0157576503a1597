// SPDX-License-Identifier: Apache-2.0
#include "models/report/redaction.h"

#include <algorithm>

namespace exhibit::report {

Result<ExportRedaction> ExportRedaction::make(bool on, std::vector<std::string> kept)
{
    ExportRedaction redaction;
    redaction.m_on = on;
    redaction.m_kept = std::move(kept);
    if (on) {
        EXHIBIT_TRY(redaction.m_pack, redaction::shippedPack());
    }
    return redaction;
}

/// Bytes of the kept text that begins there, or 0.
std::size_t ExportRedaction::keptAt(std::string_view rest) const
{
    const auto found = std::find_if(
        m_kept.begin(), m_kept.end(), [rest](const auto& kept) { return rest.starts_with(kept); });
    return found == m_kept.end() ? 0 : found->size();
}

/// In their order: texts between kept ones, with where they begin, and those.
template <class Between, class Kept>
void ExportRedaction::divide(std::string_view text, const Between& between, const Kept& kept) const
{
    std::size_t begin = 0;
    for (auto at = m_kept.empty() ? text.npos : text.find('['); at != text.npos;) {
        const auto bytes = keptAt(text.substr(at));
        if (bytes > 0) {
            between(begin, text.substr(begin, at - begin));
            kept(text.substr(at, bytes));
            begin = at + bytes;
        }
        at = text.find('[', at + std::max<std::size_t>(bytes, 1));
    }
    between(begin, text.substr(begin));
}

std::string ExportRedaction::text(std::string_view text) const
{
    if (!m_on) {
        return std::string(text);
    }
    std::string out;
    divide(
        text,
        [&](std::size_t, std::string_view part) { out += scan::redacted(m_pack.pack, part); },
        [&](std::string_view kept) { out += kept; });
    return out;
}

void ExportRedaction::apply(std::string& text) const
{
    if (m_on) {
        text = this->text(text);
    }
}

Json ExportRedaction::json(const Json& value) const
{
    return m_on ? redaction::rewritten(
               value, [this](std::string_view string) { return this->text(string); })
                : value;
}

bool ExportRedaction::concerns(const Json& value) const
{
    return m_on && json(value) != value;
}

std::vector<scan::MatchRun> ExportRedaction::runsIn(std::string_view text) const
{
    std::vector<scan::MatchRun> runs;
    if (!m_on) {
        return runs;
    }
    const auto find = [&](std::size_t begin, std::string_view part) {
        scan::Redactor redactor(m_pack.pack);
        std::string scratch;
        redactor.feed(part, scratch);
        redactor.finish(scratch);
        for (auto run : redactor.takeRuns()) {
            run.begin += begin;
            run.end += begin;
            run.start += begin;
            runs.push_back(run);
        }
    };
    divide(text, find, [](std::string_view) {});
    return runs;
}

std::map<std::string, std::int64_t> ExportRedaction::kindsIn(const Json& value) const
{
    std::map<std::string, std::int64_t> kinds;
    if (m_on) {
        count(value, kinds);
    }
    return kinds;
}

void ExportRedaction::count(const Json& value, std::map<std::string, std::int64_t>& kinds) const
{
    if (const auto* string = value.if_string()) {
        for (const auto& run : runsIn(*string)) {
            ++kinds[m_pack.types[run.pattern]];
        }
    } else if (const auto* array = value.if_array()) {
        for (const auto& element : *array) {
            count(element, kinds);
        }
    } else if (const auto* object = value.if_object()) {
        for (const auto& [name, member] : *object) {
            count(Json(name), kinds);
            count(member, kinds);
        }
    }
}

} // namespace exhibit::report
