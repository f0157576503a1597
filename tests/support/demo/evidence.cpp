// SPDX-License-Identifier: Apache-2.0
#include "tests/support/demo/evidence.h"

#include <thread>

namespace exhibit::demo {
namespace {

using namespace std::chrono_literals;

/// The incident's entry is signed within a second, its call is closed a moment later.
Result<void> waitUntilDone(const test::Exhibitd& server, const std::vector<std::string>& command)
{
    const auto deadline = Deadline::after(10s);
    for (;;) {
        const auto done = server.controlJson(command);
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
    EXHIBIT_CHECK(waitUntilDone(server, exportCommand));
    // The call is sent once more; the pack that is shown then holds the certificate as well.
    EXHIBIT_CHECK(waitUntilDone(server, {"certify", incident}));
    auto document = file;
    document.replace_extension(".certificate.json");
    EXHIBIT_CHECK(print({"certify", incident, "--last", "-o", document.string()}));
    EXHIBIT_CHECK(print(exportCommand));
    EXHIBIT_CHECK(print({"ledger", "checkpoint"}));
    // The report with the same pack's evidence for people to read.
    auto pdf = file;
    pdf.replace_extension(".pdf");
    EXHIBIT_CHECK(print({"export",
                         incident,
                         "--format",
                         "pdf",
                         "--reason",
                         "shown in the demo",
                         "-o",
                         pdf.string()}));
    auto reportKey = file;
    reportKey.replace_extension(".pem");
    EXHIBIT_CHECK(print({"ledger", "keys", "--pdf-ca", reportKey.string()}));
    EXHIBIT_TRY(const Json keys, server.controlJson({"ledger", "keys"}));
    const std::vector<std::string> anchors{"--trust-log",
                                           std::string(stringMember(keys.at("logs").at(0), "vkey")),
                                           "--trust-certificate",
                                           std::string(stringMember(keys, "certificate")),
                                           "--pdf-ca",
                                           reportKey.string()};
    std::vector<std::string> wrong;
    for (const auto& one : {document, file, pdf}) {
        std::vector<std::string> verify{"verify", one.string()};
        verify.insert(verify.end(), anchors.begin(), anchors.end());
        EXHIBIT_CHECK(print(verify));
        const auto report = server.controlJson(verify);
        if (!report || stringMember(*report, "verdict") != "valid") {
            wrong.push_back(one.filename().string() + " does not verify");
        }
    }
    EXHIBIT_CHECK(print({"ledger", "verify"}));
    return wrong;
}

} // namespace exhibit::demo
