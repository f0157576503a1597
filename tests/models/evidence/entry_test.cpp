// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/entry.h"

#include "models/base/canonical_json.h"
#include "models/evidence/field.h"
#include "models/evidence/keys.h"
#include "tests/models/evidence/vector_files.h"

using namespace exhibit;
using namespace exhibit::evidence;

namespace {

Entry sample()
{
    return {{{sha256("x"), "/model"}, {sha256("y"), "/a\"b\\c\n\xc3\xa9"}},
            "exhibit.example/demo/log1",
            sha256("p"),
            41,
            "2026-11-21T10:00:01.000000Z",
            "llm.call"};
}

} // namespace

TEST(Entry, isCanonicalJsonAndReadsBack)
{
    const Bytes bytes = writeEntry(sample()).value();
    EXPECT_TRUE(parseCanonicalJson(bytes)) << bytes;
    const auto entry = parseEntry(bytes).value();
    EXPECT_EQ(writeEntry(entry).value(), bytes);
    EXPECT_EQ(entry.fields[1].path, sample().fields[1].path);
    const auto head = parseEntryHead(bytes).value();
    EXPECT_EQ(head.sequence, 41U);
    EXPECT_EQ(head.type, "llm.call");
}

TEST(Entry, refusesEveryOtherSpelling)
{
    const Bytes bytes = writeEntry(sample()).value();
    // Whatever byte is changed or dropped: it is refused, or it is another canonical entry.
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        Bytes shorter = bytes;
        shorter.erase(i, 1);
        if (const auto entry = parseEntry(shorter)) {
            EXPECT_EQ(writeEntry(*entry).value(), shorter);
        }
        Bytes spaced = bytes;
        spaced.insert(i, 1, ' ');
        if (const auto entry = parseEntry(spaced)) {
            EXPECT_EQ(writeEntry(*entry).value(), spaced);
        }
    }
    EXPECT_FALSE(parseEntry(bytes + "\n"));
    EXPECT_FALSE(parseEntry(std::string(bytes).replace(bytes.find(":41,"), 4, ":041,")));
    EXPECT_FALSE(parseEntry(std::string(bytes).replace(bytes.find("\\n"), 2, "\\u000a")));
}

TEST(Entry, readsLowerCaseDigitsAndNothingElse)
{
    const Bytes bytes = writeEntry(sample()).value();
    const std::size_t previous = bytes.find(R"("prev":")") + 8;
    for (int c = 0; c < 256; ++c) {
        for (const std::size_t at : {0U, 1U, 63U}) {
            Bytes changed = bytes;
            changed[previous + at] = static_cast<char>(c);
            const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
            const auto head = parseEntryHead(changed);
            ASSERT_EQ(head.has_value(), digit) << c;
            if (digit) {
                EXPECT_EQ(toHex(asView(head->previous))[at], static_cast<char>(c));
            }
        }
    }
}

TEST(Entry, refusesWhatHasNoForm)
{
    const auto refused = [](auto change) {
        Entry entry = sample();
        change(entry);
        return !writeEntry(entry);
    };
    EXPECT_TRUE(refused([](Entry& e) { e.fields[1].path = "/model"; }));
    EXPECT_TRUE(refused([](Entry& e) { e.fields[1].path = "model"; }));
    EXPECT_TRUE(refused([](Entry& e) { e.log = "a b"; }));
    EXPECT_TRUE(refused([](Entry& e) { e.type = "LLM"; }));
    EXPECT_TRUE(refused([](Entry& e) { e.time = "2026-11-21"; }));
    EXPECT_TRUE(refused([](Entry& e) { e.sequence = std::uint64_t{1} << 53U; }));
    EXPECT_TRUE(refused(
        [](Entry& e) { e.fields[0].path = "/" + std::string(limits::kFieldPathBytesMax, 'x'); }));
    EXPECT_TRUE(refused([](Entry& e) {
        for (std::size_t i = 0; i < limits::kEntryFieldsMax; ++i) {
            e.fields.push_back({{}, "/" + std::to_string(i)});
        }
    }));
    EXPECT_EQ(parseEntry(std::string(limits::kEntryBytesMax + 1, 'x')).error().code,
              ErrorCode::TooLarge);
}

TEST(Field, readsBackAndRefusesOtherForms)
{
    const Field field{Bytes(32, 's'), "/a", JsonObject{{"k", 1}}, std::nullopt};
    const Bytes file = writeField(field).value();
    EXPECT_EQ(parseField(file)->value, field.value);
    const Field padded{Bytes(32, 's'), "/a", "v", std::string("    ")};
    EXPECT_EQ(parseField(writeField(padded).value())->pad, "    ");
    EXPECT_FALSE(parseField(R"(["exhibit/field/v1","c3M","/a",1])")) << "a short salt";
    EXPECT_FALSE(parseField(R"(["exhibit/field/v2",")" + toBase64Url(field.salt) + R"(","/a",1])"));
    EXPECT_FALSE(parseField(R"(["exhibit/field/v1",")" + toBase64Url(field.salt) + R"(","a",1])"));
    EXPECT_FALSE(parseField(file + "\n"));
    EXPECT_EQ(parseField(std::string(limits::kFieldFileBytesMax + 1, 'x')).error().code,
              ErrorCode::TooLarge);
    EXPECT_NE(randomSalts(2), randomSalts(2));
    EXPECT_EQ(randomSalts(2).size(), 64U);
}

TEST(Field, ofATextHasOneSpellingTheShortWayToo)
{
    const auto file = [](const std::string& path, const std::string& value) {
        return "[\"exhibit/field/v1\",\"" + toBase64Url(Bytes(32, 's')) + "\",\"" + path + "\",\""
            + value + "\"]";
    };
    for (const std::string value :
         {"", "plain", "\xc3\xa4 \x7f", "a \"quoted\" \\ line\n\x01 end"}) {
        const Field field{Bytes(32, 's'), "/a", Json(value), std::nullopt};
        const auto read = parseField(writeField(field).value());
        ASSERT_TRUE(read) << value;
        EXPECT_EQ(read->value, Json(value));
        EXPECT_EQ(read->path, "/a");
        EXPECT_EQ(read->salt, field.salt);
    }
    EXPECT_TRUE(parseField(file("/a", "x")));
    for (const std::string value :
         {"\x01", "\xff", "\\u0041", "\\/", "\\ud800", "\\U", "\\", "x\",\"y\"", "\xed\xa0\x80"}) {
        EXPECT_FALSE(parseField(file("/a", value))) << value;
    }
    EXPECT_FALSE(parseField(file("a", "x")));
    EXPECT_FALSE(parseField(file("/\\u0061", "x")));
    EXPECT_FALSE(parseField(file("/a", "x") + " "));
    EXPECT_EQ(parseField(file("/a", "x\",\"y"))->pad, "y");
}

TEST(Field, keepsBytesAndBlobs)
{
    EXPECT_EQ(bytesOf(byteValue("text")), "text");
    EXPECT_EQ(bytesOf(byteValue("\xff\x00")), Bytes("\xff"));
    EXPECT_FALSE(bytesOf(Json(1)));
    const auto reference = blobReference(blobValue("blob", Bytes(32, 's')));
    EXPECT_EQ(reference->size, 4U);
    EXPECT_EQ(reference->hmac, hmacSha256(Bytes(32, 's'), "blob"));
    EXPECT_FALSE(blobReference(JsonObject{{"blob", 1}}));
    EXPECT_FALSE(blobReference(Json("blob")));
}
