// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/timestamp.h"

#include "tests/models/evidence/vector_files.h"

#include <openssl/ts.h>

using namespace exhibit;
using namespace exhibit::evidence;
using namespace exhibit::evidence::testing;

namespace {

/// The digest that a request asks to be stamped.
Bytes imprintOf(const Bytes& request)
{
    const auto* at = reinterpret_cast<const unsigned char*>(request.data());
    TS_REQ* parsed = d2i_TS_REQ(nullptr, &at, static_cast<long>(request.size()));
    const ASN1_OCTET_STRING* imprint = TS_MSG_IMPRINT_get_msg(TS_REQ_get_msg_imprint(parsed));
    const Bytes bytes(reinterpret_cast<const char*>(ASN1_STRING_get0_data(imprint)),
                      static_cast<std::size_t>(ASN1_STRING_length(imprint)));
    TS_REQ_free(parsed);
    return bytes;
}

Result<UtcTime> verify(const fs::path& folder, const std::string& response)
{
    const std::vector<Bytes> chain{readFile(folder / "ts_chain.pem")};
    return verifyTimestampImprint(
        readFile(folder / response), imprintOf(readFile(folder / "request.der")), {chain, {}});
}

} // namespace

TEST(Timestamp, verifiesWhatOpensslVerifies)
{
    NEEDS_VECTORS();
    const auto time = verify(vectors() / "tsa/test_tsa", "response.tsr");
    EXPECT_TRUE(time) << time.error().message;
}

TEST(Timestamp, isOverTheBytesInTheAlgorithmThatItNames)
{
    NEEDS_VECTORS();
    const auto folder = vectors() / "tsa/sigstage";
    const std::vector<Bytes> chain{readFile(folder / "ts_chain.pem")};
    const auto over = [&](const std::string& algorithm, const Bytes& data) {
        return verifyTimestamp(
            readFile(folder / ("response-" + algorithm + ".tsr")), data, {chain, {}});
    };
    const auto time = over("sha256", "hello");
    ASSERT_TRUE(time) << time.error().message;
    EXPECT_EQ(formatTime(*time), "2025-05-09T11:58:55.000000Z");
    EXPECT_TRUE(over("sha512", "hello")) << over("sha512", "hello").error().message;
    EXPECT_FALSE(over("sha256", "hullo"));
    EXPECT_FALSE(over("sha512", "hullo"));
}

TEST(Timestamp, refusesAnotherImprintAnotherRootAndAnyOtherByte)
{
    NEEDS_VECTORS();
    const auto other = verify(vectors() / "tsa/sigstage", "response-sha256.tsr");
    ASSERT_FALSE(other);
    EXPECT_NE(other.error().message.find("imprint mismatch"), std::string::npos);
    const auto folder = vectors() / "tsa/test_tsa";
    const Bytes response = readFile(folder / "response.tsr");
    const Bytes imprint = imprintOf(readFile(folder / "request.der"));
    const std::vector<Bytes> root{readFile(folder / "ts_chain.pem")};
    EXPECT_FALSE(verifyTimestampImprint(response, imprint, {})) << "no root is pinned";
    EXPECT_FALSE(verifyTimestamp(response, "other data", {root, {}}));
    EXPECT_FALSE(verifyTimestampImprint("nonsense", imprint, {root, {}}));
    Bytes changed = response;
    changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
    EXPECT_FALSE(verifyTimestampImprint(changed, imprint, {root, {}}));
}
