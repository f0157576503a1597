// SPDX-License-Identifier: Apache-2.0
#include "server/storage/pack_calls.h"

#include "models/evidence/call_bytes.h"
#include "models/evidence/entry.h"
#include "models/evidence/field.h"
#include "server/storage/entry_names.h"
#include "server/storage/recorded_calls.h"

namespace exhibit::storage {
namespace {

/// Calls that show what their bytes are to be compared with, by their entries.
Result<std::map<std::uint64_t, CallId>> shownCalls(const std::set<std::uint64_t>& entries,
                                                   const evidence::PackPayload& payload)
{
    std::map<std::uint64_t, CallId> calls;
    for (const auto sequence : entries) {
        EXHIBIT_TRY(const auto entry,
                    evidence::parseEntry(payload.at(evidence::entryPath(sequence))));
        if (entry.type != evidence::kCallEntry) {
            continue;
        }
        EXHIBIT_TRY(const auto id, shownValue(payload, entry, "/call_id"));
        EXHIBIT_TRY(const auto request, shownValue(payload, entry, "/request"));
        if (!id.empty() && !request.empty()) {
            EXHIBIT_TRY(const auto call, CallId::parse(id));
            calls.emplace(sequence, call);
        }
    }
    return calls;
}

Bytes joined(const std::vector<RecordedPiece>& pieces, std::vector<evidence::CallPiece>& cuts)
{
    Bytes bytes;
    for (const auto& piece : pieces) {
        bytes += piece.bytes;
        cuts.push_back({piece.bytes.size(), piece.atUs});
    }
    return bytes;
}

Result<void> addCall(const RecordedCall& call,
                     std::uint64_t sequence,
                     evidence::PackPayload& payload)
{
    evidence::CallPieces pieces;
    const Bytes released = joined(call.released, pieces.released);
    const Bytes withheld = joined(call.withheld, pieces.withheld);
    EXHIBIT_TRY(payload[evidence::callPath(sequence, evidence::kCallPieces)],
                evidence::writeCallPieces(pieces));
    const auto put = [&payload, sequence](std::string_view path, const Bytes& bytes) {
        for (const auto& part : evidence::kCallParts) {
            if (part.path == path) {
                payload[evidence::callPath(sequence, part.file)] = bytes;
            }
        }
    };
    put("/request", call.request);
    if (call.sentRequest) {
        put("/request/sent", *call.sentRequest);
    }
    if (!call.released.empty()) {
        put("/response/released", released);
    }
    if (!call.withheld.empty()) {
        put("/response/withheld", withheld);
    }
    return {};
}

} // namespace

Result<Bytes> shownValue(const evidence::PackPayload& payload,
                         const evidence::Entry& entry,
                         std::string_view path)
{
    for (std::size_t i = 0; i < entry.fields.size(); ++i) {
        const auto file = payload.find(evidence::fieldPath(entry.sequence, i));
        if (entry.fields[i].path == path && file != payload.end()) {
            EXHIBIT_TRY(const auto field, evidence::parseField(file->second));
            return evidence::bytesOf(field.value).value_or(Bytes{});
        }
    }
    return Bytes{};
}

Result<void> addCallBytes(Transaction& transaction,
                          SubjectKeys& keys,
                          const std::set<std::uint64_t>& entries,
                          evidence::PackPayload& payload)
{
    EXHIBIT_TRY(const auto shown, shownCalls(entries, payload));
    for (const auto& [sequence, id] : shown) {
        EXHIBIT_TRY(const auto calls, readRecordedBodies(transaction, keys, {id}));
        const auto& call = calls.front();
        if (!call.damaged.empty()) {
            return evidenceDamaged(id.text(), call.damaged);
        }
        if (!call.erased && !call.unreadable && !call.request.empty()) {
            EXHIBIT_CHECK(addCall(call, sequence, payload));
        }
    }
    return {};
}

} // namespace exhibit::storage
