// SPDX-License-Identifier: Apache-2.0
#include "models/report/redaction.h"

namespace exhibit::report {

Result<ExportRedaction> ExportRedaction::make(bool on)
{
    ExportRedaction redaction;
    redaction.m_on = on;
    if (on) {
        EXHIBIT_TRY(redaction.m_pack, redaction::shippedPack());
    }
    return redaction;
}

std::string ExportRedaction::text(std::string_view text) const
{
    return m_on ? scan::redacted(m_pack.pack, text) : std::string(text);
}

void ExportRedaction::apply(std::string& text) const
{
    if (m_on) {
        text = scan::redacted(m_pack.pack, text);
    }
}

Json ExportRedaction::json(const Json& value) const
{
    return m_on ? redaction::redacted(m_pack.pack, value) : value;
}

bool ExportRedaction::concerns(const Json& value) const
{
    return m_on && json(value) != value;
}

std::vector<scan::MatchRun> ExportRedaction::runsIn(std::string_view text) const
{
    if (!m_on) {
        return {};
    }
    scan::Redactor redactor(m_pack.pack);
    std::string scratch;
    redactor.feed(text, scratch);
    redactor.finish(scratch);
    return redactor.takeRuns();
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
