// SPDX-License-Identifier: Apache-2.0
#include "server/storage/log_openings.h"

#include "server/storage/good_head.h"

#include <algorithm>

namespace exhibit::storage {
namespace {

bool saysNothingOfPeople(std::string_view path)
{
    return path != "/reason" && path != "/operator" && path != "/event_data";
}

Result<std::optional<StoredOpening>> readOpening(Transaction& transaction,
                                                 SubjectKeys& keys,
                                                 const PackKeys& packKeys,
                                                 const LedgerHead& log,
                                                 const OpeningRequest& request)
{
    EXHIBIT_TRY(const auto logKeys,
                keysOfLog(transaction, log.epoch, log.origin, currentLogKeys(packKeys)));
    EXHIBIT_TRY(const auto head,
                log.epoch == request.checkpoint.epoch
                    ? Result<std::optional<StoredCheckpoint>>(request.checkpoint)
                    : lastGoodHead(transaction, log.epoch, logKeys));
    EXHIBIT_TRY(const auto rows, readChain(transaction, log.epoch, 0, 1));
    if (!head || rows.empty() || rows.front().sequence != 0) {
        return std::optional<StoredOpening>{};
    }
    StoredOpening stored{log.epoch, {rows.front().entry, {}, {}}, {}};
    EXHIBIT_TRY(stored.opening.proof,
                proveInclusion(ledgerNodes(transaction, log.epoch, head->head.size), *head, 0));
    EXHIBIT_TRY(const auto entry, evidence::parseEntry(stored.opening.entry));
    EXHIBIT_TRY(const auto fields, openFields(transaction, keys, log.epoch, 0, 1));
    const auto files = fields.files.find(0);
    for (const auto& file :
         files == fields.files.end() ? std::vector<FieldFile>{} : files->second) {
        if (!file.blob && file.position < entry.fields.size()
            && (request.everything || saysNothingOfPeople(entry.fields[file.position].path))) {
            stored.opening.fields.push_back(file.bytes);
        }
    }
    EXHIBIT_TRY(const auto note, evidence::parseNote(head->note));
    EXHIBIT_TRY(const auto signers, evidence::verifyNote(note, logKeys));
    for (const auto signer : signers) {
        stored.keys.push_back(logKeys[signer]);
    }
    return std::optional(std::move(stored));
}

} // namespace

Result<std::vector<StoredOpening>> readOpenings(Transaction& transaction,
                                                SubjectKeys& keys,
                                                const PackKeys& packKeys,
                                                const OpeningRequest& request)
{
    std::vector<StoredOpening> openings;
    EXHIBIT_TRY(const auto logs, readAllHeads(transaction));
    for (const auto& log : logs) {
        if (&log == &logs.front()) {
            continue;
        }
        EXHIBIT_TRY(auto opening, readOpening(transaction, keys, packKeys, log, request));
        if (opening) {
            openings.push_back(*std::move(opening));
        }
    }
    return openings;
}

Result<std::vector<evidence::NoteKey>> addOpenings(Transaction& transaction,
                                                   SubjectKeys& keys,
                                                   const PackKeys& packKeys,
                                                   const OpeningRequest& request,
                                                   evidence::PackPayload& payload)
{
    std::vector<evidence::NoteKey> signers;
    EXHIBIT_TRY(auto openings, readOpenings(transaction, keys, packKeys, request));
    for (auto& [epoch, opening, own] : openings) {
        payload[evidence::openingPath(epoch, evidence::kOpeningFile)] = opening.entry;
        payload[evidence::openingPath(epoch, evidence::kOpeningProof)] = opening.proof;
        for (std::size_t i = 0; i < opening.fields.size(); ++i) {
            payload[evidence::openingFieldPath(epoch, i)] = opening.fields[i];
        }
        signers.insert(signers.end(), own.begin(), own.end());
    }
    return signers;
}

} // namespace exhibit::storage
