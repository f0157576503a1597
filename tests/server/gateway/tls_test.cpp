// SPDX-License-Identifier: Apache-2.0
// Providers behind TLS: only who can prove the name is spoken to.
#include "tests/server/gateway/gateway_on_test.h"
#include "tests/support/process.h"
#include "tests/support/sample_upstream_process.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace exhibit::gateway {
namespace {

const std::string kAsk = R"({"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]})";

/// A self-signed certificate for `names`, in cert.pem and key.pem of the folder.
void makeCertificate(const test::TempDir& folder, const std::string& names)
{
    const auto made = test::run("openssl",
                                {.arguments = {"req",
                                               "-x509",
                                               "-newkey",
                                               "rsa:2048",
                                               "-nodes",
                                               "-days",
                                               "2",
                                               "-subj",
                                               "/CN=provider",
                                               "-addext",
                                               "subjectAltName=" + names,
                                               "-keyout",
                                               folder.file("key.pem"),
                                               "-out",
                                               folder.file("cert.pem")},
                                 .standardErrorFile = folder.file("log")},
                                GatewayOnTest::soon());
    ASSERT_TRUE(made && made->exitCode == 0);
}

struct TlsReply {
    int first = 0;
    int second = 0;
};

/// Two calls to a provider with that certificate; `trusted` says whether the gateway knows it.
TlsReply callTwice(const std::string& names, bool trusted)
{
    const test::TempDir folder;
    makeCertificate(folder, names);
    auto provider
        = test::SampleUpstream::start({"--tls", folder.file("cert.pem"), folder.file("key.pem")});
    EXPECT_TRUE(provider.has_value());
    ::setenv("SSL_CERT_FILE", trusted ? folder.file("cert.pem").c_str() : "/dev/null", 1);
    GatewaySetup setup;
    setup.baseUrl = "https://127.0.0.1:" + std::to_string(provider->port());
    GatewayOnTest gateway([](const std::string&, ScriptedUpstream::Peer&) { return false; }, setup);
    ::unsetenv("SSL_CERT_FILE");
    return {gateway.chat(kAsk)->status, gateway.chat(kAsk)->status};
}

TEST(Tls, speaksToAProviderThatProvesItsName)
{
    const auto reply = callTwice("IP:127.0.0.1", true);
    EXPECT_EQ(reply.first, 200);
    EXPECT_EQ(reply.second, 200);
}

TEST(Tls, refusesACertificateThatNobodyKnows)
{
    EXPECT_EQ(callTwice("IP:127.0.0.1", false).first, 502);
}

TEST(Tls, refusesACertificateForAnotherName)
{
    EXPECT_EQ(callTwice("DNS:provider.example,IP:127.0.0.2", true).first, 502);
}

} // namespace
} // namespace exhibit::gateway
