// SPDX-License-Identifier: Apache-2.0
// What others than the log's owner saw of it, and when.
#include "models/evidence/pack_checks.h"
#include "models/evidence/timestamp.h"

#include <fmt/format.h>

namespace exhibit::evidence {

bool PackChecks::coversEntries(std::uint64_t headSize) const
{
    const bool chained = !m_report.hasFailure("chain");
    bool covered = false;
    std::uint64_t after = 0;
    for (auto it = m_entries.rbegin(); it != m_entries.rend(); ++it) {
        const auto& [sequence, entry] = *it;
        const bool proven
            = entry.proven && sequence < headSize && m_joins.joined(entry.headSize, headSize);
        covered = proven || (covered && chained && sequence + 1 == after);
        after = sequence;
        if (!covered) {
            return false;
        }
    }
    return !m_entries.empty();
}

PackChecks::Seen PackChecks::seen(std::uint64_t headSize) const
{
    if (coversEntries(headSize)) {
        return {true, {}};
    }
    const bool small = !m_entries.empty() && m_entries.rbegin()->first >= headSize;
    return {false,
            small ? fmt::format("it covers entries below {} only", headSize)
                  : "no proof joins its head to those that the entries are proven under"};
}

void PackChecks::checkTime()
{
    if (!m_entries.empty()) {
        m_report.timeClaimed = m_entries.rbegin()->second.entry.time;
    }
    std::vector<Bytes> chain;
    for (const auto& name : m_pack.under("data/tsa/")) {
        if (const auto pem = m_pack.content(name)) {
            chain.emplace_back(pem->view());
        }
    }
    bool token = false;
    bool proven = false;
    std::vector<Check> open;
    for (const auto& name : m_pack.under("data/checkpoints/")) {
        if (name.ends_with(".tsr")) {
            token = true;
            proven = checkTimestamp(name, chain, open) || proven;
        }
    }
    if (!token) {
        m_report.notChecked(
            "time", m_report.timeClaimed, "no time stamp: the times are the server's own word");
    }
    // Where one stamp is over everything, others over less leave nothing open.
    for (auto& check : proven ? std::vector<Check>{} : open) {
        m_report.notChecked(check.id, check.subject, check.detail);
    }
}

bool PackChecks::checkTimestamp(const std::string& name,
                                const std::vector<Bytes>& chain,
                                std::vector<Check>& open)
{
    const auto response = m_pack.content(name);
    const auto note = m_pack.content(name.substr(0, name.size() - 3) + "note");
    const auto head
        = note ? parseSignedCheckpoint(note->view()) : tl::make_unexpected(note.error());
    if (!response || !head) {
        m_report.failed("time", name, "incomplete: there is no checkpoint of that size beside it");
        return false;
    }
    if (m_anchors.timestampAuthorities.empty()) {
        open.push_back({"time",
                        CheckResult::NotChecked,
                        name,
                        "no authority was named to check the time stamp with"});
        return false;
    }
    const auto time
        = verifyTimestamp(response->view(), note->view(), {m_anchors.timestampAuthorities, chain});
    if (!time) {
        m_report.failed("time", name, time.error().message);
        return false;
    }
    const std::string proven = formatTime(*time);
    const Seen what = seen(head->checkpoint.head.size);
    if (!what.covers) {
        open.push_back({"time",
                        CheckResult::NotChecked,
                        name,
                        fmt::format("the checkpoint existed at {}, but {}", proven, what.why)});
        return false;
    }
    // The earliest says most: by then the entries were there.
    if (!m_report.timeProven || proven < *m_report.timeProven) {
        m_report.timeProven = proven;
    }
    m_report.passed("time", name, "the checkpoint existed at " + proven);
    return true;
}

void PackChecks::checkWitnesses()
{
    if (m_anchors.witnesses.empty()) {
        return;
    }
    std::size_t witnessed = 0;
    std::string why = "no head is cosigned by a pinned witness";
    for (const auto& [bytes, kind] : m_judged) {
        const auto head = parseSignedCheckpoint(bytes);
        const auto by = head ? witnessesOf(*head, m_anchors) : tl::make_unexpected(head.error());
        if (!by) {
            m_report.failed("checkpoint", "", "the cosignature of a pinned witness does not fit");
            continue;
        }
        if (*by == 0) {
            continue;
        }
        const std::uint64_t size = head->checkpoint.head.size;
        const Seen what = seen(size);
        witnessed += what.covers ? 1 : 0;
        why = fmt::format("a pinned witness saw the head of size {}, but {}", size, what.why);
    }
    const std::string subject = fmt::format("{} of {} heads", witnessed, m_judged.size());
    if (witnessed > 0) {
        m_report.passed("trust", subject, "a pinned witness saw them: no other history was shown");
    } else {
        m_report.notChecked("trust", subject, why);
    }
}

} // namespace exhibit::evidence
