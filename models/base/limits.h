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

// HTTP.
inline constexpr std::size_t kHttpHeaderBytesMax = 64 * 1024;
inline constexpr std::size_t kHttpTargetBytesMax = 8 * 1024;
inline constexpr std::size_t kHttpHeaderCountMax = 128;
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
/// Bytes of one stream that may wait for the journal before its upstream is read on.
inline constexpr std::size_t kStreamUnreleasedBytesMax = 1024 * 1024;

// Patterns (policies.md, "The stream guard, precisely").
inline constexpr std::uint32_t kPatternWidthDefault = 256;
inline constexpr std::uint32_t kPatternRepeatMax = 1000;
inline constexpr std::uint32_t kPatternPositionsMax = 4000;
inline constexpr std::size_t kPatternBytesMax = 8 * 1024;
inline constexpr std::size_t kScanCacheBytesMax = 16 * 1024 * 1024;
inline constexpr std::size_t kScanSliceBytes = 64 * 1024; ///< Then other work gets its turn.
inline constexpr std::size_t kSentenceHoldBytesMax = 1024;

// Policies.
inline constexpr std::size_t kPoliciesPerSnapshotMax = 500;
inline constexpr std::size_t kPatternsPerPolicyMax = 500;
inline constexpr std::size_t kPolicyDocumentBytesMax = 1024 * 1024;

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

} // namespace exhibit::limits
