// SPDX-License-Identifier: Apache-2.0
#include "backend-client/failure.h"
#include "backend-client/tls_errors.h"

#include <gtest/gtest.h>

namespace exhibit::client {
namespace {

HttpReply reply(int status, std::string body, std::string type = "application/json")
{
    return {status, std::move(type), std::move(body)};
}

TEST(Failure, readsTheServersErrorObject)
{
    const auto failure = failureOf(reply(
        400,
        R"({"error":{"message":"There is no field “sevrity”.","type":"invalid_request_error",)"
        R"("param":"query","code":"invalid_query","error_code":"invalid_query",)"
        R"("request_id":"req_1","position":{"begin":2,"end":9},"suggestion":"severity"}})"));
    EXPECT_EQ(failure.error.code, ErrorCode::InvalidInput);
    EXPECT_EQ(failure.error.message, "There is no field “sevrity”.");
    EXPECT_EQ(failure.error.subject, "query");
    EXPECT_EQ(failure.httpStatus, 400);
    ASSERT_TRUE(failure.server);
    EXPECT_EQ(failure.server->errorCode, "invalid_query");
    EXPECT_EQ(failure.server->requestId, "req_1");
    ASSERT_TRUE(failure.server->position);
    EXPECT_EQ(failure.server->position->begin, 2);
    EXPECT_EQ(failure.server->position->end, 9);
    EXPECT_EQ(failure.server->suggestion, "severity");
}

TEST(Failure, nullAndAbsentMembersAreTheSame)
{
    const auto failure = failureOf(reply(
        404, R"({"error":{"message":"No such incident.","type":null,"param":null,"code":null}})"));
    EXPECT_EQ(failure.error.code, ErrorCode::NotFound);
    ASSERT_TRUE(failure.server);
    EXPECT_FALSE(failure.server->param);
    EXPECT_FALSE(failure.server->errorCode);
    EXPECT_EQ(failure.error.subject, "");
}

TEST(Failure, quotasAndStopsKeepTheirMembers)
{
    const auto failure
        = failureOf(reply(429,
                          R"({"error":{"message":"m","type":"quota_exceeded","param":null,)"
                          R"("error_code":"USER_DAILY_RUNS_EXCEEDED","limit":5,"used":5,)"
                          R"("reset_at":"2026-11-22T00:00:00.000000Z"}})"));
    EXPECT_EQ(failure.error.code, ErrorCode::Unavailable);
    ASSERT_TRUE(failure.server);
    EXPECT_EQ(failure.server->limit, 5);
    EXPECT_EQ(failure.server->resetAt, "2026-11-22T00:00:00.000000Z");
}

TEST(Failure, anotherServersPageIsNotQuotedAndNoAnswerOfOurs)
{
    for (const auto* body : {"<html>nginx secret</html>",
                             "",
                             "{}",
                             R"({"error":"text"})",
                             R"({"error":{"message":7}})",
                             R"({"error":{"message":""}})",
                             "\xff"}) {
        const auto failure = failureOf(reply(404, body, "text/html"));
        EXPECT_FALSE(failure.server) << body;
        EXPECT_EQ(failure.error.code, ErrorCode::Unavailable) << body;
        EXPECT_EQ(failure.error.message.find("nginx"), std::string::npos);
        EXPECT_NE(failure.error.message.find("404"), std::string::npos);
    }
}

TEST(Failure, aRedirectionIsSaidToBeOne)
{
    const auto failure = failureOf(reply(302, ""));
    EXPECT_EQ(failure.error.code, ErrorCode::Unavailable);
    EXPECT_NE(failure.error.message.find("redirection"), std::string::npos);
}

TEST(Failure, statusesBecomeWhatProgramsBranchOn)
{
    EXPECT_EQ(errorCodeOfStatus(401), ErrorCode::Unauthenticated);
    EXPECT_EQ(errorCodeOfStatus(403), ErrorCode::Forbidden);
    EXPECT_EQ(errorCodeOfStatus(409), ErrorCode::Conflict);
    EXPECT_EQ(errorCodeOfStatus(413), ErrorCode::TooLarge);
    EXPECT_EQ(errorCodeOfStatus(503), ErrorCode::Unavailable);
    EXPECT_EQ(errorCodeOfStatus(504), ErrorCode::DeadlineExceeded);
    EXPECT_EQ(errorCodeOfStatus(500), ErrorCode::Internal);
    EXPECT_EQ(errorCodeOfStatus(418), ErrorCode::Internal);
}

TEST(Failure, tlsErrorsSayWhatCanBeDone)
{
    EXPECT_TRUE(
        explainTlsError(QSslError::SelfSignedCertificate).contains(QLatin1String("trust store")));
    EXPECT_TRUE(explainTlsError(QSslError::HostNameMismatch).contains(QLatin1String("host name")));
    EXPECT_TRUE(explainTlsError(QSslError::CertificateExpired).contains(QLatin1String("expired")));
    EXPECT_FALSE(explainTlsError(QSslError::InvalidPurpose).isEmpty());
}

} // namespace
} // namespace exhibit::client
