// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/enum_names.h"
#include "models/base/sha256.h"
#include "server/storage/database.h"

/// Exports that are made while nobody waits. The rows are the truth about them, for every replica:
/// a job that is no longer there, or not as expected, ends without a file.
namespace exhibit::storage {

struct ExportJobIdTag {
    static constexpr std::string_view kPrefix = "exp_";
};
using ExportJobId = StrongId<ExportJobIdTag>;

enum class ExportJobState : std::uint8_t { Waiting, Running, Done, Failed, Cancelled };

struct ExportJob {
    ExportJobId id;
    std::string orderedBy; ///< The key's id.
    std::string format;
    std::optional<IncidentId> incident;
    ExportJobState state = ExportJobState::Waiting;
    std::string phase; ///< What is being done, a word.
    std::int64_t done = 0;
    std::int64_t total = 0; ///< 0: not known.
    UtcTime createdAt{};
    UtcTime expiresAt{}; ///< Then it goes, with its file.
    std::optional<UtcTime> endedAt;
    std::string errorCode; ///< Of a failed one.
    std::string errorMessage;
    // Of one that is done.
    std::string fileName;
    std::string contentType;
    Digest sha256{};
    std::int64_t bytes = 0;
};

/// Who makes jobs: a replica, and one life of it. What an earlier life left is lost.
struct ExportMaker {
    ReplicaId replica;
    Uuid process;
};

inline constexpr std::int64_t kExportPartBytes = 1024 * 1024;
inline constexpr std::int64_t kExportFileBytesMax = std::int64_t{1} << 30;
inline constexpr std::int64_t kOpenExportsMax = 250; ///< Of a tenant: waiting or running.
inline constexpr std::int64_t kKeptExportBytesMax = std::int64_t{4} << 30; ///< Of a tenant.
inline constexpr std::chrono::hours kExportKept{24}; ///< From its order, and again from its end.
inline constexpr std::chrono::seconds kExportLostAfter{30}; ///< Without a word of its maker.

/// A waiting job. TooLarge with `subject` "exports" when the tenant has as many open, or keeps as
/// many bytes, as it may.
[[nodiscard]] Result<void> addExportJob(Transaction& transaction,
                                        const ExportMaker& maker,
                                        const ExportJob& job);
/// Of that key. NotFound when there is none, or it has expired. One whose maker says nothing any
/// more reads as failed.
[[nodiscard]] Result<ExportJob> readExportJob(Transaction& transaction,
                                              const ExportMaker& reader,
                                              ExportJobId id,
                                              const std::string& orderedBy);
/// Of that key, newest first.
[[nodiscard]] Result<std::vector<ExportJob>> listExportJobs(Transaction& transaction,
                                                            const ExportMaker& reader,
                                                            const std::string& orderedBy);
/// Cancels one that is open; one that has ended goes with its file. NotFound as above.
[[nodiscard]] Result<void> dropExportJob(Transaction& transaction,
                                         ExportJobId id,
                                         const std::string& orderedBy);
/// Its maker lives and is that far. False: nobody wants it any more.
[[nodiscard]] Result<bool> beatExportJob(Transaction& transaction, const ExportJob& job);
/// Of one that is open; what was stored of its file goes.
[[nodiscard]] Result<void> failExportJob(Transaction& transaction,
                                         ExportJobId id,
                                         const std::string& code,
                                         const std::string& message);
/// Parts are stored one by one, and are nobody's before the job is done.
[[nodiscard]] Result<void> addExportPart(Transaction& transaction,
                                         ExportJobId id,
                                         std::int64_t part,
                                         BytesView content);
/// What the job says of its file, whose parts are stored. Cancelled when nobody wants it any more.
[[nodiscard]] Result<void> finishExportJob(Transaction& transaction, const ExportJob& job);
[[nodiscard]] Result<void> dropExportParts(Transaction& transaction, ExportJobId id);
/// One part of a file, kExportPartBytes long but for the last. NotFound when it is gone.
[[nodiscard]] Result<Bytes> readExportPart(Transaction& transaction,
                                           ExportJobId id,
                                           std::int64_t part);
[[nodiscard]] Result<void> dropExpiredExports(Transaction& transaction);
/// Something was erased that any of the tenant's files may show: they go, and what is being made
/// comes to nothing.
[[nodiscard]] Result<void> dropExportsOfErased(Transaction& transaction);

} // namespace exhibit::storage

template <>
struct exhibit::EnumNames<exhibit::storage::ExportJobState> {
    using E = exhibit::storage::ExportJobState;
    static constexpr std::string_view kType = "state of an export";
    static constexpr std::pair<E, std::string_view> kNames[] = {{E::Waiting, "waiting"},
                                                                {E::Running, "running"},
                                                                {E::Done, "done"},
                                                                {E::Failed, "failed"},
                                                                {E::Cancelled, "cancelled"}};
};
