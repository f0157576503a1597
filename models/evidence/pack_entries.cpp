// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/field.h"
#include "models/evidence/keys.h"
#include "models/evidence/pack_checks.h"

#include "models/base/limits.h"

#include <fmt/format.h>

namespace exhibit::evidence {
namespace {

constexpr std::size_t kClaimBytesMax = 4096;

std::string atField(std::uint64_t sequence, const std::string& path)
{
    return fmt::format("seq {} {}", sequence, path);
}

} // namespace

void PackChecks::loadEntries()
{
    for (const auto& name : m_pack.under("data/entries/")) {
        const auto content = m_pack.content(name);
        const auto entry
            = content ? parseEntry(content->view()) : tl::make_unexpected(content.error());
        if (!entry) {
            m_report.failed("chain", name, entry.error().message);
            continue;
        }
        if (name != entryPath(entry->sequence)) {
            m_report.failed("chain", name, "the entry has another sequence number than its name");
            continue;
        }
        if (m_report.origin.empty()) {
            m_report.origin = entry->log;
        } else if (entry->log != m_report.origin) {
            m_report.failed("chain", name, "the entry is of another log");
            continue;
        }
        m_entries.emplace(
            entry->sequence,
            PackEntry{*entry, entryHash(content->view()), leafHash(content->view()), false});
    }
    if (m_entries.empty() && !m_report.hasFailure("chain")) {
        m_report.failed("chain", "", "the pack holds no entry");
    }
}

void PackChecks::checkFields()
{
    std::set<std::string> known;
    for (const auto& [sequence, entry] : m_entries) {
        for (std::size_t i = 0; i < entry.entry.fields.size(); ++i) {
            if (m_pack.has(fieldPath(sequence, i))) {
                known.insert(fieldPath(sequence, i));
                known.insert(blobPath(sequence, i));
                if (checkField(entry, i)) {
                    m_disclosed.emplace(sequence, entry.entry.fields[i].path);
                }
            }
        }
    }
    for (const auto& name : m_pack.under("data/fields/")) {
        if (!known.contains(name)) {
            m_report.failed("fields", name, "it belongs to no field of an entry in the pack");
        }
    }
    m_report.disclosed = m_disclosed.size();
    if (!m_report.hasFailure("fields")) {
        m_report.passed("fields",
                        fmt::format("{} fields", m_disclosed.size()),
                        "each is what its entry committed to");
    }
}

bool PackChecks::checkField(const PackEntry& entry, std::size_t position)
{
    const auto& commitment = entry.entry.fields[position];
    const std::string subject = atField(entry.entry.sequence, commitment.path);
    const std::string file = fieldPath(entry.entry.sequence, position);
    const auto content = m_pack.content(file);
    if (!content || entryHash(content->view()) != commitment.digest) {
        m_report.failed(
            "fields", subject, "modified: its bytes are not what the entry committed to", file);
        return false;
    }
    const auto field = parseField(content->view());
    if (!field) {
        m_report.failed("fields", subject, field.error().message, file);
        return false;
    }
    if (field->path != commitment.path) {
        m_report.failed("fields", subject, "the file is of another field: " + field->path, file);
        return false;
    }
    if (content->view().size() <= kClaimBytesMax) {
        m_claims.emplace(std::pair(entry.entry.sequence, field->path), field->value);
    }
    if (entry.entry.type == kErasureEntry && field->path == kErasureDetails) {
        const auto* details = field->value.if_string();
        auto erased = details ? parseErasedFields(*details) : std::nullopt;
        if (erased) {
            std::sort(erased->begin(), erased->end());
            m_erasures.emplace(entry.entry.sequence, *std::move(erased));
        }
    }
    checkBlob(entry, position, field->value, field->salt);
    return true;
}

void PackChecks::checkBlob(const PackEntry& entry,
                           std::size_t position,
                           const Json& value,
                           BytesView salt)
{
    const auto reference = blobReference(value);
    const std::string name = blobPath(entry.entry.sequence, position);
    const auto blob = m_pack.content(name);
    if (!reference) {
        if (blob) {
            m_report.failed("fields", name, "a blob beside a field that names none");
        }
        return;
    }
    if (!blob) {
        m_report.failed("fields", name, "incomplete: the blob of a disclosed field is missing");
        return;
    }
    if (blob->view().size() != reference->size
        || hmacSha256(salt, blob->view()) != reference->hmac) {
        m_report.failed("fields", name, "modified: the blob is not what the entry committed to");
    }
}

void PackChecks::checkCoverage()
{
    const auto text = m_pack.content("data/redactions.json");
    const auto redactions
        = text ? parseRedactions(text->view()) : Result<std::vector<Redaction>>({});
    if (!redactions) {
        m_report.failed("coverage", "data/redactions.json", redactions.error().message);
        return;
    }
    std::map<std::pair<std::uint64_t, std::string>, const Redaction*> listed;
    for (const auto& redaction : *redactions) {
        const std::string subject = atField(redaction.sequence, redaction.path);
        if (!listed.emplace(std::pair(redaction.sequence, redaction.path), &redaction).second) {
            m_report.failed("coverage", subject, "listed twice as not shown");
        }
        if (m_disclosed.contains({redaction.sequence, redaction.path})) {
            m_report.failed("coverage", subject, "both shown and listed as not shown");
        }
        (redaction.erasedBy ? m_report.erased : m_report.withheld) += 1;
    }
    std::size_t accounted = 0;
    for (const auto& [sequence, entry] : m_entries) {
        for (const auto& field : entry.entry.fields) {
            const auto found = listed.find({sequence, field.path});
            const bool fits = found != listed.end() && found->second->digest == field.digest;
            if (!fits && !m_disclosed.contains({sequence, field.path})) {
                m_report.failed("coverage",
                                atField(sequence, field.path),
                                "incomplete: neither shown nor listed as withheld or erased");
            }
            accounted += fits ? 1 : 0;
        }
    }
    if (accounted != listed.size()) {
        m_report.failed("coverage", "data/redactions.json", "it lists fields that no entry has");
    }
    const std::size_t open = checkErasures(*redactions);
    if (m_report.hasFailure("coverage")) {
        return;
    }
    const std::string subject = fmt::format(
        "{} shown, {} withheld, {} erased", m_report.disclosed, m_report.withheld, m_report.erased);
    if (open > 0) {
        m_report.notChecked(
            "coverage",
            subject,
            fmt::format("of {} fields no entry in the pack shows that they were erased", open));
    } else {
        m_report.passed(
            "coverage", subject, "together they are every field of every entry in the pack");
    }
}

std::size_t PackChecks::checkErasures(const std::vector<Redaction>& redactions)
{
    std::size_t open = 0;
    for (const auto& redaction : redactions) {
        if (!redaction.erasedBy) {
            continue;
        }
        const std::uint64_t by = *redaction.erasedBy;
        const std::string subject = atField(redaction.sequence, redaction.path);
        const auto entry = m_entries.find(by);
        const auto named = m_erasures.find(by);
        if (by <= redaction.sequence
            || (entry != m_entries.end() && entry->second.entry.type != kErasureEntry)) {
            m_report.failed("coverage", subject, fmt::format("entry {} erased nothing of it", by));
        } else if (entry == m_entries.end() || named == m_erasures.end()) {
            ++open;
        } else if (!std::binary_search(
                       named->second.begin(),
                       named->second.end(),
                       ErasedField{redaction.sequence, redaction.path, redaction.digest})) {
            m_report.failed("coverage",
                            subject,
                            fmt::format("entry {} does not say that it erased this field", by));
        }
    }
    return open;
}

void PackChecks::checkChain()
{
    if (m_entries.empty()) {
        return;
    }
    const std::uint64_t first = m_entries.begin()->first;
    const std::uint64_t last = m_entries.rbegin()->first;
    m_contiguous = last - first + 1 == m_entries.size();
    const std::string subject = fmt::format("seq {}..{}", first, last);
    if (!m_contiguous && m_entries.size() <= limits::kPackRangeMax
        && last - first < limits::kPackRangeMax) {
        m_report.failed("chain", subject, "incomplete: entries of the range are missing");
        return;
    }
    const PackEntry* before = nullptr;
    for (const auto& [sequence, entry] : m_entries) {
        if (sequence == 0 && entry.entry.previous != genesisPrevious(entry.entry.log)) {
            m_report.failed("chain", "seq 0", "its prev is not that of a first entry");
        }
        const bool follows = before != nullptr && before->entry.sequence + 1 == sequence;
        if (follows && entry.entry.previous != before->hash) {
            m_report.failed(
                "chain",
                fmt::format("seq {}", sequence),
                fmt::format("modified: its prev is not the hash of entry {}", sequence - 1));
        }
        before = &entry;
    }
    if (m_report.hasFailure("chain")) {
        return;
    }
    if (!m_contiguous) {
        m_report.notChecked(
            "chain", subject, "more than 1,000 entries: those in scope alone, each with a proof");
        return;
    }
    m_report.passed("chain", subject, "each entry names the hash of the one before it");
}

} // namespace exhibit::evidence
