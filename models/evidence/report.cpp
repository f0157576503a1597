// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace exhibit::evidence {
namespace {

constexpr std::size_t kFailuresPerCheckMax = 100;

/// Subjects come from the file under suspicion.
std::string printable(std::string_view text)
{
    std::string safe;
    for (const char c : text.substr(0, 500)) {
        safe += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    }
    return isValidUtf8(safe) ? safe : "(not UTF-8)";
}

/// Of "seq 7 ...".
std::optional<std::uint64_t> sequenceIn(std::string_view subject)
{
    constexpr std::string_view kWord = "seq ";
    if (!subject.starts_with(kWord)) {
        return std::nullopt;
    }
    std::uint64_t sequence = 0;
    const auto read
        = std::from_chars(subject.data() + kWord.size(), subject.data() + subject.size(), sequence);
    return read.ec == std::errc() ? std::optional(sequence) : std::nullopt;
}

JsonArray laterLogsJson(const std::vector<LaterLog>& logs)
{
    const auto number
        = [](const std::optional<std::uint64_t>& value) { return value ? Json(*value) : Json(); };
    JsonArray list;
    for (const auto& log : logs) {
        list.push_back(JsonObject{{"origin", log.origin},
                                  {"previous", log.previous},
                                  {"cause", log.cause},
                                  {"opened_at", log.openedAt},
                                  {"signed_size", number(log.signedSize)},
                                  {"previous_size", number(log.previousSize)},
                                  {"pinned", log.pinned}});
    }
    return list;
}

} // namespace

void VerificationReport::passed(std::string id, std::string subject, std::string detail)
{
    checks.push_back({std::move(id), CheckResult::Passed, printable(subject), std::move(detail)});
}

void VerificationReport::failed(std::string id,
                                std::string subject,
                                std::string detail,
                                const std::string& file)
{
    noteBlame(id, subject, file);
    auto& failures = m_failures[id];
    ++failures.count;
    if (failures.count <= kFailuresPerCheckMax) {
        failures.lastDetail = printable(detail);
        checks.push_back(
            {std::move(id), CheckResult::Failed, printable(subject), failures.lastDetail});
        return;
    }
    const auto last = std::find_if(checks.rbegin(), checks.rend(), [&id](const Check& check) {
        return check.id == id && check.result == CheckResult::Failed;
    });
    if (last != checks.rend()) {
        last->detail = fmt::format(
            "{}; and {} more", failures.lastDetail, failures.count - kFailuresPerCheckMax);
    }
}

void VerificationReport::noteBlame(const std::string& id,
                                   const std::string& subject,
                                   const std::string& file)
{
    if (!file.empty()) {
        m_blame.files.insert(file);
        return;
    }
    const auto sequence = sequenceIn(subject);
    if (!sequence) {
        m_blame.files.insert(subject);
    } else if (id == "chain" && *sequence > 0) {
        // A chain that breaks at an entry says that the one before is not the recorded one.
        m_blame.entries.insert(*sequence - 1);
    } else if (id == "chain" || id == "inclusion") {
        m_blame.entries.insert(*sequence);
    }
}

void VerificationReport::notChecked(std::string id, std::string subject, std::string why)
{
    checks.push_back({std::move(id), CheckResult::NotChecked, printable(subject), printable(why)});
}

bool VerificationReport::hasFailure(std::string_view id) const
{
    return m_failures.contains(id);
}

bool VerificationReport::hasFailure() const
{
    return !m_failures.empty();
}

Answer answerOf(std::string_view checkId)
{
    if (checkId == "coverage") {
        return Answer::Coverage;
    }
    if (checkId == "checkpoint" || checkId == "pack-signature" || checkId == "certificate") {
        return Answer::Signer;
    }
    if (checkId == "trust") {
        return Answer::Trust;
    }
    return checkId == "time" ? Answer::Time : Answer::Integrity;
}

std::string endOfLog(const VerificationReport& report)
{
    for (const auto& log : report.laterLogs) {
        if (log.previous == report.origin && !report.origin.empty()) {
            return fmt::format("the log ended ({}) and goes on as {}{}",
                               log.cause.empty() ? "no cause is shown" : log.cause,
                               log.origin,
                               log.pinned ? "" : ", by a key that is not pinned");
        }
    }
    return {};
}

JsonObject reportJson(const std::string& file, const VerificationReport& report)
{
    JsonArray checks;
    for (const auto& check : report.checks) {
        checks.push_back(JsonObject{{"id", check.id},
                                    {"result", wireName(check.result)},
                                    {"answer", wireName(answerOf(check.id))},
                                    {"subject", check.subject},
                                    {"detail", check.detail}});
    }
    JsonObject time{{"claimed", nullptr}, {"proven", nullptr}};
    if (!report.timeClaimed.empty()) {
        time["claimed"] = report.timeClaimed;
    }
    if (report.timeProven) {
        time["proven"] = *report.timeProven;
    }
    JsonObject json{{"file", file},
                    {"verdict", wireName(report.verdict)},
                    {"checks", std::move(checks)},
                    {"disclosed", report.disclosed},
                    {"withheld", report.withheld},
                    {"erased", report.erased},
                    {"origin", report.origin},
                    {"tree_size", report.treeSize},
                    {"issuer", report.issuer},
                    {"time", std::move(time)}};
    if (!report.laterLogs.empty()) {
        json["later_logs"] = laterLogsJson(report.laterLogs);
    }
    return json;
}

int exitCodeOf(Verdict verdict)
{
    return verdict == Verdict::Valid ? 0 : verdict == Verdict::Unreadable ? 2 : 1;
}

} // namespace exhibit::evidence
