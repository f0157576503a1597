// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/access.h"
#include "server/api/export_jobs.h"

namespace exhibit::api {

inline constexpr std::chrono::seconds kExportTimeout{60}; ///< While somebody waits.
inline constexpr std::chrono::minutes kExportJobTimeout{30};

/// Until when it has to be made: nobody is told of its progress while somebody waits.
[[nodiscard]] inline Deadline deadlineOf(const ExportProgress& progress)
{
    return Deadline::after(progress ? std::chrono::seconds(kExportJobTimeout) : kExportTimeout);
}

/// The order of a request; what makes it is up to the caller.
[[nodiscard]] ExportOrder orderOf(const http::Request& request,
                                  const security::Principal& principal,
                                  std::string format,
                                  std::optional<IncidentId> incident = {});

/// What people say of an export stands in an entry of the log: 1000 bytes at most.
[[nodiscard]] Result<void> checkWords(const storage::HandOver& handOver);
/// Without redaction an export needs another scope.
[[nodiscard]] Result<void> checkRedaction(bool redact, const security::Principal& principal);

/// A small export is made and recorded now: 200 with the file. A large one becomes a job, and so
/// does one that the client does not want to wait for (Prefer: respond-async, RFC 7240): 202.
[[nodiscard]] http::Response answerExport(const SharedServices& services,
                                          const http::Request& request,
                                          ExportOrder order,
                                          bool large);

/// ExportJob of the API's description.
[[nodiscard]] Json exportJobJson(const storage::ExportJob& job);
/// "/api/v1/exports/exp_…"
[[nodiscard]] std::string exportJobPath(storage::ExportJobId id);

} // namespace exhibit::api
