// SPDX-License-Identifier: Apache-2.0
#include "server/storage/credentials.h"

#include "models/base/assert.h"
#include "models/base/json.h"
#include "models/base/sha256.h"
#include "server/storage/private_file.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace exhibit::storage {
namespace {

Secret passwordFor(std::string_view role, const Secret& seed)
{
    if (seed.empty()) {
        return randomPassword();
    }
    const std::string label = "exhibit/role/v1/" + std::string(role);
    Digest digest{};
    unsigned int size = 0;
    EXHIBIT_ASSERT(HMAC(EVP_sha256(),
                        seed.expose().data(),
                        static_cast<int>(seed.expose().size()),
                        asSpan(label).data(),
                        label.size(),
                        digest.data(),
                        &size)
                   != nullptr);
    return Secret{toHex(asView(digest))};
}

Result<DatabaseCredentials> parseCredentials(const Bytes& bytes, const std::filesystem::path& file)
{
    const auto json = parseJson(bytes);
    DatabaseCredentials credentials;
    if (json) {
        credentials.administrator = Secret{std::string(stringMember(*json, "administrator"))};
        credentials.writer = Secret{std::string(stringMember(*json, "writer"))};
        credentials.reader = Secret{std::string(stringMember(*json, "reader"))};
    }
    if (credentials.administrator.empty() || credentials.writer.empty()
        || credentials.reader.empty()) {
        return fail(ErrorCode::Corrupt, "the file with the database's passwords is damaged", file);
    }
    return credentials;
}

} // namespace

Result<DatabaseCredentials> loadOrCreateCredentials(const std::filesystem::path& dataDirectory,
                                                    const Secret& seed)
{
    const auto file = dataDirectory / "database.secrets";
    EXHIBIT_TRY(const auto bytes, readSmallFile(file));
    if (bytes) {
        return parseCredentials(*bytes, file);
    }
    DatabaseCredentials credentials{
        randomPassword(), passwordFor("writer", seed), passwordFor("reader", seed)};
    const JsonObject json{{"administrator", credentials.administrator.expose()},
                          {"writer", credentials.writer.expose()},
                          {"reader", credentials.reader.expose()}};
    EXHIBIT_CHECK(writePrivateFile(file, printJson(json) + "\n"));
    return credentials;
}

} // namespace exhibit::storage
