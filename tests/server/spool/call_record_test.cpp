// SPDX-License-Identifier: Apache-2.0
#include "server/spool/call_record.h"

#include "server/spool/call_record_fields.h"
#include "server/spool/json_text.h"
#include "server/spool/little_endian.h"
#include "tests/server/spool/sample_records.h"

#include <gtest/gtest.h>

namespace exhibit::spool {
namespace {

template <class T>
T roundTrip(const T& record)
{
    const RecordContent content(record);
    const auto decoded = decodeRecord(kindOf(content), encodeRecord(content));
    if (!decoded) {
        ADD_FAILURE() << decoded.error().message << " " << decoded.error().subject;
        return {};
    }
    return std::get<T>(*decoded);
}

/// The payload with this JSON and what follows.
Bytes payload(BytesView json, BytesView rest = {})
{
    Bytes out;
    appendLittleEndian(out, static_cast<std::uint32_t>(json.size()));
    return out.append(json).append(rest);
}

TEST(CallRecord, everyKindComesBackWithEveryMember)
{
    std::uint8_t kind = 1;
    for (const auto& content : sample::all()) {
        EXPECT_EQ(kindOf(content), static_cast<RecordKind>(kind++));
        const Bytes encoded = encodeRecord(content);
        const auto decoded = decodeRecord(kindOf(content), encoded);
        ASSERT_TRUE(decoded) << decoded.error().message << " at " << decoded.error().subject;
        EXPECT_EQ(decoded->index(), content.index());
        EXPECT_EQ(encodeRecord(*decoded), encoded);
    }
}

TEST(CallRecord, writesTheSameMembersAsTheTreeWriter)
{
    for (const auto& content : sample::all()) {
        const Bytes encoded = encodeRecord(content);
        const auto length = readLittleEndian<std::uint32_t>(encoded);
        auto text = parseJson(BytesView(encoded).substr(4, length));
        ASSERT_TRUE(text);
        text->as_object().erase("second_body");
        EXPECT_EQ(*text, std::visit([](const auto& record) { return toJson(record); }, content));
    }
}

TEST(CallRecord, bodiesKeepTheirBytes)
{
    const CallOpened record = sample::opened();
    const CallOpened read = roundTrip(record);
    EXPECT_EQ(read.request, record.request);
    EXPECT_EQ(read.sentRequest, record.sentRequest);
    EXPECT_EQ(read.userId, record.userId);
    EXPECT_EQ(read.sessionId, "");
    EXPECT_EQ(read.metadata, record.metadata);
    EXPECT_EQ(read.openedAt, record.openedAt);
    const ChunkRecord chunk = sample::chunk();
    EXPECT_EQ(roundTrip(chunk).body, chunk.body);
    EXPECT_EQ(roundTrip(chunk).offset, chunk.offset);
    EXPECT_EQ(roundTrip(sample::withheld()).atUs, -1);
}

TEST(CallRecord, tellsAnEmptySentRequestFromNone)
{
    CallOpened record = sample::opened();
    record.sentRequest = "";
    EXPECT_EQ(roundTrip(record).sentRequest, "");
    EXPECT_EQ(roundTrip(record).request, record.request);
    record.sentRequest.reset();
    EXPECT_EQ(roundTrip(record).sentRequest, std::nullopt);
    EXPECT_EQ(roundTrip(record).request, record.request);
    record.request.clear();
    EXPECT_EQ(roundTrip(record).request, "");
}

TEST(CallRecord, leavesOutWhatIsAbsent)
{
    const CallOpened read = roundTrip(CallOpened{});
    EXPECT_EQ(read.clientRunId, std::nullopt);
    EXPECT_EQ(read.facts, std::nullopt);
    EXPECT_EQ(read.upstream, std::nullopt);
    EXPECT_TRUE(read.callId.isNull());
}

TEST(CallRecord, textThatIsNotUtf8DoesNotMakeARecordNobodyCanRead)
{
    CallOpened record = sample::opened();
    record.userId = "a\xff\xc3\xa9\xe2\x82z\xc0\x80";
    EXPECT_EQ(roundTrip(record).userId,
              "a\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd\xef\xbf\xbdz\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(CallRecord, takesMetadataOfTheGreatestDepthThatRequestsMayHave)
{
    std::string nested;
    for (std::size_t i = 0; i < limits::kJsonDepthMax; ++i) {
        nested += '[';
    }
    nested += std::string(limits::kJsonDepthMax, ']');
    CallOpened record;
    record.metadata = *parseJson(nested);
    EXPECT_EQ(roundTrip(record).metadata, record.metadata);
}

TEST(CallRecord, refusesJsonThatIsNestedDeeper)
{
    const std::string deep = "{\"x\":" + std::string(limits::kJsonDepthMax + 4, '[')
        + std::string(limits::kJsonDepthMax + 4, ']') + "}";
    EXPECT_FALSE(decodeRecord(RecordKind::RunEnded, payload(deep)));
}

TEST(CallRecord, ignoresMembersItDoesNotKnow)
{
    const Bytes encoded = encodeRecord(sample::runEnded());
    Bytes json = encoded.substr(4);
    json.insert(1, "\"new\":{\"x\":[1]},");
    EXPECT_TRUE(decodeRecord(RecordKind::RunEnded, payload(json)));
}

TEST(CallRecord, refusesAPayloadThatIsCutShort)
{
    for (const auto& content : sample::all()) {
        const Bytes encoded = encodeRecord(content);
        const auto headerBytes = 4 + readLittleEndian<std::uint32_t>(encoded);
        for (std::size_t size = 0; size < headerBytes; ++size) {
            const auto decoded = decodeRecord(kindOf(content), BytesView(encoded).substr(0, size));
            ASSERT_FALSE(decoded);
            EXPECT_EQ(decoded.error().code, ErrorCode::InvalidInput);
        }
    }
}

TEST(CallRecord, refusesWhatIsNotWhatItsKindSays)
{
    const Bytes ended = encodeRecord(sample::runEnded());
    EXPECT_FALSE(decodeRecord(RecordKind{}, ended));
    EXPECT_FALSE(decodeRecord(static_cast<RecordKind>(8), ended));
    EXPECT_FALSE(decodeRecord(RecordKind::CallClosed, ended));
    EXPECT_FALSE(decodeRecord(RecordKind::RunEnded, ended + "x"));
    EXPECT_FALSE(decodeRecord(RecordKind::RunEnded, payload("[]")));
    EXPECT_FALSE(decodeRecord(RecordKind::RunEnded, payload("")));
    EXPECT_FALSE(decodeRecord(RecordKind::RunEnded, Bytes("\xff\xff\xff\xff{}", 6)));
}

TEST(CallRecord, refusesASecondBodyWhoseLengthGoesBeyondTheEnd)
{
    const Bytes encoded = encodeRecord(sample::opened());
    const auto headerBytes = 4 + readLittleEndian<std::uint32_t>(encoded);
    EXPECT_FALSE(decodeRecord(RecordKind::CallOpened, encoded.substr(0, headerBytes)));
    EXPECT_FALSE(decodeRecord(RecordKind::CallOpened, encoded.substr(0, headerBytes + 5)));
    EXPECT_FALSE(decodeRecord(RecordKind::CallOpened,
                              encoded.substr(0, headerBytes) + "\xff\xff\xff\x7f" + "x"));
}

} // namespace
} // namespace exhibit::spool
