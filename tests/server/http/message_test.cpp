// SPDX-License-Identifier: Apache-2.0
#include "server/http/message.h"

#include <gtest/gtest.h>

namespace exhibit::http {

namespace {

Json parsed(const Response& response)
{
    return *parseJson(response.body);
}

} // namespace

TEST(Headers, namesCompareWithoutCase)
{
    Headers headers{{"Content-Type", "text/plain"}, {"content-type", "second"}};
    EXPECT_EQ(headers.find("CONTENT-TYPE"), "text/plain");
    headers.set("Content-TYPE", "replaced");
    EXPECT_EQ(headers.fields().size(), 1U);
    EXPECT_EQ(headers.find("content-type"), "replaced");
    headers.remove("content-TYPE");
    EXPECT_FALSE(headers.contains("Content-Type"));
}

TEST(ErrorResponse, hasTheOneShapeWithAllFourMembersOfTheProvider)
{
    const RequestId id = RequestId::generate();
    const ErrorReply reply{.status = 400, .code = "bad", .message = "no"};
    const Response response = errorResponse(reply, id);
    const Json body = parsed(response);
    const JsonObject& error = body.at("error").as_object();
    EXPECT_EQ(error.at("message"), "no");
    EXPECT_EQ(error.at("type"), "invalid_request_error");
    EXPECT_TRUE(error.at("param").is_null());
    EXPECT_EQ(error.at("code"), "bad");
    EXPECT_EQ(error.at("error_code"), "bad");
    EXPECT_EQ(stringMember(body.at("error"), "request_id"), id.text());
    EXPECT_EQ(error.size(), 6U);
    EXPECT_EQ(response.headers.find("Content-Type"), "application/json");
}

TEST(ErrorResponse, namesQuotaAndStopWhenThereIsOne)
{
    ErrorReply reply{.status = 429, .code = "USER_DAILY_RUNS_EXCEEDED"};
    reply.limit = 5;
    reply.used = 5;
    reply.resetAt = "2026-11-22T00:00:00.000000Z";
    reply.incidentId = "inc_x";
    reply.policyId = "P";
    reply.runId = "run_x";
    reply.callId = "call_x";
    const JsonObject error = errorObject(reply, RequestId::generate());
    EXPECT_EQ(error.at("limit"), 5);
    EXPECT_EQ(error.at("used"), 5);
    EXPECT_EQ(error.at("reset_at"), "2026-11-22T00:00:00.000000Z");
    EXPECT_EQ(error.at("incident_id"), "inc_x");
    EXPECT_EQ(error.at("policy_id"), "P");
    EXPECT_EQ(error.at("run_id"), "run_x");
    EXPECT_EQ(error.at("call_id"), "call_x");
}

TEST(ErrorResponse, tellsClientsWhetherToRetry)
{
    ErrorReply reply{.status = 503};
    EXPECT_EQ(errorResponse(reply, {}).headers.find("x-should-retry"), "false");
    EXPECT_FALSE(errorResponse(reply, {}).headers.contains("Retry-After"));
    reply.retryAfterSeconds = 7;
    EXPECT_EQ(errorResponse(reply, {}).headers.find("x-should-retry"), "true");
    EXPECT_EQ(errorResponse(reply, {}).headers.find("Retry-After"), "7");
}

TEST(ReplyFor, keepsTheTextOfOurOwnFaultsInside)
{
    for (const ErrorCode code : {ErrorCode::Internal, ErrorCode::Corrupt}) {
        const ErrorReply reply = replyFor(Error{code, "table x is broken", "x"});
        EXPECT_EQ(reply.status, 500);
        EXPECT_EQ(reply.code, "internal");
        EXPECT_EQ(reply.message.find("table"), std::string::npos);
        EXPECT_FALSE(reply.param.has_value());
    }
}

TEST(ReplyFor, saysWhichFieldWasWrong)
{
    const ErrorReply reply
        = replyFor(Error{ErrorCode::InvalidInput, "expected a number", "/limit"});
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.param, "/limit");
    EXPECT_EQ(reply.message, "expected a number");
}

TEST(ReplyFor, givesEachKindItsStatus)
{
    EXPECT_EQ(replyFor(Error{ErrorCode::Unauthenticated, "", ""}).status, 401);
    EXPECT_EQ(replyFor(Error{ErrorCode::Forbidden, "", ""}).status, 403);
    EXPECT_EQ(replyFor(Error{ErrorCode::NotFound, "", ""}).status, 404);
    EXPECT_EQ(replyFor(Error{ErrorCode::Conflict, "", ""}).status, 409);
    EXPECT_EQ(replyFor(Error{ErrorCode::TooLarge, "", ""}).status, 413);
    EXPECT_EQ(replyFor(Error{ErrorCode::Unavailable, "", ""}).status, 503);
    EXPECT_TRUE(replyFor(Error{ErrorCode::Unavailable, "", ""}).retryAfterSeconds.has_value());
    EXPECT_EQ(replyFor(Error{ErrorCode::DeadlineExceeded, "", ""}).status, 504);
}

} // namespace exhibit::http
