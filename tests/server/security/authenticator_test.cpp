// SPDX-License-Identifier: Apache-2.0
#include "server/security/authenticator.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace exhibit::security {
namespace {

storage::Catalogue catalogueWith(std::vector<domain::ApiKey> keys)
{
    storage::Catalogue catalogue;
    std::ranges::sort(keys, {}, &domain::ApiKey::hash);
    catalogue.keys = std::move(keys);
    return catalogue;
}

domain::ApiKey keyFor(const Secret& text, TenantId tenant)
{
    return {.keyId = KeyId::generate(),
            .tenantId = tenant,
            .projectId = ProjectId::generate(),
            .role = domain::Role::Service,
            .scopes = {domain::Scope::RunCreate},
            .hash = hashKey(text.expose())};
}

TEST(Authenticator, findsWhomAKeySpeaksFor)
{
    std::vector<Secret> texts;
    std::vector<domain::ApiKey> keys;
    for (int i = 0; i < 20; ++i) {
        texts.push_back(generateKey());
        keys.push_back(keyFor(texts.back(), TenantId::generate()));
    }
    const auto catalogue = catalogueWith(keys);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto principal = authenticate(catalogue, texts[i].expose());
        ASSERT_TRUE(principal);
        EXPECT_EQ(principal->tenant, keys[i].tenantId);
        EXPECT_EQ(principal->key, keys[i].keyId);
    }
}

TEST(Authenticator, unknownAndRevokedKeysLookAlike)
{
    const Secret text = generateKey();
    auto key = keyFor(text, TenantId::generate());
    key.revoked = true;
    const auto catalogue = catalogueWith({key});
    const auto revoked = authenticate(catalogue, text.expose());
    const auto unknown = authenticate(catalogue, generateKey().expose());
    ASSERT_FALSE(revoked);
    ASSERT_FALSE(unknown);
    EXPECT_EQ(revoked.error().code, ErrorCode::Unauthenticated);
    EXPECT_EQ(revoked.error().message, unknown.error().message);
    EXPECT_FALSE(authenticate(catalogue, ""));
}

TEST(Authenticator, keysAreLongAndDifferent)
{
    const Secret first = generateKey();
    EXPECT_TRUE(first.expose().starts_with("exk_"));
    EXPECT_EQ(first.expose().size(), 4U + 64U);
    EXPECT_NE(first.expose(), generateKey().expose());
}

TEST(Principal, adminsHaveEveryScopeOthersOnlyTheirs)
{
    Principal principal;
    principal.scopes = {domain::Scope::IncidentRead};
    EXPECT_TRUE(principal.may(domain::Scope::IncidentRead));
    EXPECT_FALSE(principal.may(domain::Scope::KeyManage));
    principal.role = domain::Role::Admin;
    EXPECT_TRUE(principal.may(domain::Scope::KeyManage));
}

} // namespace
} // namespace exhibit::security
