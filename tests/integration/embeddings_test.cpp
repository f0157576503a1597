// SPDX-License-Identifier: Apache-2.0
// Certificates whose answers an embedding model compares: over real sockets, from a recorded reply.
#include "models/domain/certificate.h"
#include "tests/integration/evidence_fixture.h"

#include <thread>

namespace exhibit::test {
namespace {

using namespace std::chrono_literals;

class EmbeddingsTest : public EvidenceTest {
protected:
    void SetUp() override
    {
        const std::string recording
            = R"({"id":"alike","endpoint":"embeddings","method":"POST","path":"/v1/embeddings",)"
              R"("request":{"model":"other"},"status":200,"response":{"object":"list","data":[)"
              R"({"index":0,"embedding":[3,4]},{"index":1,"embedding":[4,3]}]}})"
              "\n";
        auto model = SampleUpstream::start(
            {"--recordings", m_folder.write("embeddings.jsonl", recording)});
        ASSERT_TRUE(model) << model.error().message;
        m_model.emplace(*std::move(model));
        m_environment["EXHIBIT_REPLAY_EMBEDDINGS_URL"] = m_model->baseUrl() + "/v1/embeddings";
        m_environment["EXHIBIT_REPLAY_EMBEDDINGS_MODEL"] = "meaning-1";
        m_environment["EXHIBIT_REPLAY_EMBEDDINGS_KEY"] = "sk-test";
        m_environment["EXHIBIT_REPLAY_EMBEDDINGS_THRESHOLD"] = "0.9";
        EvidenceTest::SetUp();
    }

    domain::EvidenceCertificate certify(const std::string& incident)
    {
        const auto deadline = Deadline::after(30s);
        auto done = m_server->controlJson({"certify", incident});
        while (!done && !deadline.reached()) {
            std::this_thread::sleep_for(100ms);
            done = m_server->controlJson({"certify", incident});
        }
        EXPECT_TRUE(done) << done.error().message;
        return fromJson<domain::IssuedCertificate>(*done).value().certificate;
    }

    std::optional<SampleUpstream> m_model;
};

TEST_F(EmbeddingsTest, theModelAndItsThresholdStandInTheCertificate)
{
    const std::string incident = makeIncident(); // The replay gets another answer.
    const auto certificate = certify(incident);
    EXPECT_EQ(certificate.matchLevel, domain::MatchLevel::Semantic);
    ASSERT_TRUE(certificate.comparison);
    EXPECT_TRUE(
        certificate.comparison->method.starts_with("embeddings: cosine of meaning-1 at 127.0.0.1:"))
        << certificate.comparison->method;
    EXPECT_EQ(certificate.comparison->score, "0.9600");
    EXPECT_EQ(certificate.comparison->threshold, "0.9000");

    // Without the model the words decide, and the certificate says so.
    m_model.reset();
    const auto lexical = certify(incident);
    ASSERT_TRUE(lexical.comparison);
    EXPECT_TRUE(lexical.comparison->method.starts_with("lexical: ")) << lexical.comparison->method;
    EXPECT_NE(lexical.comparison->method.find("could not be had"), std::string::npos);
    EXPECT_EQ(lexical.matchLevel, domain::MatchLevel::Mismatch);
}

} // namespace
} // namespace exhibit::test
