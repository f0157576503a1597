// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/log_opening.h"

#include "models/evidence/entry.h"
#include "models/evidence/field.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::evidence {
namespace {

std::string claim(const std::map<std::string, std::string, std::less<>>& claims,
                  std::string_view path)
{
    const auto found = claims.find(path);
    return found == claims.end() ? std::string() : found->second;
}

/// Of {"size": n, "root": hex}; nullopt when it is neither.
std::optional<TreeHead> endOf(const std::string& text)
{
    const auto json = parseJson(text);
    const Json* size = json ? findMember(*json, "size") : nullptr;
    const auto root = fromHex(json ? stringMember(*json, "root") : std::string_view("-"));
    TreeHead head;
    if (size == nullptr || !size->is_int64() || size->get_int64() < 0 || !root
        || root->size() != head.root.size()) {
        return std::nullopt;
    }
    head.size = static_cast<std::uint64_t>(size->get_int64());
    std::copy(root->begin(), root->end(), head.root.begin());
    return head;
}

std::string sentenceOf(const LaterLog& log)
{
    std::string text = fmt::format("it took over from {} ({})", log.previous, log.cause);
    if (log.signedSize) {
        text
            += fmt::format(", of which {} entries are under its last signed head", *log.signedSize);
    }
    if (log.previousSize && *log.previousSize > log.signedSize.value_or(0)) {
        text += fmt::format("; entries {} to {} were never signed",
                            log.signedSize.value_or(0),
                            *log.previousSize - 1);
    }
    return text;
}

} // namespace

void OpeningChecks::blame(const std::string& origin,
                          const std::string& why,
                          const std::string& place)
{
    m_report.failed("consistency", origin, why, place);
}

std::optional<SignerKind> OpeningChecks::signerOfOpening(const LogOpening& opening,
                                                         const std::string& place)
{
    const auto entry = parseEntry(opening.entry);
    const auto proof = parseTlogProof(opening.proof);
    const auto head
        = proof ? parseSignedCheckpoint(proof->checkpoint) : tl::make_unexpected(proof.error());
    if (!entry || !head) {
        blame("", entry ? head.error().message : entry.error().message, place);
        return std::nullopt;
    }
    if (entry->type != kOpeningEntry || entry->sequence != 0
        || entry->previous != genesisPrevious(entry->log)) {
        blame(entry->log, "it is not the first entry of a log", place);
        return std::nullopt;
    }
    const auto& [origin, tree] = head->checkpoint;
    if (origin != entry->log || proof->index != 0
        || !verifyInclusion(leafHash(opening.entry), 0, tree.size, tree.root, proof->hashes)) {
        blame(entry->log,
              "modified: its first entry is not in the tree under the signed root",
              place);
        return std::nullopt;
    }
    const auto known = m_heads.find({origin, tree.size});
    if (known != m_heads.end() && known->second != tree.root) {
        blame(entry->log, "equivocation: two signed heads of one size have different roots", place);
        return std::nullopt;
    }
    const auto signer = signerOf(*head, m_anchors, m_enclosed);
    if (signer == SignerKind::Forged) {
        blame(entry->log, "a signature of a known key does not fit", place);
        return std::nullopt;
    }
    return signer;
}

std::optional<OpeningChecks::Claims> OpeningChecks::claimsOf(const LogOpening& opening,
                                                             const std::string& place)
{
    const auto entry = parseEntry(opening.entry);
    Claims claims;
    for (const auto& file : opening.fields) {
        const auto field = parseField(file);
        const auto digest = entryHash(file);
        const bool committed = field && entry
            && std::any_of(entry->fields.begin(), entry->fields.end(), [&](const auto& listed) {
                                   return listed.path == field->path && listed.digest == digest;
                               });
        if (!committed) {
            blame(entry ? entry->log : "",
                  "modified: a field of its first entry is not what that committed to",
                  place);
            return std::nullopt;
        }
        if (const auto* text = field->value.if_string()) {
            claims[field->path] = std::string(*text);
        }
    }
    return claims;
}

std::string OpeningChecks::contradiction(const LaterLog& log, const Claims& claims) const
{
    std::vector<TreeHead> ends;
    const auto note = parseSignedCheckpoint(claim(claims, "/last_good_checkpoint"));
    if (note && note->checkpoint.origin != log.previous) {
        return "the last head that it names is of another log";
    }
    if (note) {
        ends.push_back(note->checkpoint.head);
    }
    if (const auto end = endOf(claim(claims, "/previous_head"))) {
        ends.push_back(*end);
    }
    for (const auto& [place, root] : m_heads) {
        for (const auto& end : ends) {
            if (place.first == log.previous && place.second == end.size && root != end.root) {
                return "equivocation: the log before it has another head of the size at which it "
                       "ended";
            }
        }
        if (place.first == log.previous && log.previousSize && place.second > *log.previousSize) {
            return fmt::format("a head of size {} is shown of a log that ended at {}",
                               place.second,
                               *log.previousSize);
        }
    }
    return {};
}

void OpeningChecks::check(const LogOpening& opening, const std::string& place)
{
    const auto signer = signerOfOpening(opening, place);
    const auto claims = signer ? claimsOf(opening, place) : std::nullopt;
    if (!claims) {
        return;
    }
    const auto entry = parseEntry(opening.entry);
    LaterLog log;
    log.origin = entry->log;
    log.openedAt = entry->time;
    log.cause = claim(*claims, "/cause");
    log.previous = claim(*claims, "/previous_origin");
    log.pinned = *signer == SignerKind::Pinned;
    if (log.previous.empty()) {
        m_report.notChecked(
            "consistency", log.origin, "its first entry does not show which log it took over from");
        m_report.laterLogs.push_back(std::move(log));
        return;
    }
    if (const auto note = parseSignedCheckpoint(claim(*claims, "/last_good_checkpoint"))) {
        log.signedSize = note->checkpoint.head.size;
    }
    if (const auto end = endOf(claim(*claims, "/previous_head"))) {
        log.previousSize = end->size;
    }
    if (const auto why = contradiction(log, *claims); !why.empty()) {
        blame(log.origin, why, place);
    } else if (log.pinned) {
        m_report.passed("consistency", log.origin, sentenceOf(log));
    } else {
        m_report.notChecked(
            "consistency", log.origin, "by a key that is not pinned: " + sentenceOf(log));
    }
    m_report.laterLogs.push_back(std::move(log));
}

} // namespace exhibit::evidence
