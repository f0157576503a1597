// SPDX-License-Identifier: Apache-2.0
// The signature of a report with what others add to it: a time stamp by openssl ts, and the
// certificate of an organisation with those above it.
#include "models/evidence/timestamp.h"
#include "models/evidence/timestamp_request.h"
#include "models/evidence/timestamp_token.h"
#include "models/report/cms_time_stamp.h"
#include "models/report/pdf_finish.h"
#include "models/report/pdf_signature.h"
#include "models/report/pdf_verifier.h"
#include "models/report/report_pdf.h"
#include "models/report/typesetter.h"
#include "server/signer/pdf_key.h"
#include "tests/support/exhibitd_process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>
#include <openssl/cms.h>

#include <fstream>

namespace exhibit::report {
namespace {

using namespace std::chrono_literals;

class StampedPdf : public ::testing::Test {
protected:
    static void SetUpTestSuite()
    {
        s_folder = std::make_unique<test::TempDir>();
        const char* const source = std::getenv("EXHIBIT_SOURCE_DIR");
        auto authority
            = test::Process::start("/usr/bin/python3",
                                   {.arguments = {std::string(source == nullptr ? "." : source)
                                                      + "/tests/support/time_stamp_authority.py",
                                                  path("tsa")}});
        ASSERT_TRUE(authority) << authority.error().message;
        s_authority = std::make_unique<test::Process>(*std::move(authority));
        s_port = test::readListeningPort(*s_authority, Deadline::after(60s)).value();
    }
    static void TearDownTestSuite()
    {
        s_authority.reset();
        s_folder.reset();
    }

    static std::string path(const std::string& name) { return (s_folder->path() / name).string(); }
    static Bytes read(const std::string& file)
    {
        std::ifstream in(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    static void openssl(std::vector<std::string> arguments)
    {
        const auto done = test::run("/usr/bin/openssl",
                                    {.arguments = arguments, .workingDirectory = path("")},
                                    Deadline::after(60s));
        EXPECT_TRUE(done && done->exitCode == 0) << arguments.front() << (done ? done->output : "");
    }
    static Bytes ask(const Bytes& request)
    {
        std::ofstream(path("request"), std::ios::binary) << request;
        const auto done = test::run("/usr/bin/curl",
                                    {.arguments = {"-sS",
                                                   "--fail",
                                                   "-H",
                                                   "Content-Type: application/timestamp-query",
                                                   "--data-binary",
                                                   "@" + path("request"),
                                                   "-o",
                                                   path("response"),
                                                   "http://127.0.0.1:" + std::to_string(s_port)}},
                                    Deadline::after(60s));
        EXPECT_TRUE(done && done->exitCode == 0) << (done ? done->output : "");
        return read(path("response"));
    }
    static Bytes stamped(const Bytes& cms)
    {
        const Bytes request = evidence::makeTimestampRequest(signatureValueOf(cms).value()).value();
        const Bytes response = ask(request);
        EXPECT_TRUE(evidence::expectTimestampReply(response, request));
        return withTimeStamp(cms, response).value();
    }
    static Bytes make(const signer::PdfKey& key, const std::function<Bytes(const Bytes&)>& more)
    {
        Document document;
        document.title = "A report";
        document.report = wireName(ReportKind::Incident);
        document.createdAt = utcNow();
        document.blocks = {Title{"A report", "under"}, Paragraph{plain("Some words.")}};
        PdfFinish finish;
        finish.sign = [&](const Digest& digest) -> Result<Bytes> {
            EXHIBIT_TRY(const Bytes cms, key.sign(digest));
            return more(cms);
        };
        return finishPdf(typeset(document).value().pdf, document, finish).value();
    }
    static Bytes contentOf(const Bytes& pdf)
    {
        const auto place = findSignature(pdf).value();
        return pdf.substr(0, place.holeBegin) + pdf.substr(place.holeEnd);
    }
    static Result<CmsSigner> check(const Bytes& pdf, const std::vector<Bytes>& pinned = {})
    {
        return checkCms(findSignature(pdf).value().cms, contentOf(pdf), pinned);
    }
    static evidence::Check timeOf(const Bytes& pdf, const std::vector<Bytes>& authorities)
    {
        evidence::TrustAnchors anchors;
        anchors.timestampAuthorities = authorities;
        // What is attached is not looked for here: this file carries nothing.
        for (const auto& one : verifyReportPdf(pdf, anchors, {}).checks) {
            if (one.id == "time" && one.subject == "report") {
                return one;
            }
        }
        ADD_FAILURE() << "no check of the report's time";
        return {};
    }

    static inline std::unique_ptr<test::TempDir> s_folder;
    static inline std::unique_ptr<test::Process> s_authority;
    static inline std::uint16_t s_port = 0;
};

Bytes same(const Bytes& cms)
{
    return cms;
}

TEST_F(StampedPdf, aTokenComesOutOfItsResponseAsItWentIn)
{
    const Bytes request = evidence::makeTimestampRequest("data").value();
    const Bytes response = ask(request);
    const auto token = evidence::tokenOfResponse(response);
    ASSERT_TRUE(token) << token.error().message;
    EXPECT_TRUE(response.ends_with(*token));
    EXPECT_TRUE(evidence::expectTimestampReply(evidence::responseOfToken(*token), request));
    for (const auto& broken : {Bytes(),
                               Bytes("x"),
                               response.substr(0, 8),
                               Bytes("\x30\x80", 2),
                               response.substr(0, response.size() - 1)}) {
        EXPECT_FALSE(evidence::tokenOfResponse(broken));
    }
}

TEST_F(StampedPdf, aTimeStampIsOverTheSignatureAndCheckedByItself)
{
    using evidence::CheckResult;
    const auto key = signer::PdfKey::generate(utcNow()).value();
    const Bytes pdf = make(key, stamped);
    const auto signer = check(pdf, {key.certificate().value()});
    ASSERT_TRUE(signer) << signer.error().message;
    EXPECT_EQ(signer->verdict, CmsVerdict::Pinned);
    ASSERT_TRUE(signer->timeStamp);
    const Bytes root = read(path("tsa/root.pem"));
    const auto proven = timeOf(pdf, {root});
    EXPECT_EQ(proven.result, CheckResult::Passed) << proven.detail;
    const auto open = timeOf(pdf, {});
    EXPECT_EQ(open.result, CheckResult::NotChecked) << open.detail;
    EXPECT_EQ(timeOf(make(key, same), {root}).result, CheckResult::NotChecked);
    // By an authority that is not the one pinned.
    EXPECT_EQ(timeOf(pdf, {key.certificate().value()}).result, CheckResult::Failed);
    // Of another signature.
    const Bytes other = stamped(key.sign(sha256("other")).value());
    const Bytes moved = make(key, [&](const Bytes& cms) {
        const auto* at = reinterpret_cast<const unsigned char*>(other.data());
        CMS_ContentInfo* const parsed
            = d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(other.size()));
        const Bytes token = timeStampOf(parsed).value();
        CMS_ContentInfo_free(parsed);
        return withTimeStamp(cms, evidence::responseOfToken(token)).value();
    });
    EXPECT_EQ(timeOf(moved, {root}).result, CheckResult::Failed);
    EXPECT_EQ(timeOf(moved, {}).result, CheckResult::Failed) << "also when nobody is pinned";
}

TEST_F(StampedPdf, isSoundForProgramsOfOthers)
{
    const auto key = signer::PdfKey::generate(utcNow()).value();
    std::ofstream(path("stamped.pdf"), std::ios::binary) << make(key, stamped);
    const auto seen = test::run(
        "/usr/bin/pdfsig", {.arguments = {"-nocert", path("stamped.pdf")}}, Deadline::after(60s));
    ASSERT_TRUE(seen);
    EXPECT_NE(seen->output.find("Signature is Valid."), std::string::npos) << seen->output;
    EXPECT_NE(seen->output.find("Total document signed"), std::string::npos) << seen->output;
    const auto place = findSignature(read(path("stamped.pdf"))).value();
    std::ofstream(path("cms.der"), std::ios::binary) << place.cms;
    const auto printed = test::run(
        "/usr/bin/openssl",
        {.arguments = {"cms", "-cmsout", "-print", "-inform", "DER", "-in", path("cms.der")}},
        Deadline::after(60s));
    EXPECT_NE(printed->output.find("id-smime-aa-timeStampToken"), std::string::npos);
}

TEST_F(StampedPdf, whateverElseIsNotSignedIsRefused)
{
    const auto key = signer::PdfKey::generate(utcNow()).value();
    // Two time stamps.
    EXPECT_FALSE(check(make(key, [](const Bytes& cms) { return stamped(stamped(cms)); })));
}

TEST_F(StampedPdf, everyByteOfATokenCounts)
{
    // The report's signature does not cover it, the authority's does, and its shell has one form.
    const auto key = signer::PdfKey::generate(utcNow()).value();
    const Bytes pdf = make(key, stamped);
    const Bytes root = read(path("tsa/root.pem"));
    const auto provenBy = [&root](const CmsSigner& signer) {
        return evidence::verifyTimestamp(evidence::responseOfToken(*signer.timeStamp),
                                         signer.signature,
                                         {.roots = {&root, 1}, .intermediates = {}});
    };
    const auto place = findSignature(pdf).value();
    const auto signer = check(pdf).value();
    ASSERT_TRUE(provenBy(signer));
    const std::size_t token = place.cms.find(*signer.timeStamp);
    ASSERT_NE(token, place.cms.npos);
    for (std::size_t at = token; at < token + signer.timeStamp->size(); ++at) {
        Bytes changed = pdf;
        const std::size_t digit = place.holeBegin + 1 + 2 * at + 1;
        changed[digit] = changed[digit] == '0' ? '1' : '0';
        const auto found = findSignature(changed);
        const auto cms = found ? checkCms(found->cms, contentOf(changed), {})
                               : tl::make_unexpected(found.error());
        const auto proven = cms && cms->timeStamp
            ? provenBy(*cms)
            : Result<UtcTime>(fail(ErrorCode::InvalidInput, "refused"));
        EXPECT_FALSE(proven) << at - token;
    }
}

/// leaf.pem under middle.pem under root.pem, with keys of that kind.
class OwnCertificate : public StampedPdf {
protected:
    static void request(const std::string& name,
                        const std::string& subject,
                        const std::vector<std::string>& newKey)
    {
        std::vector<std::string> all{"req",
                                     "-new",
                                     "-nodes",
                                     "-keyout",
                                     name + ".key",
                                     "-out",
                                     name + ".csr",
                                     "-subj",
                                     subject};
        all.insert(all.end(), newKey.begin(), newKey.end());
        openssl(all);
    }
    static void issue(const std::string& name, const std::string& by, const std::string& extensions)
    {
        std::ofstream(path(name + ".ext")) << extensions;
        openssl({"x509",
                 "-req",
                 "-in",
                 name + ".csr",
                 "-CA",
                 by + ".pem",
                 "-CAkey",
                 by + ".key",
                 "-CAcreateserial",
                 "-days",
                 "2",
                 "-out",
                 name + ".pem",
                 "-extfile",
                 name + ".ext"});
    }
    static void root(const std::string& name, const std::string& kind)
    {
        openssl({"req",
                 "-x509",
                 "-newkey",
                 kind,
                 "-nodes",
                 "-keyout",
                 name + ".key",
                 "-out",
                 name + ".pem",
                 "-days",
                 "2",
                 "-subj",
                 "/CN=" + name,
                 "-addext",
                 "keyUsage=critical,keyCertSign"});
    }
    static void makeAll(const std::vector<std::string>& newKey)
    {
        root("root", "rsa:2048");
        request("middle", "/CN=Middle", newKey);
        issue(
            "middle", "root", "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n");
        request("leaf", "/O=Example Ltd/CN=Reports", newKey);
        issue("leaf",
              "middle",
              "basicConstraints=critical,CA:FALSE\n"
              "keyUsage=critical,digitalSignature,nonRepudiation\n"
              "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n");
    }
    static void expectSignedBy(const signer::PdfKey& key)
    {
        const Bytes pdf = make(key, stamped);
        for (const auto* pinned : {"root.pem", "middle.pem", "leaf.pem"}) {
            const auto signer = check(pdf, {read(path(pinned))});
            ASSERT_TRUE(signer) << pinned << signer.error().message;
            EXPECT_EQ(signer->verdict, CmsVerdict::Pinned) << pinned;
            EXPECT_EQ(signer->pinned, certificateNames(read(path(pinned))).value().front().text());
            EXPECT_NE(signer->subject.find("Example Ltd"), std::string::npos) << signer->subject;
        }
        EXPECT_EQ(check(pdf, {read(path("tsa/root.pem"))})->verdict, CmsVerdict::Unpinned);
        std::ofstream(path("own.pdf"), std::ios::binary) << pdf;
        const auto seen = test::run(
            "/usr/bin/pdfsig", {.arguments = {"-nocert", path("own.pdf")}}, Deadline::after(60s));
        EXPECT_NE(seen->output.find("Signature is Valid."), std::string::npos) << seen->output;
    }
};

TEST_F(OwnCertificate, signsReportsWithThoseAboveIt)
{
    const std::vector<std::string> kinds[]
        = {{"-newkey", "rsa:2048"}, {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"}};
    for (const auto& kind : kinds) {
        makeAll(kind);
        const auto key = signer::PdfKey::fromPem(read(path("leaf.key")),
                                                 read(path("leaf.pem")) + read(path("middle.pem")));
        ASSERT_TRUE(key) << kind[1] << key.error().message;
        expectSignedBy(*key);
    }
}

TEST_F(OwnCertificate, isRefusedWhenItDoesNotFit)
{
    makeAll({"-newkey", "rsa:2048"});
    const Bytes leaf = read(path("leaf.key"));
    const Bytes chain = read(path("leaf.pem")) + read(path("middle.pem"));
    EXPECT_FALSE(signer::PdfKey::fromPem(leaf, chain + read(path("tsa/root.pem"))))
        << "it vouches for none of the others";
    EXPECT_FALSE(signer::PdfKey::fromPem(read(path("middle.key")), chain));
    EXPECT_FALSE(signer::PdfKey::fromPem("", chain));
    EXPECT_FALSE(signer::PdfKey::fromPem(leaf, ""));
    root("weak", "rsa:1024");
    EXPECT_FALSE(signer::PdfKey::fromPem(read(path("weak.key")), read(path("weak.pem"))));
}

} // namespace
} // namespace exhibit::report
