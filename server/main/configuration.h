// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/limits.h"
#include "models/base/result.h"
#include "models/base/secret.h"
#include "server/gateway/upstream_keys.h"
#include "server/main/embeddings.h"
#include "server/main/rate_limits.h"
#include "server/ops/log.h"
#include "server/security/client_address.h"
#include "server/storage/witnesses.h"

#include <chrono>
#include <filesystem>
#include <map>
#include <string>

namespace exhibit::server {

/// Everything an operator may set. One list of names serves the TOML file ("spool.bytes_max"), the
/// environment ("EXHIBIT_SPOOL_BYTES_MAX") and the flags; the environment is over the file, flags
/// are over both. Names that are not known are errors in the file and in flags; in the environment
/// they are ignored, since other programs of the project have their own EXHIBIT_ variables.
struct Configuration {
    std::filesystem::path dataDir; ///< Default: /var/lib/exhibit as root, else XDG's data home.
    std::string listenAddress = "127.0.0.1";
    std::uint16_t listenPort = 8470; ///< 0: any free one; the log and stdout say which.
    Secret databaseUrl; ///< Empty: a private cluster in dataDir/postgres.
    Secret databaseListenUrl; ///< Empty: as databaseUrl.
    std::size_t spoolBytesMax = limits::kSpoolBytesMaxDefault;
    std::size_t connectionsMax = limits::kConnectionsMax;
    std::chrono::seconds drainTimeout{30};
    std::chrono::seconds runIdleTimeout = limits::kRunIdleTimeout;
    /// Of a signer that replicas share, which something else runs; empty: one of its own is started
    /// in dataDir/signer.
    std::filesystem::path signerDir;
    std::string publicUrl; ///< Where people reach this server, for certificates; empty: not said.
    Secret redisUrl; ///< Of the Redis that replicas share limits through; empty: PostgreSQL.
    std::filesystem::path redisCaFile; ///< Empty: the system's authorities.
    RateLimits rates;
    security::TrustedProxies trustedProxies;
    std::vector<storage::Witnesses::Witness> witnesses;
    EmbeddingSettings embeddings;
    gateway::UpstreamKeys upstreamKeys; ///< Which providers' keys may go where.
    std::string tsaUrl; ///< Of an RFC 3161 time stamp authority; empty: no time stamps.
    std::string logHost = "exhibit.local"; ///< First part of the origins of new logs.
    ops::LogLevel logLevel = ops::LogLevel::Info;
};

/// Settings by their dotted names, as text.
using Settings = std::map<std::string, std::string, std::less<>>;

/// The settings of a TOML file, flattened. Errors name line and key.
[[nodiscard]] Result<Settings> settingsFromFile(const std::filesystem::path& file);
/// The settings that EXHIBIT_* variables of this environment give.
[[nodiscard]] Settings settingsFromEnvironment(const char* const* environment);
/// Applies the layers, later ones over earlier ones. Errors name the setting and what is expected.
[[nodiscard]] Result<Configuration> makeConfiguration(const std::vector<Settings>& layers);

/// The names of all settings with one line of help each, for --help and `config check`.
[[nodiscard]] const std::map<std::string, std::string, std::less<>>& knownSettings();

} // namespace exhibit::server
