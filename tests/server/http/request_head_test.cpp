// SPDX-License-Identifier: Apache-2.0
#include "server/http/request_head.h"

#include <gtest/gtest.h>

namespace exhibit::http {

namespace {

struct Parsed {
    Request request;
    Framing framing;
    int status = 0; ///< Of the refusal; 0: understood.
};

Parsed parse(std::string_view head)
{
    Parsed parsed;
    std::size_t scanned = 0;
    const HeadSearch search = findHead(head, scanned);
    if (search.refusal) {
        parsed.status = search.refusal->status;
        return parsed;
    }
    EXPECT_TRUE(search.length.has_value()) << head;
    const auto refusal
        = parseHead(head.substr(0, search.length.value_or(0)), parsed.request, parsed.framing);
    parsed.status = refusal ? refusal->status : 0;
    return parsed;
}

Parsed withFields(const std::string& fields)
{
    return parse("POST / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n");
}

} // namespace

TEST(RequestHead, readsLineAndFields)
{
    const auto parsed = parse("POST /a?b HTTP/1.1\r\nHost: h\r\nX-One:  two words \t\r\n"
                              "Content-Length: 12\r\n\r\n");
    ASSERT_EQ(parsed.status, 0);
    EXPECT_EQ(parsed.request.method, "POST");
    EXPECT_EQ(parsed.request.target, "/a?b");
    EXPECT_EQ(parsed.request.headers.find("x-one"), "two words");
    EXPECT_EQ(parsed.framing.contentLength, 12U);
    EXPECT_TRUE(parsed.framing.keepAlive);
}

TEST(RequestHead, findsTheEndHoweverTheBytesArrive)
{
    const std::string head = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    std::size_t scanned = 0;
    for (std::size_t size = 0; size < head.size(); ++size) {
        const HeadSearch search = findHead(std::string_view(head).substr(0, size), scanned);
        EXPECT_FALSE(search.refusal.has_value()) << size;
        EXPECT_FALSE(search.length.has_value()) << size;
    }
    EXPECT_EQ(findHead(head, scanned).length, head.size());
}

TEST(RequestHead, followsTheVersionsRuleForKeepAlive)
{
    EXPECT_FALSE(parse("GET / HTTP/1.0\r\n\r\n").framing.keepAlive);
    EXPECT_TRUE(parse("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").framing.keepAlive);
    EXPECT_FALSE(withFields("Connection: foo, Close\r\n").framing.keepAlive);
}

TEST(RequestHead, refusesFormsThatTwoParsersReadDifferently)
{
    for (const char* fields : {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                               "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                               "Content-Length: 5\r\nContent-Length: 5\r\n",
                               "Content-Length: 5, 5\r\n",
                               "Content-Length: +5\r\n",
                               "Content-Length: -1\r\n",
                               "Content-Length: 0x5\r\n",
                               "Content-Length: 5 5\r\n",
                               "Content-Length: \r\n",
                               "Content-Length: 99999999999999999999999\r\n",
                               "Content-Length : 5\r\n",
                               " Content-Length: 5\r\n",
                               "X: a\r\n folded\r\n",
                               "X: a\r\n\tfolded\r\n",
                               "X: a\nContent-Length: 5\r\n",
                               "X: a\rb\r\n",
                               "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                               "Host: other\r\n",
                               ": empty\r\n",
                               "no colon\r\n",
                               "Bad Name: x\r\n",
                               "X: \x01\r\n",
                               "X: \x7f\r\n"}) {
        EXPECT_EQ(withFields(fields).status, 400) << fields;
    }
    EXPECT_EQ(withFields(std::string("X: a\0b\r\n", 8)).status, 400);
}

TEST(RequestHead, refusesTransferCodingsItDoesNotKnow)
{
    for (const char* coding :
         {"gzip", "gzip, chunked", "chunked, chunked", "xchunked", "identity"}) {
        EXPECT_EQ(withFields(std::string("Transfer-Encoding: ") + coding + "\r\n").status, 501)
            << coding;
    }
    EXPECT_EQ(parse("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n").status, 400);
}

TEST(RequestHead, refusesBadRequestLines)
{
    for (const char* line : {"GET /",
                             "GET  / HTTP/1.1",
                             "GET / HTTP/1.1 ",
                             "GET / HTTP/2.0",
                             "GET / http/1.1",
                             "GET / HTTP/1.2",
                             "GET /a b HTTP/1.1",
                             "G(T / HTTP/1.1",
                             "GET /\x01 HTTP/1.1",
                             "GET  HTTP/1.1",
                             "PRI * HTTP/2.0"}) {
        EXPECT_EQ(parse(std::string(line) + "\r\nHost: h\r\n\r\n").status, 400) << line;
    }
}

TEST(RequestHead, knowsOtherProtocolsByTheirFirstByte)
{
    std::size_t scanned = 0;
    EXPECT_TRUE(findHead("\x16\x03\x01", scanned).refusal.has_value());
    scanned = 0;
    EXPECT_TRUE(findHead(BytesView("\0", 1), scanned).refusal.has_value());
}

TEST(RequestHead, needsExactlyOneHostInHttp11)
{
    EXPECT_EQ(parse("GET / HTTP/1.1\r\nX: y\r\n\r\n").status, 400);
    EXPECT_EQ(parse("GET / HTTP/1.0\r\n\r\n").status, 0);
}

TEST(RequestHead, refusesOneByteOverTheHeaderLimit)
{
    const std::string begin = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
    const std::size_t fill = limits::kHttpHeaderBytesMax - begin.size() - 4;
    EXPECT_EQ(parse(begin + std::string(fill, 'a') + "\r\n\r\n").status, 0);
    EXPECT_EQ(parse(begin + std::string(fill + 2, 'a') + "\r\n\r\n").status, 431);
    std::size_t scanned = 0;
    const auto endless = begin + std::string(limits::kHttpHeaderBytesMax, 'a');
    EXPECT_EQ(findHead(endless, scanned).refusal->status, 431);
}

TEST(RequestHead, refusesOneFieldTooMany)
{
    std::string fields;
    for (std::size_t i = 1; i < limits::kHttpHeaderCountMax; ++i) {
        fields += "X: y\r\n";
    }
    EXPECT_EQ(withFields(fields).status, 0);
    EXPECT_EQ(withFields(fields + "X: y\r\n").status, 431);
}

TEST(RequestHead, refusesOneByteOverTheTargetLimit)
{
    const std::string longest = "/" + std::string(limits::kHttpTargetBytesMax - 1, 'a');
    EXPECT_EQ(parse("GET " + longest + " HTTP/1.1\r\nHost: h\r\n\r\n").status, 0);
    EXPECT_EQ(parse("GET " + longest + "a HTTP/1.1\r\nHost: h\r\n\r\n").status, 414);
    std::size_t scanned = 0;
    EXPECT_EQ(findHead("GET " + longest + longest, scanned).refusal->status, 414);
}

TEST(RequestHead, refusesOtherExpectations)
{
    EXPECT_TRUE(withFields("Expect: 100-Continue\r\n").framing.expectContinue);
    EXPECT_EQ(withFields("Expect: coffee\r\n").status, 417);
}

} // namespace exhibit::http
