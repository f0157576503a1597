// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_fields.h"

#include <optional>
#include <string>

namespace exhibit::client {

/// The file of an export.
struct ExportFile {
    std::string href;
    std::string name;
    std::string contentType;
    std::int64_t bytes = 0;
    std::string sha256; ///< Hex.
};

struct ExportFailure {
    std::string code;
    std::string message;
};

/// An export that the server makes while nobody waits for a reply.
struct ExportJob {
    std::string exportId;
    std::string format;
    std::optional<std::string> incidentId;
    std::string state; ///< waiting, running, done, failed, cancelled.
    std::string phase;
    std::int64_t done = 0;
    std::int64_t total = 0; ///< 0: not known.
    UtcTime createdAt{};
    UtcTime expiresAt{};
    std::optional<UtcTime> endedAt;
    std::optional<ExportFailure> failure;
    std::optional<ExportFile> file;
};

template <class V>
void visitFields(V& visit, Of<V, ExportFile>& file)
{
    visit("href", file.href);
    visit("name", file.name);
    visit("content_type", file.contentType);
    visit("bytes", file.bytes);
    visit("sha256", file.sha256);
}

template <class V>
void visitFields(V& visit, Of<V, ExportFailure>& failure)
{
    visit("code", failure.code);
    visit("message", failure.message);
}

template <class V>
void visitFields(V& visit, Of<V, ExportJob>& job)
{
    visit("export_id", job.exportId);
    visit("format", job.format);
    visit("incident_id", job.incidentId);
    visit("state", job.state);
    visit("phase", job.phase);
    visit("done", job.done);
    visit("total", job.total);
    visit("created_at", job.createdAt);
    visit("expires_at", job.expiresAt);
    visit("ended_at", job.endedAt);
    visit("failure", job.failure);
    visit("file", job.file);
}

} // namespace exhibit::client
