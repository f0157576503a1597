// SPDX-License-Identifier: Apache-2.0
// The bytes of calls, against the digests that the entries of the calls show.
#include "models/base/base64.h"
#include "models/evidence/call_bytes.h"
#include "models/evidence/field.h"
#include "models/evidence/pack_checks.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::evidence {
namespace {

std::string atPart(std::uint64_t sequence, const CallPart& part)
{
    return fmt::format("seq {} {}", sequence, part.path);
}

} // namespace

void PackChecks::checkCalls()
{
    std::map<std::string, std::uint64_t> known;
    for (const auto& [sequence, entry] : m_entries) {
        if (entry.entry.type == kCallEntry) {
            known.emplace(callPath(sequence, kCallPieces), sequence);
            for (const auto& part : kCallParts) {
                known.emplace(callPath(sequence, part.file), sequence);
            }
        }
    }
    std::set<std::uint64_t> calls;
    for (const auto& name : m_pack.under(kCallsFolder)) {
        if (const auto found = known.find(name); found != known.end()) {
            calls.insert(found->second);
        } else {
            m_report.failed("fields", name, "it belongs to no call with an entry in the pack");
        }
    }
    for (const auto sequence : calls) {
        checkCall(sequence);
    }
    if (!calls.empty() && !m_report.hasFailure("fields")) {
        m_report.passed("fields",
                        fmt::format("the bytes of {} calls", calls.size()),
                        "requests and answers are what the entries of the calls committed to");
    }
}

void PackChecks::checkCall(std::uint64_t sequence)
{
    const std::string list = callPath(sequence, kCallPieces);
    const auto text = m_pack.content(list);
    const auto pieces = text ? parseCallPieces(text->view()) : tl::make_unexpected(text.error());
    if (!pieces) {
        m_report.failed("fields",
                        fmt::format("seq {} pieces", sequence),
                        text ? pieces.error().message
                             : "incomplete: bytes of a call without the list of their pieces",
                        list);
        return;
    }
    bool fits = true;
    for (const auto& part : kCallParts) {
        fits = checkCallPart(sequence, part, *pieces) && fits;
    }
    if (fits) { // Of other bytes the times say nothing.
        checkCallTimes(sequence, *pieces, list);
    }
}

/// Entries from before the times were committed to say nothing of them.
void PackChecks::checkCallTimes(std::uint64_t sequence,
                                const CallPieces& pieces,
                                const std::string& list)
{
    const auto claimed = [&](std::string_view path) -> std::optional<Bytes> {
        const auto claim = m_claims.find({sequence, std::string(path)});
        return claim == m_claims.end() ? std::nullopt : bytesOf(claim->second);
    };
    const auto& fields = m_entries.at(sequence).entry.fields;
    const bool committed = std::any_of(
        fields.begin(), fields.end(), [](const auto& field) { return field.path == kChunksPath; });
    if (!committed) {
        return;
    }
    const auto chunks = claimed(kChunksPath);
    const auto salt = fromBase64Url(claimed(kChunkSaltPath).value_or(""));
    const auto released = m_pack.content(callPath(sequence, "released.bin"));
    const auto withheld = m_pack.content(callPath(sequence, "withheld.bin"));
    const auto view = [](const auto& content) { return content ? content->view() : BytesView(); };
    if (!chunks || !salt || salt->empty()) {
        m_report.failed("fields",
                        fmt::format("seq {} {}", sequence, kChunksPath),
                        "bytes are shown and what their times would be compared with is not",
                        list);
    } else if (chunksOf(pieces, view(released), view(withheld), *salt) != *chunks) {
        m_report.failed("fields",
                        fmt::format("seq {} {}", sequence, kChunksPath),
                        "modified: when the pieces of the answer were there is not what the entry "
                        "committed to",
                        list);
    }
}

bool PackChecks::checkCallPart(std::uint64_t sequence,
                               const CallPart& part,
                               const CallPieces& pieces)
{
    const std::string file = callPath(sequence, part.file);
    bool fits = true;
    const auto blame = [&](const char* why) {
        m_report.failed("fields", atPart(sequence, part), why, file);
        fits = false;
    };
    const auto claim = m_claims.find({sequence, std::string(part.path)});
    const auto digest = claim == m_claims.end() ? std::nullopt : bytesOf(claim->second);
    const auto content = m_pack.content(file);
    const auto bytes = content ? content->view() : BytesView();
    const bool recorded = digest && !digest->empty(); // There was something to take a digest of.
    if (!digest && content) {
        blame("bytes are shown and the digest that they would be compared with is not");
    } else if (digest && !recorded && content) {
        blame("bytes of what the entry says was not there");
    } else if (recorded && part.pieces != nullptr) {
        const auto chain = chainOf(pieces.*part.pieces, bytes);
        if (!chain || asView(*chain) != *digest) {
            blame("modified: the answer and its pieces are not what the entry committed to");
        }
    } else if (recorded && !content) {
        blame("incomplete: the other bytes of the call are shown");
    } else if (recorded && asView(sha256(bytes)) != *digest) {
        blame("modified: the bytes are not what the entry committed to");
    }
    return fits;
}

} // namespace exhibit::evidence
