// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "tests/support/sample_upstream/answer.h"

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

namespace exhibit::sample {

struct Recording {
    std::size_t order = 0; ///< Position among all recordings: the first that fits answers.
    std::string id;
    std::string endpoint; ///< e.g. chat.completions
    std::string path; ///< May be empty.
    std::string method;
    int status = 200;
    Json request; ///< null for requests without a body.
    Answer answer;
};

/// Recorded exchanges (commands.md, "exhibit-sample-upstream"; rulings.md 38), found by request.
class Recordings {
public:
    /// Reads FILE.jsonl[.gz] or every such file of a folder, in the order of their names. Lines
    /// without request and answer are skipped and counted; a line that is no JSON is an error.
    [[nodiscard]] static Result<Recordings> load(const std::string& path);

    struct Found {
        const Recording* recording = nullptr;
        bool fallback = false;
    };
    /// The first recording of the path's endpoint (or of the path itself) whose request equals
    /// `body`; then one that equals it but for `metadata` and for `stream_options`, which gateways
    /// set to have the usage counted: they change no answer. Else the first 200 of the endpoint and
    /// stream flag, as a fallback. Without a body (null) method and path are all there is, and have
    /// to be equal.
    [[nodiscard]] Found find(std::string_view method,
                             std::string_view path,
                             const Json& body) const;
    [[nodiscard]] const Recording* findById(std::string_view id) const;

    /// The reply of GET /v1/models: what the recordings name, or a default list.
    [[nodiscard]] const Answer& models() const { return m_models; }
    [[nodiscard]] std::size_t size() const { return m_recordings.size(); }
    [[nodiscard]] std::size_t skipped() const { return m_skipped; }

private:
    [[nodiscard]] Result<void> loadFile(const std::string& file);
    [[nodiscard]] Result<void> addLine(std::string_view line);
    void index(const Recording& recording);
    [[nodiscard]] const Recording* findEqual(std::string_view method,
                                             std::string_view path,
                                             const Json& body) const;
    void listModels();

    std::deque<Recording> m_recordings; ///< Stable addresses.
    std::unordered_map<std::string_view, const Recording*> m_byId;
    std::unordered_multimap<std::size_t, const Recording*> m_byRequest; ///< By hash of key + body.
    std::unordered_map<std::string, const Recording*> m_firstJson; ///< By endpoint or path.
    std::unordered_map<std::string, const Recording*> m_firstStream;
    Answer m_models;
    std::size_t m_skipped = 0;
};

/// The endpoint's name as in recordings, from the end of a path; the path itself when unknown.
[[nodiscard]] std::string endpointOfPath(std::string_view path);

} // namespace exhibit::sample
