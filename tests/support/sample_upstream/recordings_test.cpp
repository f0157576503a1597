// SPDX-License-Identifier: Apache-2.0
#include "tests/support/sample_upstream/recordings.h"

#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <zlib.h>

namespace exhibit::sample {

namespace {

const char* const kLines
    = R"({"id":"one","endpoint":"chat.completions","request":{"model":"m","n":1},"status":200,)"
      R"("response_headers":{"x-a":"b","content-length":"9","transfer-encoding":"chunked"},)"
      R"("response":{"answer":1}})"
      "\n"
      R"({"id":"chat","messages":["no exchange"]})"
      "\n\n"
      R"({"id":"two","path":"/v1/chat/completions","request":{"n":1.0,"model":"m"},)"
      R"("response":{"answer":2}})"
      "\n"
      R"({"id":"sse","endpoint":"chat.completions","request":{"model":"m","stream":true},)"
      R"("sse":["data: 1","","data: [DONE]"]})"
      "\n"
      R"({"id":"odd","path":"/odd","request":{"q":1},"status":429,"response":{"answer":3}})"
      "\n"
      R"({"id":"get","path":"/v1/models","method":"GET","request":null,"response":{"data":[]}})";

Recordings loaded(const test::TempDir& folder)
{
    auto recordings = Recordings::load(folder.write("r.jsonl", kLines));
    EXPECT_TRUE(recordings.has_value());
    return *std::move(recordings);
}

std::string idOf(const Recordings::Found& found)
{
    const std::string id = found.recording == nullptr ? "none" : found.recording->id;
    return found.fallback && found.recording != nullptr ? "fallback " + id : id;
}

} // namespace

TEST(Recordings, findsTheFirstEqualRequest)
{
    const test::TempDir folder;
    const Recordings recordings = loaded(folder);
    const auto find = [&](const char* path, const char* body) {
        return idOf(recordings.find("POST", path, *parseJson(body)));
    };
    EXPECT_EQ(find("/v1/chat/completions", R"({"n":1,"model":"m"})"), "one");
    EXPECT_EQ(find("/other/chat/completions", R"({"model":"m","n":1e0})"), "one");
    EXPECT_EQ(find("/v1/chat/completions", R"({"model":"m","stream":true})"), "sse");
    EXPECT_EQ(find("/odd", R"({"q":1})"), "odd");
    EXPECT_EQ(recordings.findById("two")->answer.body, R"({"answer":2})");
    EXPECT_EQ(recordings.findById("three"), nullptr);
}

TEST(Recordings, fallsBackOnTheSameEndpointAndStreamFlag)
{
    const test::TempDir folder;
    const Recordings recordings = loaded(folder);
    const auto find = [&](const char* path, const char* body) {
        return idOf(recordings.find("POST", path, *parseJson(body)));
    };
    EXPECT_EQ(find("/v1/chat/completions", R"({"model":"x"})"), "fallback one");
    EXPECT_EQ(find("/v1/chat/completions", R"({"model":"x","stream":true})"), "fallback sse");
    EXPECT_EQ(find("/v1/embeddings", R"({"model":"x"})"), "none");
    EXPECT_EQ(find("/odd", R"({"q":2})"), "none"); // Only a 429 is recorded there.
}

TEST(Recordings, looksPastWhatChangesNoAnswer)
{
    const test::TempDir folder;
    const Recordings recordings = loaded(folder);
    const auto find = [&](const char* body) {
        return idOf(recordings.find("POST", "/v1/chat/completions", *parseJson(body)));
    };
    EXPECT_EQ(find(R"({"model":"m","stream":true,"stream_options":{"include_usage":true}})"),
              "sse");
    EXPECT_EQ(find(R"({"n":1,"model":"m","metadata":{"channel":"web"}})"), "one");
    EXPECT_EQ(find(R"({"model":"x","stream":true,"stream_options":{"include_usage":true}})"),
              "fallback sse");
}

TEST(Recordings, matchesRequestsWithoutBodyByMethodAndPath)
{
    const test::TempDir folder;
    const Recordings recordings = loaded(folder);
    EXPECT_EQ(idOf(recordings.find("GET", "/v1/models", nullptr)), "get");
    EXPECT_EQ(idOf(recordings.find("DELETE", "/v1/models", nullptr)), "none");
    EXPECT_EQ(idOf(recordings.find("GET", "/x/models", nullptr)), "none");
}

TEST(Recordings, countsLinesThatAreNoExchange)
{
    const test::TempDir folder;
    const Recordings recordings = loaded(folder);
    EXPECT_EQ(recordings.size(), 5U);
    EXPECT_EQ(recordings.skipped(), 1U);
}

TEST(Recordings, keepsHeadersExceptThoseOfTheConnection)
{
    const test::TempDir folder;
    const Recordings recordings = loaded(folder);
    EXPECT_EQ(recordings.findById("one")->answer.head,
              "HTTP/1.1 200 OK\r\nx-a: b\r\ncontent-type: application/json\r\n");
}

TEST(Recordings, keepsTheDigitsOfNumbers)
{
    const test::TempDir folder;
    const auto recordings = Recordings::load(folder.write(
        "r.jsonl", R"({"id":"n","path":"/e","request":{},"response": {"x":1781021261.7155337} })"));
    EXPECT_EQ(recordings->findById("n")->answer.body, R"({"x":1781021261.7155337})");
}

TEST(Recordings, joinsTheLinesOfAStream)
{
    const test::TempDir folder;
    const Recordings recordings = loaded(folder);
    const Answer& answer = recordings.findById("sse")->answer;
    EXPECT_EQ(answer.body, "data: 1\n\ndata: [DONE]\n\n");
    EXPECT_EQ(answer.eventEnds, (std::vector<std::size_t>{9, 23}));
    EXPECT_EQ(answer.chunkedBody, "9\r\ndata: 1\n\n\r\ne\r\ndata: [DONE]\n\n\r\n0\r\n\r\n");
}

TEST(Recordings, readsFoldersAndGzip)
{
    const test::TempDir folder;
    const gzFile file = ::gzopen(folder.file("b.jsonl.gz").c_str(), "wb");
    ASSERT_NE(::gzputs(file, kLines), -1);
    ::gzclose(file);
    const auto first = folder.write(
        "a.jsonl",
        R"({"id":"zero","endpoint":"chat.completions","request":{"model":"m","n":1},)"
        R"("response":{}})");
    const auto recordings = Recordings::load(folder.path());
    ASSERT_TRUE(recordings.has_value());
    EXPECT_EQ(recordings->size(), 6U);
    const auto found
        = recordings->find("POST", "/chat/completions", *parseJson(R"({"model":"m","n":1})"));
    EXPECT_EQ(idOf(found), "zero"); // Files in the order of their names.
}

TEST(Recordings, listsTheModelsItKnows)
{
    const test::TempDir folder;
    const Json models = *parseJson(loaded(folder).models().body);
    ASSERT_EQ(models.at("data").as_array().size(), 1U);
    EXPECT_EQ(stringMember(models.at("data").at(0), "id"), "m");
}

TEST(Recordings, namesTheLineThatCannotBeRead)
{
    const test::TempDir folder;
    const auto broken = Recordings::load(folder.write("r.jsonl", "{}\n{\"a\":\n"));
    ASSERT_FALSE(broken.has_value());
    EXPECT_TRUE(broken.error().subject.ends_with("r.jsonl:2"));
    EXPECT_FALSE(Recordings::load(folder.file("missing")).has_value());
    const test::TempDir empty;
    EXPECT_FALSE(Recordings::load(empty.path()).has_value());
}

} // namespace exhibit::sample
