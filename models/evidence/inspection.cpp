// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/inspection.h"

#include "models/base/sha256.h"
#include "models/evidence/entry.h"
#include "models/evidence/verifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace exhibit::evidence {
namespace {

std::string sentence(const Check& check)
{
    if (check.id == "time" && !check.subject.empty() && check.result != CheckResult::Failed) {
        return fmt::format("{}; claimed {}", check.detail, check.subject);
    }
    return check.subject.empty() ? check.detail : check.subject + ": " + check.detail;
}

/// The absence of a part that a pack need not have leaves nothing open.
bool leavesOpen(const Check& check)
{
    return check.result == CheckResult::NotChecked
        && !(check.subject.empty()
             && (check.id == "certificate" || check.id == "report" || check.id == "consistency"));
}

AnswerSummary summaryOf(const VerificationReport& report, Answer answer)
{
    constexpr std::size_t kShown = 2;
    std::vector<const Check*> failed;
    std::vector<const Check*> open;
    std::vector<const Check*> good;
    for (const auto& check : report.checks) {
        if (answerOf(check.id) == answer) {
            (check.result == CheckResult::Failed       ? failed
                 : check.result == CheckResult::Passed ? good
                                                       : open)
                .push_back(&check);
        }
    }
    AnswerSummary summary{answer, CheckResult::NotChecked, {}};
    const bool isOpen = std::any_of(
        open.begin(), open.end(), [](const Check* check) { return leavesOpen(*check); });
    if (isOpen) {
        std::erase_if(open, [](const Check* check) { return !leavesOpen(*check); });
    }
    if (!failed.empty()) {
        summary.result = CheckResult::Failed;
    } else if (!good.empty() && !isOpen) {
        summary.result = CheckResult::Passed;
    }
    const auto& told = !failed.empty()          ? failed
        : summary.result == CheckResult::Passed ? good
                                                : open;
    for (std::size_t i = 0; i < std::min(told.size(), kShown); ++i) {
        summary.reason += (i > 0 ? "; " : "") + sentence(*told[i]);
    }
    if (told.size() > kShown) {
        summary.reason += fmt::format("; and {} more", told.size() - kShown);
    }
    if (const auto end = endOfLog(report); answer == Answer::Integrity && !end.empty()) {
        summary.reason += (summary.reason.empty() ? "" : "; ") + end;
    }
    if (summary.reason.empty()) {
        summary.reason = report.verdict == Verdict::Unreadable
            ? "nothing inside was believed"
            : "nothing in the file can answer it";
    }
    return summary;
}

/// Entries are small; of a pack with very many those behind this sum are listed without bytes.
constexpr std::size_t kShownBytesMax = 16 * 1024 * 1024;

std::optional<InclusionPath> pathOf(const Pack& pack, std::uint64_t sequence, BytesView entry)
{
    const auto content = pack.content(proofPath(sequence));
    auto path
        = content ? inclusionPath(entry, content->view()) : tl::make_unexpected(content.error());
    return path ? std::optional(*std::move(path)) : std::nullopt;
}

void listEntries(const Pack& pack, const Blame& blame, Inspection& into)
{
    std::size_t shown = 0;
    for (const auto& name : pack.under("data/entries/")) {
        const auto content = pack.content(name);
        const auto entry
            = content ? parseEntry(content->view()) : tl::make_unexpected(content.error());
        if (!entry) {
            continue; // The report says so.
        }
        const bool bad = blame.files.contains(name) || blame.entries.contains(entry->sequence);
        into.entries.push_back({entry->sequence,
                                entry->type,
                                bad ? std::string() : entry->time,
                                bad ? CheckResult::Failed : CheckResult::Passed,
                                {},
                                pathOf(pack, entry->sequence, content->view())});
        shown += content->view().size();
        if (shown <= kShownBytesMax) {
            const auto bytes = content->view();
            into.entries.back().bytes.assign(bytes.begin(), bytes.end());
        }
        if (into.entries.size() == 1 && !bad) {
            into.digests.push_back({fmt::format("Entry seq {}", entry->sequence),
                                    toHex(asView(entryHash(content->view())))});
        }
    }
}

void listPack(const Pack& pack, Inspection& into)
{
    into.folder = pack.folder();
    const Blame& blame = into.report.blame();
    std::set<std::string> entries;
    for (const auto sequence : blame.entries) {
        entries.insert(entryPath(sequence));
    }
    for (const auto& name : pack.names()) {
        const bool bad = blame.files.contains(name) || entries.contains(name);
        into.files.push_back(
            {name, pack.size(name), bad ? CheckResult::Failed : CheckResult::Passed});
    }
    if (const auto manifest = pack.content(std::string(kTagManifest))) {
        into.digests.push_back({"Tag manifest", toHex(asView(sha256(manifest->view())))});
    }
    if (const auto text = pack.content("data/redactions.json")) {
        if (auto redactions = parseRedactions(text->view())) {
            into.withheld = *std::move(redactions);
        }
    }
    listEntries(pack, blame, into);
}

} // namespace

std::array<AnswerSummary, 5> answersOf(const VerificationReport& report)
{
    return {summaryOf(report, Answer::Integrity),
            summaryOf(report, Answer::Coverage),
            summaryOf(report, Answer::Signer),
            summaryOf(report, Answer::Trust),
            summaryOf(report, Answer::Time)};
}

std::string firstBlamed(const Inspection& inspection)
{
    for (const auto& entry : inspection.entries) {
        if (entry.result == CheckResult::Failed) {
            return fmt::format("entry seq {}", entry.sequence);
        }
    }
    for (const auto& check : inspection.report.checks) {
        if (check.result == CheckResult::Failed && !check.subject.empty()) {
            return check.subject;
        }
    }
    return {};
}

Inspection inspectFile(BytesView bytes, const TrustAnchors& anchors)
{
    Inspection inspection;
    inspection.report = verifyFile(bytes, anchors);
    inspection.size = bytes.size();
    inspection.digests.push_back({"File", toHex(asView(sha256(bytes)))});
    if (inspection.report.verdict != Verdict::Unreadable) {
        if (const auto pack = Pack::open(bytes)) {
            listPack(*pack, inspection);
        }
    }
    return inspection;
}

} // namespace exhibit::evidence
