// SPDX-License-Identifier: Apache-2.0
#include "server/main/request_gate.h"

#include "server/security/authenticator.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace exhibit::server {
namespace {

class RequestGateTest : public testing::Test {
protected:
    std::string addKey(domain::Role role)
    {
        const Secret text = security::generateKey();
        domain::ApiKey key;
        key.keyId = KeyId::generate();
        key.tenantId = TenantId::generate();
        key.role = role;
        key.hash = security::hashKey(text.expose());
        auto next = *m_catalogue.get();
        next.keys.push_back(key);
        std::sort(next.keys.begin(), next.keys.end(), [](const auto& a, const auto& b) {
            return a.hash < b.hash;
        });
        m_catalogue.set(std::make_shared<const storage::Catalogue>(std::move(next)));
        return text.expose();
    }
    /// Whether a request with these credentials is let in.
    bool admits(http::Surface surface, const std::string& bearer, const std::string& own)
    {
        http::Request request;
        request.id = RequestId::generate();
        request.path = "/";
        request.peerAddress = "192.0.2.1";
        request.receivedAt = utcNow();
        request.headers.add("Authorization", "Bearer " + bearer);
        request.headers.add("X-Exhibit-Key", own);
        return !m_gate.admit(request, surface);
    }

    storage::CatalogueHolder m_catalogue;
    RequestGate m_gate{m_catalogue, {.perAddress = 0, .perPerson = 1, .perService = 0}, {}};
};

TEST_F(RequestGateTest, countsAgainstTheKeyThatTheRouteGoesBy)
{
    const auto person = addKey(domain::Role::User);
    const auto service = addKey(domain::Role::Service);
    EXPECT_TRUE(admits(http::Surface::Api, person, service));
    EXPECT_FALSE(admits(http::Surface::Api, person, service))
        << "a service's key beside it lifted a person's limit";
    EXPECT_TRUE(admits(http::Surface::Api, service, person));
    EXPECT_FALSE(admits(http::Surface::Gateway, service, person)) << "there ours comes first";
    EXPECT_TRUE(admits(http::Surface::Gateway, person, service));
}

} // namespace
} // namespace exhibit::server
