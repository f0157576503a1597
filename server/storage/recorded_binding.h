// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/field.h"
#include "models/report/bundle.h"
#include "server/storage/ledger_reading.h"
#include "server/storage/recorded_calls.h"

/// From the fields of an entry to the rows that show what was recorded: the entry is proven, the
/// rows are what is read, and here they are compared. A row that says anything else than its entry
/// was changed by the owner of the database.
namespace exhibit::storage {

/// What an entry commits to, as its field files say.
struct Commitment {
    std::int32_t epoch = 0;
    std::uint64_t sequence = 0;
    std::string type;
    std::map<std::string, Bytes, std::less<>> values; ///< By path; those that can be read.

    /// nullopt when it was erased, is unreadable, or is not among what the entry says.
    [[nodiscard]] std::optional<Bytes> value(std::string_view path) const;
    /// The same of a text that is JSON.
    [[nodiscard]] std::optional<Json> json(std::string_view path) const;
};

/// Adds what a field's file, or the blob that belongs to it, says; nothing when that is not there.
void addValue(Commitment& commitment,
              const evidence::Field& field,
              std::uint32_t position,
              const std::vector<FieldFile>& files);
/// evidenceDamaged() when a file is not what the entry committed to.
[[nodiscard]] Result<Commitment> commitmentOf(const ChainRow& row,
                                              std::int32_t epoch,
                                              const std::vector<FieldFile>& files);
/// The entry about a call or a decision; evidenceDamaged() when the log has none, or one of another
/// type.
[[nodiscard]] Result<Commitment> readCommitment(Transaction& transaction,
                                                SubjectKeys& keys,
                                                Uuid about,
                                                std::string_view type);
[[nodiscard]] Result<Commitment> readCommitmentAt(Transaction& transaction,
                                                  SubjectKeys& keys,
                                                  std::int32_t epoch,
                                                  std::uint64_t sequence,
                                                  std::string_view type);

/// {"count": n, "sha256": hex}; hashed is, in the order of their numbers, of each step sortedJson()
/// of what its row says, the content hash in hex or nothing, and a line feed.
[[nodiscard]] Bytes stepsDigest(std::vector<const report::RecordedStep*> steps);

// What is not as committed, as a sentence; empty when all is, or nobody can tell any more.

[[nodiscard]] std::string compareBodies(const Commitment& entry, const RecordedCall& call);
[[nodiscard]] std::string compareSteps(const Commitment& entry,
                                       const std::vector<const report::RecordedStep*>& steps);
[[nodiscard]] std::string compareDecision(const Commitment& entry, const Json& document);
/// But for what is changed later: status, assignee, tags, cause and figures.
[[nodiscard]] std::string compareIncident(const Commitment& entry, const domain::Incident& row);

/// evidenceDamaged() with the call's or the incident's id when a row is not as committed.
[[nodiscard]] Result<void> expectCallAsCommitted(Transaction& transaction,
                                                 SubjectKeys& keys,
                                                 const RecordedCall& call);
/// The bytes alone.
[[nodiscard]] Result<void> expectBodiesAsCommitted(Transaction& transaction,
                                                   SubjectKeys& keys,
                                                   const RecordedCall& call);
/// Every call of the steps, which have no gaps. `cut` is empty for a whole run; of a part of one,
/// which is not empty, it holds the calls that may go on beyond it: they are not compared.
[[nodiscard]] Result<void> expectStepsAsCommitted(Transaction& transaction,
                                                  SubjectKeys& keys,
                                                  const std::vector<report::RecordedStep>& steps,
                                                  const std::set<CallId>& cut);
[[nodiscard]] Result<void> expectIncidentAsCommitted(Transaction& transaction,
                                                     SubjectKeys& keys,
                                                     const domain::Incident& incident);

} // namespace exhibit::storage
