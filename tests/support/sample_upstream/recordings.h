// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

namespace exhibit::sample {

/// One recorded exchange, made ready to be sent.
struct Recording {
    std::string id;
    std::string endpoint; ///< "chat.completions"
    std::string path;
    int status = 200;
    bool streaming = false; ///< The answer is an event stream.
    std::string head; ///< Status line and header fields, without framing.
    std::string contentType;
    std::string body; ///< A JSON answer; for a stream all its events.
    std::vector<std::size_t> eventEnds; ///< Offsets in body where an event of the stream ends.
};

/// All recordings of a folder or file, indexed as rulings.md 38 matches them.
class Recordings {
public:
    /// Reads FILE.jsonl, FILE.jsonl.gz or every such file of a folder, in the order of their names.
    [[nodiscard]] static Result<Recordings> load(const std::filesystem::path& path);

    [[nodiscard]] const Recording* byId(const std::string& id) const;
    /// The first whose endpoint (or path) and request body are equal, numbers by value.
    [[nodiscard]] const Recording* match(std::string_view path, const Json& request) const;
    /// The first 200 of that endpoint with that kind of answer.
    [[nodiscard]] const Recording* fallback(std::string_view path, bool streaming) const;

    [[nodiscard]] std::size_t size() const { return m_recordings.size(); }
    [[nodiscard]] std::size_t skipped() const { return m_skipped; }
    /// The models that requests name, sorted.
    [[nodiscard]] const std::vector<std::string>& models() const { return m_models; }

private:
    Result<void> addFile(const std::filesystem::path& file);
    void addLine(std::string_view line);

    std::vector<Recording> m_recordings;
    std::unordered_map<std::string, std::size_t> m_byId;
    std::unordered_map<std::string, std::size_t> m_byRequest; ///< Endpoint and canonical body.
    std::vector<std::string> m_models;
    std::size_t m_skipped = 0;
};

/// The endpoint's name for a request path, e.g. "/v1/chat/completions" -> "chat.completions".
[[nodiscard]] std::string endpointOf(std::string_view path);

} // namespace exhibit::sample
