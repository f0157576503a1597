// SPDX-License-Identifier: Apache-2.0
// Heads that others attest: a real witness of its own and a time stamp authority, both over HTTP.
#include "tests/integration/evidence_fixture.h"

#include <algorithm>
#include <fstream>
#include <thread>

namespace exhibit::test {
namespace {

using namespace std::chrono_literals;

class Witnessed : public EvidenceTest {
protected:
    void SetUp() override
    {
        startWitness(0);
        std::ifstream(path("witness/vkey")) >> m_vkey;
        m_environment["EXHIBIT_LEDGER_WITNESSES"]
            = m_vkey + " http://127.0.0.1:" + std::to_string(m_port) + "/w";
        auto authority = Process::start(
            "/usr/bin/python3",
            {.arguments = {source() + "/tests/support/time_stamp_authority.py", path("tsa")}});
        ASSERT_TRUE(authority) << authority.error().message;
        m_authority.emplace(*std::move(authority));
        const auto port = readListeningPort(*m_authority, Deadline::after(60s));
        ASSERT_TRUE(port) << port.error().message;
        m_environment["EXHIBIT_TSA_URL"] = "http://127.0.0.1:" + std::to_string(*port) + "/tsa";
        EvidenceTest::SetUp();
    }

    std::string path(const std::string& name) { return (m_folder.path() / name).string(); }

    void startWitness(std::uint16_t port)
    {
        auto witness = Process::start(
            "/usr/bin/python3",
            {.arguments
             = {source() + "/tests/support/witness.py", path("witness"), std::to_string(port)}});
        ASSERT_TRUE(witness) << witness.error().message;
        m_witness.emplace(*std::move(witness));
        const auto listening = readListeningPort(*m_witness, Deadline::after(60s));
        ASSERT_TRUE(listening) << listening.error().message;
        m_port = *listening;
    }

    /// The witness takes heads of the server's log from now on.
    void introduce() { std::ofstream(path("witness/logs")) << anchors().at(1) << "\n"; }

    Json verifyWitnessed(const std::string& file)
    {
        auto with = anchors();
        with.insert(with.end(), {"--witness", m_vkey, "--tsa-ca", path("tsa/root.pem")});
        return verify(file, with);
    }

    static bool isWitnessed(const Json& report)
    {
        return printJson(report).find("a pinned witness saw") != std::string::npos;
    }

    /// Exports until the head is cosigned, which is tried again every few seconds.
    Json exportWitnessed(const std::string& incident)
    {
        const auto deadline = Deadline::after(60s);
        Json report = verifyWitnessed(exportPack(incident));
        while (!isWitnessed(report) && !deadline.reached()) {
            std::this_thread::sleep_for(500ms);
            report = verifyWitnessed(exportPack(incident));
        }
        return report;
    }

    std::uint16_t m_port = 0;
    std::string m_vkey;
    std::optional<Process> m_witness;
    std::optional<Process> m_authority;
};

TEST_F(Witnessed, packsAndCertificatesCarryWhatTheWitnessAndTheAuthoritySaid)
{
    static_cast<void>(callAsRecorded("contract-2-answer"));
    const std::string incident = waitForIncident();
    const Json unknown = verifyWitnessed(exportPack(incident));
    EXPECT_EQ(stringMember(unknown, "verdict"), "untrusted") << "the witness does not know the log";
    EXPECT_FALSE(isWitnessed(unknown)) << printJson(unknown);

    introduce();
    const Json pack = exportWitnessed(incident);
    EXPECT_EQ(stringMember(pack, "verdict"), "valid") << printJson(pack);
    EXPECT_FALSE(stringMember(*findMember(pack, "time"), "proven").empty())
        << "the time stamp is over the note with the cosignature: " << printJson(pack);
    EXPECT_EQ(verifyByHand(path("case.exhibit")), 0);
    const auto certified = m_server->controlJson(
        {"certify", incident, "-o", path("certificate.json")}); // The call closed long ago.
    ASSERT_TRUE(certified) << certified.error().message;
    const Json certificate = verifyWitnessed(path("certificate.json"));
    EXPECT_EQ(stringMember(certificate, "verdict"), "valid") << printJson(certificate);
    EXPECT_TRUE(isWitnessed(certificate)) << printJson(certificate);

    // It forgot everything: submission starts over from nothing.
    std::filesystem::remove(path("witness/state"));
    EXPECT_TRUE(isWitnessed(exportWitnessed(incident)));
}

TEST_F(Witnessed, aWitnessThatIsAwayStopsNothingAndIsAskedAgain)
{
    introduce();
    const std::string incident = makeIncident();
    EXPECT_TRUE(isWitnessed(exportWitnessed(incident)));
    m_witness->kill();
    static_cast<void>(m_witness->wait(Deadline::after(10s)));
    const Json alone = verifyWitnessed(exportPack(incident));
    EXPECT_EQ(stringMember(alone, "verdict"), "untrusted") << "a witness that is pinned is wanted";
    EXPECT_EQ(stringMember(verify(path("case.exhibit"), anchors()), "verdict"), "valid");
    startWitness(m_port);
    EXPECT_TRUE(isWitnessed(exportWitnessed(incident)));
}

} // namespace
} // namespace exhibit::test
