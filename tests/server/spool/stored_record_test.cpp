// SPDX-License-Identifier: Apache-2.0
#include "server/spool/stored_record.h"

#include <gtest/gtest.h>

#include <set>

namespace exhibit::spool {
namespace {

Record record(Bytes payload)
{
    return {.tenant = TenantId::generate(),
            .call = CallId::generate(),
            .at = UtcTime{std::chrono::nanoseconds{-5}},
            .kind = RecordKind::Incident,
            .payload = std::move(payload)};
}

TEST(StoredRecord, comesBackAsItWas)
{
    const Secret key = makeKey();
    RecordSealer sealer(key);
    AesGcm cipher(key);
    ChainEnd end;
    Bytes batch;
    const std::vector<Record> records{record(""), record("two"), record(Bytes(100'000, 'x'))};
    for (const auto& each : records) {
        const std::size_t before = batch.size();
        sealer.seal(end, each, batch);
        EXPECT_EQ(batch.size() - before, each.payload.size() + kStoredOverheadBytes);
    }
    ChainEnd read;
    BytesView rest = batch;
    for (const auto& expected : records) {
        const auto view = takeStored(rest);
        ASSERT_TRUE(view);
        ASSERT_TRUE(advance(read, *view));
        const auto opened = openStored(*view, cipher);
        ASSERT_TRUE(opened);
        EXPECT_EQ(opened->tenant, expected.tenant);
        EXPECT_EQ(opened->call, expected.call);
        EXPECT_EQ(opened->at, expected.at);
        EXPECT_EQ(opened->kind, expected.kind);
        EXPECT_EQ(opened->payload, expected.payload);
    }
    EXPECT_TRUE(rest.empty());
    EXPECT_EQ(read.recordNo, end.recordNo);
    EXPECT_EQ(read.hash, end.hash);
}

TEST(StoredRecord, everyChangedByteIsFoundByTheChainOrTheSeal)
{
    const Secret key = makeKey();
    RecordSealer sealer(key);
    AesGcm cipher(key);
    ChainEnd end;
    Bytes batch;
    sealer.seal(end, record("payload"), batch);
    const std::size_t one = batch.size();
    sealer.seal(end, record("payload"), batch);
    for (std::size_t i = 0; i < one; ++i) {
        Bytes changed = batch;
        changed[i] = static_cast<char>(changed[i] ^ 0x20);
        ChainEnd read;
        BytesView rest = changed;
        bool whole = true;
        while (whole && !rest.empty()) {
            const auto view = takeStored(rest);
            whole = view && advance(read, *view);
        }
        EXPECT_FALSE(whole && read.recordNo == 2) << i;
        rest = changed;
        const auto view = takeStored(rest);
        // The seal alone vouches for everything but the link to the record before.
        const bool link = i >= 4 && i < 4 + 32;
        EXPECT_EQ(view && openStored(*view, cipher), link) << i;
    }
}

TEST(StoredRecord, neverRepeatsANonceAlsoForARecordThatIsSealedAgain)
{
    RecordSealer sealer(makeKey());
    const Record same = record("same");
    std::set<Bytes> sealed;
    for (int i = 0; i < 100; ++i) {
        ChainEnd end;
        Bytes batch;
        sealer.seal(end, same, batch);
        sealed.insert(batch.substr(batch.size() - kTagBytes - 4 - kNonceBytes, kNonceBytes));
    }
    EXPECT_EQ(sealed.size(), 100U);
}

TEST(StoredRecord, refusesWhatIsCutShort)
{
    RecordSealer sealer(makeKey());
    ChainEnd end;
    Bytes batch;
    sealer.seal(end, record("payload"), batch);
    for (std::size_t size = 0; size < batch.size(); ++size) {
        BytesView rest = BytesView(batch).substr(0, size);
        EXPECT_FALSE(takeStored(rest)) << size;
    }
    BytesView huge("\xff\xff\xff\xff and nothing like that much");
    EXPECT_FALSE(takeStored(huge));
}

TEST(StoredRecord, doesNotOpenUnderAnotherKey)
{
    RecordSealer sealer(makeKey());
    AesGcm other(makeKey());
    ChainEnd end;
    Bytes batch;
    sealer.seal(end, record("payload"), batch);
    BytesView rest = batch;
    const auto opened = openStored(*takeStored(rest), other);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::Corrupt);
    EXPECT_NE(opened.error().message.find("record 1"), std::string::npos);
}

} // namespace
} // namespace exhibit::spool
