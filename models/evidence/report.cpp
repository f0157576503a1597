// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/report.h"

#include <algorithm>

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

} // namespace

void VerificationReport::passed(std::string id, std::string subject, std::string detail)
{
    checks.push_back({std::move(id), CheckResult::Passed, printable(subject), std::move(detail)});
}

void VerificationReport::failed(std::string id, std::string subject, std::string detail)
{
    const auto same = std::count_if(checks.begin(), checks.end(), [&](const Check& check) {
        return check.id == id && check.result == CheckResult::Failed;
    });
    if (static_cast<std::size_t>(same) < kFailuresPerCheckMax) {
        checks.push_back(
            {std::move(id), CheckResult::Failed, printable(subject), printable(detail)});
    }
}

void VerificationReport::notChecked(std::string id, std::string subject, std::string why)
{
    checks.push_back({std::move(id), CheckResult::NotChecked, printable(subject), printable(why)});
}

bool VerificationReport::hasFailure(std::string_view id) const
{
    return std::any_of(checks.begin(), checks.end(), [&](const Check& check) {
        return check.id == id && check.result == CheckResult::Failed;
    });
}

bool VerificationReport::hasFailure() const
{
    return std::any_of(checks.begin(), checks.end(), [](const Check& check) {
        return check.result == CheckResult::Failed;
    });
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
    return {{"file", file},
            {"verdict", wireName(report.verdict)},
            {"checks", std::move(checks)},
            {"disclosed", report.disclosed},
            {"withheld", report.withheld},
            {"erased", report.erased},
            {"origin", report.origin},
            {"tree_size", report.treeSize},
            {"issuer", report.issuer},
            {"time", std::move(time)}};
}

int exitCodeOf(Verdict verdict)
{
    return verdict == Verdict::Valid ? 0 : verdict == Verdict::Unreadable ? 2 : 1;
}

} // namespace exhibit::evidence
