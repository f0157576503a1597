// SPDX-License-Identifier: Apache-2.0
#include "tests/support/demo/evidence.h"

#include <thread>

namespace exhibit::demo {
namespace {

using namespace std::chrono_literals;

/// The incident's entry is signed within a second.
Result<void> waitForEntry(const test::Exhibitd& server,
                          const std::vector<std::string>& exportCommand)
{
    const auto deadline = Deadline::after(10s);
    for (;;) {
        const auto done = server.controlJson(exportCommand);
        if (done) {
            return {};
        }
        if (deadline.reached()) {
            return tl::make_unexpected(done.error());
        }
        std::this_thread::sleep_for(100ms);
    }
}

} // namespace

Result<std::vector<std::string>> showEvidence(const test::Exhibitd& server,
                                              const std::string& incident,
                                              const std::filesystem::path& file,
                                              const PrintControl& print)
{
    const std::vector<std::string> exportCommand{"export", incident, "-o", file.string()};
    EXHIBIT_CHECK(waitForEntry(server, exportCommand));
    EXHIBIT_CHECK(print(exportCommand));
    EXHIBIT_CHECK(print({"ledger", "checkpoint"}));
    EXHIBIT_TRY(const Json keys, server.controlJson({"ledger", "keys"}));
    const std::vector<std::string> verify{"verify",
                                          file.string(),
                                          "--trust-log",
                                          std::string(stringMember(keys.at("logs").at(0), "vkey")),
                                          "--trust-certificate",
                                          std::string(stringMember(keys, "certificate"))};
    EXHIBIT_CHECK(print(verify));
    EXHIBIT_CHECK(print({"ledger", "verify"}));
    std::vector<std::string> wrong;
    const auto report = server.controlJson(verify);
    if (!report || stringMember(*report, "verdict") != "valid") {
        wrong.push_back("the pack does not verify");
    }
    return wrong;
}

} // namespace exhibit::demo
