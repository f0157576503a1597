// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "tests/support/exhibitd_process.h"
#include "tests/support/sample_upstream_process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

namespace exhibit::test {

/// EXHIBIT_SOURCE_DIR, or the current folder.
[[nodiscard]] std::string source();

/// A real server with its signer and PostgreSQL, the sample upstream, and two policies.
class EvidenceTest : public ::testing::Test {
protected:
    void SetUp() override;
    void startServer();
    /// The signing process that the server started, as that itself says.
    void killSigner();

    /// A call that a policy stops; no recording has its request.
    Reply call();
    /// A recorded request ("contract-2-answer") with facts and the user "ada": the same request
    /// gets the same answer again.
    Reply callAsRecorded(const std::string& sampleId);
    /// Waits for an incident of that user; its id.
    std::string waitForIncident();
    /// call(), and its incident's id once it is in PostgreSQL.
    std::string makeIncident();
    /// Exports, once the call's entries are in the log.
    std::string exportPack(const std::string& incident, const std::vector<std::string>& more = {});
    /// What pins the server's keys, as options of verify.
    std::vector<std::string> anchors();
    /// Runs docs/verify-without-us.md as printed; 0 when it finds nothing.
    int verifyByHand(const std::string& pack);
    Json verify(const std::string& file, const std::vector<std::string>& with);

    TempDir m_folder;
    std::optional<SampleUpstream> m_upstream;
    std::optional<Exhibitd> m_server;
};

} // namespace exhibit::test
