// SPDX-License-Identifier: Apache-2.0
// Bodies in a content coding, through a real gateway.
#include "tests/server/gateway/gateway_on_test.h"
#include "tests/server/gateway/guard_builder.h"
#include "tests/server/gateway/gzip_body.h"

namespace exhibit::gateway {
namespace {

const std::string kBlock = patternPolicy("SECRETS", "block", "sk-[a-z]{8}");
const std::string kBlockInput = patternPolicy("SECRETS", "block", "sk-[a-z]{8}", "input");
const std::string kRedact = patternPolicy("PII", "redact", "[0-9]{4}-[0-9]{4}");
const std::string kRedactInput = patternPolicy("PII", "redact", "[0-9]{4}-[0-9]{4}", "input");

std::string asking(const std::string& text)
{
    return R"({"model":"gpt-4o","messages":[{"role":"user","content":")" + text + R"("}]})";
}
std::string answer(const std::string& text)
{
    return R"({"choices":[{"index":0,"message":{"role":"assistant","content":")" + text
        + R"("},"finish_reason":"stop"}]})";
}

/// A provider whose answer is gzip.
ScriptedUpstream::Script answering(const std::string& text)
{
    return [reply = jsonReply(deflateBody(answer(text)), "Content-Encoding: gzip\r\n")](
               const std::string&, ScriptedUpstream::Peer& peer) { return peer.send(reply); };
}

Result<test::Reply> askCoded(GatewayOnTest& gateway, const std::string& body)
{
    return gateway.chat(deflateBody(body), {{"Content-Encoding", "gzip"}});
}

std::string bodyOf(const std::string& request)
{
    return request.substr(request.find("\r\n\r\n") + 4);
}
std::string headOf(const std::string& request)
{
    return request.substr(0, request.find("\r\n\r\n") + 2);
}

TEST(CodedCall, aRequestThatNothingChangesGoesOutAsItCame)
{
    GatewayOnTest gateway(answering("Hello"), {.policies = {kBlockInput, kRedactInput}});
    const auto body = asking("nothing in it");
    ASSERT_EQ(askCoded(gateway, body)->status, 200);
    const auto request = gateway.upstream().requests().at(0);
    EXPECT_EQ(bodyOf(request), deflateBody(body));
    EXPECT_NE(headOf(request).find("Content-Encoding: gzip\r\n"), std::string::npos)
        << headOf(request);
    const auto opened = recordsOf<spool::CallOpened>(gateway.records()).at(0);
    EXPECT_EQ(opened.request, deflateBody(body)) << "the record has the bytes as they came";
}

TEST(CodedCall, aRewrittenRequestGoesOutPlainWithItsOwnLength)
{
    GatewayOnTest gateway(answering("Hello"), {.policies = {kRedactInput}});
    ASSERT_EQ(askCoded(gateway, asking("card 1111-2222"))->status, 200);
    const auto request = gateway.upstream().requests().at(0);
    const auto sent = asking("card [GONE]");
    EXPECT_EQ(bodyOf(request), sent);
    EXPECT_EQ(headOf(request).find("Content-Encoding"), std::string::npos) << headOf(request);
    EXPECT_NE(headOf(request).find("Content-Length: " + std::to_string(sent.size()) + "\r\n"),
              std::string::npos)
        << headOf(request);
}

TEST(CodedCall, aRequestIsJudgedDecoded)
{
    GatewayOnTest gateway(answering("Hello"), {.policies = {kBlockInput}});
    EXPECT_EQ(askCoded(gateway, asking("sk-abcdefgh"))->status, 403);
    EXPECT_TRUE(gateway.upstream().requests().empty());
}

TEST(CodedCall, anAnswerThatNothingChangesGoesOutAsItCame)
{
    GatewayOnTest gateway(answering("Hello"), {.policies = {kBlock, kRedact}});
    const auto reply = gateway.chat(asking("Hi"));
    ASSERT_EQ(reply->status, 200);
    EXPECT_EQ(reply->header("Content-Encoding"), "gzip");
    EXPECT_EQ(reply->body, deflateBody(answer("Hello")));
    const auto closed = recordsOf<spool::CallClosed>(gateway.records()).at(0);
    EXPECT_EQ(closed.texts.at(0).released, "Hello");
}

TEST(CodedCall, anAnswerIsJudgedDecodedAndGoesOutPlainWhereItChanges)
{
    GatewayOnTest redacting(answering("card 1111-2222"), {.policies = {kRedact}});
    const auto redacted = redacting.chat(asking("Hi"));
    ASSERT_EQ(redacted->status, 200);
    EXPECT_FALSE(redacted->header("Content-Encoding"));
    EXPECT_EQ(redacted->body, answer("card [GONE]"));

    GatewayOnTest blocking(answering("the key sk-abcdefgh"), {.policies = {kBlock}});
    const auto cut = blocking.chat(asking("Hi"));
    ASSERT_EQ(cut->status, 200);
    EXPECT_FALSE(cut->header("Content-Encoding"));
    EXPECT_NE(cut->body.find("content_filter"), std::string::npos) << cut->body;
    EXPECT_EQ(cut->body.find("sk-"), std::string::npos) << cut->body;
}

} // namespace
} // namespace exhibit::gateway
