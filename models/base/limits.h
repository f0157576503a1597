// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every limit of the product stands here by name, and each has a test that goes one over.
/// Sizes are bytes unless the name says otherwise.
namespace exhibit::limits {

using namespace std::chrono_literals;

// JSON. Tool schemas of real requests nest about 20 deep.
inline constexpr std::size_t kJsonDepthMax = 64;
inline constexpr std::size_t kJsonNodesMax = 1'000'000; ///< Values of one text read by position.
inline constexpr std::size_t kCanonicalDepthMax = 32;
inline constexpr std::size_t kCanonicalNameBytesMax = 64;

// HTTP.
inline constexpr std::size_t kHttpHeaderBytesMax = 64 * 1024;
inline constexpr std::size_t kHttpTargetBytesMax = 8 * 1024;
inline constexpr std::size_t kHttpHeaderCountMax = 128;
inline constexpr std::size_t kHttpChunkLineBytesMax = 4 * 1024; ///< A chunk's size line, a trailer.
/// Request bodies of all connections together; beyond it requests are refused with 503.
inline constexpr std::size_t kHttpBodyBytesInFlightMax = std::size_t{512} * 1024 * 1024;
/// What a refused client may still send while its refusal is on the way.
inline constexpr std::size_t kHttpLingerBytesMax = 64 * 1024 * 1024;
inline constexpr auto kHttpLingerTimeout = 2s;
inline constexpr int kListenBacklog = 1024;
inline constexpr std::size_t kGatewayBodyBytesMax = 16 * 1024 * 1024;
inline constexpr std::size_t kApiBodyBytesMax = 1024 * 1024;
inline constexpr std::size_t kAnswerBytesMax = 16 * 1024 * 1024; ///< A provider's JSON answer.
inline constexpr std::size_t kSseEventBytesMax = 4 * 1024 * 1024; ///< One provider event.
inline constexpr std::size_t kConnectionsMax = 4096;
inline constexpr auto kHeaderTimeout = 10s;
inline constexpr auto kBodyTimeout = 60s;
inline constexpr auto kIdleTimeout = 75s;
inline constexpr auto kWriteTimeout = 60s;

// Gateway.
inline constexpr std::size_t kClientRunIdBytesMax = 128;
inline constexpr std::size_t kUserIdBytesMax = 512;
inline constexpr std::size_t kContextBytesMax = 256 * 1024;
inline constexpr auto kUpstreamConnectTimeout = 10s;
inline constexpr auto kUpstreamFirstByteTimeout = 120s;
inline constexpr auto kUpstreamIdleTimeout = 120s;
inline constexpr auto kCallTimeout = 600s;
inline constexpr auto kRunIdleTimeout = 15min;
/// How long the local copy keeps an ended run; after it PostgreSQL is asked when it is named again.
inline constexpr auto kEndedRunKept = 168h;
/// Bytes of one stream that may wait for the journal before its upstream is read on.
inline constexpr std::size_t kStreamUnreleasedBytesMax = 1024 * 1024;
/// Bytes of one stream that policies may hold back; beyond it no policy can vouch for the answer.
inline constexpr std::size_t kStreamHeldBytesMax = 16 * 1024 * 1024;
inline constexpr std::size_t kAnswerChoicesMax = 256; ///< Providers make at most 128.
/// Of one decoded text of an answer in the record of its call; the whole is in the chunks.
inline constexpr std::size_t kRecordedTextBytesMax = 64 * 1024;

// Patterns (policies.md, "The stream guard, precisely").
inline constexpr std::uint32_t kPatternWidthDefault = 256;
inline constexpr std::uint32_t kPatternRepeatMax = 1000;
inline constexpr std::uint32_t kPatternPositionsMax = 4000;
inline constexpr std::size_t kPatternBytesMax = 8 * 1024;
inline constexpr std::size_t kPatternDepthMax = 64; ///< Groups within groups.
inline constexpr std::size_t kPatternLinksMax = 100'000; ///< Between positions of one pattern.
inline constexpr std::uint32_t kPatternWidthMax = 64 * 1024; ///< What `max_width` may ask for.
inline constexpr std::size_t kPatternSetPositionsMax = 200'000; ///< All patterns of a set.
inline constexpr std::size_t kScanCacheBytesMax = 16 * 1024 * 1024;
inline constexpr std::size_t kScanSliceBytes = 64 * 1024; ///< Then other work gets its turn.
inline constexpr std::size_t kSentenceHoldBytesMax = 1024;

// Policies.
inline constexpr std::size_t kPoliciesPerSnapshotMax = 500;
inline constexpr std::size_t kPatternsPerPolicyMax = 500;
inline constexpr std::size_t kPolicyDocumentBytesMax = 1024 * 1024;
inline constexpr std::size_t kPolicyIdBytesMax = 64;
inline constexpr std::size_t kPolicyTextBytesMax = 2000; ///< Title, category, expected behaviour.
inline constexpr std::size_t kPolicyListMax = 100; ///< Globs of one kind; references.
inline constexpr std::size_t kPolicyListTextBytesMax = 256; ///< One glob or reference.
inline constexpr std::size_t kFactPathBytesMax = 256;
inline constexpr std::size_t kDecisionSpansMax = 100; ///< Recorded per decision; all are counted.
/// Runs of covered bytes of one policy in one text; what follows joins the last one.
inline constexpr std::size_t kMatchRunsPerTextMax = 10'000;
/// How far before a claim a hedge of the same sentence is looked for.
inline constexpr std::size_t kHedgeWindowBytesMax = 8 * 1024;
inline constexpr std::size_t kGuardChannelsMax = 4096; ///< Texts of one answer.
inline constexpr std::size_t kStagePlansMax = 32; ///< Automata a snapshot keeps.
inline constexpr std::size_t kCompiledSnapshotsMax = 64;
inline constexpr std::size_t kLiveRunsInMemoryMax = 50'000; ///< The local copy has the others.
inline constexpr std::size_t kRunsExpiredAtOnceMax = 1'000;

// Search.
inline constexpr std::size_t kQueryBytesMax = 4096;
inline constexpr std::size_t kQueryTermsMax = 64;
inline constexpr std::uint32_t kPageRowsDefault = 50;
inline constexpr std::uint32_t kPageRowsMax = 500;
inline constexpr std::uint32_t kPageOffsetMax = 10'000;
inline constexpr std::uint32_t kExactTotalMax = 10'000;
inline constexpr std::uint32_t kTimelineEventsMax = 20'000;

// Spool.
inline constexpr std::size_t kSpoolRecordBytesMax = 64 * 1024 * 1024;
inline constexpr std::size_t kSpoolBytesMaxDefault = std::size_t{8} * 1024 * 1024 * 1024;
inline constexpr std::size_t kSpoolFileBytes = 64 * 1024 * 1024;
inline constexpr std::size_t kSpoolBatchBytesMax = 8 * 1024 * 1024; ///< One commit.
inline constexpr std::size_t kSpoolReadBytesMax = 32 * 1024 * 1024; ///< One Journal::read().
/// Records without a waiter that a failing disk keeps in memory.
inline constexpr std::size_t kSpoolUnwrittenBytesMax = 64 * 1024 * 1024;

// Ingest.
inline constexpr std::size_t kIngestBatchRecordsMax = 512;
/// Payload bytes after which a batch is read in smaller steps.
inline constexpr std::size_t kIngestBatchBytesAim = 8 * 1024 * 1024;
inline constexpr std::size_t kIngestStatementBytesMax = 8 * 1024 * 1024;
/// Pieces of one answer that follow one another share a row up to this size.
inline constexpr std::size_t kBodyRowBytesMax = 1024 * 1024;
/// What a step shows of one text; the whole is in the recorded bytes.
inline constexpr std::size_t kStepTextBytesMax = 16 * 1024;
inline constexpr std::size_t kStepMessagesMax = 200;

// Evidence: ledger, proofs, packs (evidence-format.md).
inline constexpr std::size_t kEntryBytesMax = 1024 * 1024;
inline constexpr std::size_t kEntryFieldsMax = 4096;
inline constexpr std::size_t kFieldPathBytesMax = 1024;
/// A field value above this is a blob beside its field file.
inline constexpr std::size_t kFieldInlineBytesMax = 1024 * 1024;
inline constexpr std::size_t kFieldFileBytesMax = 8 * 1024 * 1024;
inline constexpr std::size_t kNoteBytesMax = 512 * 1024;
inline constexpr std::size_t kNoteSignaturesMax = 64;
inline constexpr std::size_t kProofHashesMax = 63;
inline constexpr std::size_t kDsseBytesMax = 16 * 1024 * 1024;
inline constexpr std::size_t kDsseSignaturesMax = 64;
inline constexpr std::size_t kKeyringLinesMax = 1000;
inline constexpr std::size_t kPackFilesMax = 100'000;
inline constexpr std::size_t kPackBytesMax = std::size_t{2} * 1024 * 1024 * 1024;
inline constexpr std::size_t kPackFileBytesMax = std::size_t{512} * 1024 * 1024;
inline constexpr std::size_t kPackRatioMax = 200; ///< Inflated to stored bytes of one file.
inline constexpr std::size_t kPackNameBytesMax = 512;
inline constexpr std::size_t kPackRangeMax = 1000; ///< Entries of a contiguous range.
inline constexpr std::size_t kBagTagFileBytesMax = 64 * 1024 * 1024;
inline constexpr std::size_t kBagDepthMax = 32; ///< Folders within folders.
inline constexpr std::size_t kLedgerPageRowsMax = 1000;
inline constexpr std::size_t kCheckpointEntriesMax = 1000; ///< Then a checkpoint is due at once.
inline constexpr auto kCheckpointInterval = 1s;

// Signer.
inline constexpr std::size_t kSignerMessageBytesMax = 4 * 1024 * 1024;
inline constexpr std::size_t kSignerLogsMax = 10'000; ///< Heads it remembers.
inline constexpr std::uint32_t kSignerRequestsPerMinuteDefault = 1000;
inline constexpr std::size_t kSignerConnectionsMax = 64;
inline constexpr auto kSignerCallTimeout = 5s;

// PostgreSQL.
inline constexpr auto kDatabaseConnectTimeout = 5s;

// Replicas (rulings.md 2).
inline constexpr auto kReplicaLease = 15s; ///< A replica that says nothing for so long is gone.
inline constexpr auto kReplicaRenewal = 3s;
inline constexpr auto kRunLookTimeout = 2s; ///< Then the call is refused.
inline constexpr auto kStopPublishTimeout = 2s; ///< Then the stop travels through the spool alone.

// Clients (backend-client, exhibitctl).
inline constexpr std::size_t kClientReplyBytesMax = 64 * 1024 * 1024;
inline constexpr auto kClientCallTimeout = 30s;
inline constexpr std::size_t kKeyFileBytesMax = 4096;

} // namespace exhibit::limits
