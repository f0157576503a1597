// SPDX-License-Identifier: Apache-2.0
// The draft under Article 73 as JSON: its days can be counted again, its pack is elsewhere.
#include "models/base/base64.h"
#include "models/report/art73.h"
#include "models/report/bundle_agreement.h"

#include <algorithm>

namespace exhibit::report {
namespace {

/// The day that applies; the shortest of all while nobody said which does.
std::optional<std::string> dueOf(const Art73Bundle& bundle)
{
    std::optional<std::string> due;
    for (const auto& deadline : bundle.deadlines) {
        const bool counts = bundle.circumstance ? deadline.applies : deadline.due < due || !due;
        due = counts ? deadline.due : due;
    }
    return due;
}

void compareDeadlines(const Art73Bundle& bundle, Agreement& agreement)
{
    bool known = !bundle.circumstance;
    for (const auto& deadline : bundle.deadlines) {
        const std::string at = "/deadlines, " + deadline.id;
        agreement.expect(deadline.days >= 0 && deadline.days <= kDeadlineDaysMax,
                         at,
                         "no deadline has so many days");
        const auto due
            = bundle.awarenessAt ? dueDay(*bundle.awarenessAt, deadline.days) : std::nullopt;
        agreement.expect(
            deadline.due == due, at, "its last day is not the one counted from the awareness");
        agreement.expect(deadline.applies == (bundle.circumstance == deadline.id),
                         at,
                         "whether it applies is not what the circumstance says");
        known = known || deadline.applies;
    }
    agreement.expect(known, "/circumstance", "no deadline is of that name");
    agreement.expect(bundle.due == dueOf(bundle), "/due", "it is not the day of the deadlines");
}

} // namespace

void checkArt73Bundle(const Json& json, evidence::VerificationReport& report)
{
    const auto bundle = readBundleOf<Art73Bundle>(json, report);
    if (!bundle) {
        return;
    }
    Agreement agreement("content", report);
    compareDeadlines(*bundle, agreement);
    for (const auto& field : bundle->fields) {
        agreement.expect((field.origin == "open") == !field.value,
                         "/fields, " + field.id,
                         "it is open and has a value, or neither");
    }
    const auto root = fromBase64(bundle->root);
    agreement.expect(bundle->firstEntry >= 0 && bundle->firstEntry <= bundle->lastEntry
                         && bundle->lastEntry < bundle->treeSize && root
                         && root->size() == Digest().size(),
                     "/tree_size",
                     "the entries it names are not below a head of that size");
    agreement.conclude("its days are counted right, and what is open says so");
    report.notChecked("inclusion",
                      "pack " + toHex(asView(bundle->packSha256)),
                      "the pack that it is about is not in the file: what was recorded, and the "
                      "log, show there");
    noteUnsigned(formatTime(bundle->createdAt), report);
}

} // namespace exhibit::report
