// SPDX-License-Identifier: Apache-2.0
// A report's file as others read it, and every byte of it that somebody may change.
#include "models/report/pdf_finish.h"
#include "models/report/pdf_pages.h"
#include "models/report/pdf_signature.h"
#include "models/report/pdf_verifier.h"
#include "models/report/typesetter.h"
#include "server/signer/pdf_key.h"
#include "tests/models/evidence/vector_files.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <fstream>

namespace exhibit::report {
namespace {

using namespace std::chrono_literals;
using evidence::testing::readFile;
using evidence::testing::vectors;

class SignedPdf : public ::testing::Test {
protected:
    SignedPdf()
        : m_key(signer::PdfKey::generate(utcNow()).value())
    {
        m_document.title = "Incident report: <b> & \"quotes\" 契約";
        m_document.kind = "Incident report";
        m_document.createdAt = utcNow();
        m_document.blocks = {Title{"A report", "under"},
                             Paragraph{plain("Some words.")},
                             PageBreak{},
                             Paragraph{plain("A second page.")}};
    }

    Bytes make(bool sign = true) const
    {
        PdfFinish finish;
        finish.attachments.push_back(
            {"evidence.exhibit", "application/vnd.exhibit+zip", "a pack", m_pack});
        if (sign) {
            finish.sign = [this](const Digest& digest) { return m_key.sign(digest); };
        }
        return finishPdf(typeset(m_document).value().pdf, m_document, finish).value();
    }

    std::string write(const std::string& name, const Bytes& bytes) const
    {
        const std::string file = (m_folder.path() / name).string();
        std::ofstream(file, std::ios::binary) << bytes;
        return file;
    }

    static std::string outputOf(const std::string& program,
                                const std::vector<std::string>& arguments)
    {
        const auto done
            = test::run("/usr/bin/" + program, {.arguments = arguments}, Deadline::after(60s));
        EXPECT_TRUE(done && done->exitCode == 0) << program << (done ? done->output : "");
        return done ? done->output : std::string();
    }

    /// Every byte but those of streams and of the zeros behind the signature: of these a few.
    static std::vector<bool> outsideOfStreams(const Bytes& pdf)
    {
        constexpr std::size_t kStride = 499;
        std::vector<bool> chosen(pdf.size(), true);
        const auto thinOut = [&chosen](std::size_t begin, std::size_t end) {
            for (std::size_t at = begin; at < end; ++at) {
                chosen[at] = at % kStride == 0;
            }
        };
        constexpr std::string_view kBegin = "\nstream\n";
        for (auto at = pdf.find(kBegin); at != pdf.npos; at = pdf.find(kBegin, at)) {
            const auto end = std::min(pdf.find("\nendstream", at), pdf.size());
            thinOut(at + kBegin.size(), end);
            at = end;
        }
        const auto place = findSignature(pdf).value();
        thinOut(place.holeBegin + 2 * place.cms.size() + 9, place.holeEnd - 9);
        return chosen;
    }

    test::TempDir m_folder;
    signer::PdfKey m_key;
    Document m_document;
    Bytes m_pack = "PK not really a pack";
};

TEST_F(SignedPdf, isSoundForProgramsOfOthers)
{
    const std::string file = write("report.pdf", make());
    EXPECT_NE(outputOf("qpdf", {"--check", file}).find("No syntax or stream encoding errors"),
              std::string::npos);
    const std::string signature = outputOf("pdfsig", {"-nocert", file});
    EXPECT_NE(signature.find("Signature is Valid."), std::string::npos) << signature;
    EXPECT_NE(signature.find("Total document signed"), std::string::npos) << signature;
    EXPECT_NE(signature.find("ETSI.CAdES.detached"), std::string::npos) << signature;
    outputOf("pdfdetach", {"-save", "1", "-o", (m_folder.path() / "pack").string(), file});
    std::ifstream saved(m_folder.path() / "pack", std::ios::binary);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(saved), {}), m_pack);
    const std::string info = outputOf("pdfinfo", {file});
    EXPECT_NE(info.find(m_document.title), std::string::npos) << info;
    EXPECT_NE(info.find("Tagged:          yes"), std::string::npos) << info;
    EXPECT_NE(info.find("JavaScript:      no"), std::string::npos) << info;
}

TEST_F(SignedPdf, carriesASignatureThatOpensslTakesWithItsAttributes)
{
    const Bytes pdf = make();
    const auto place = findSignature(pdf);
    ASSERT_TRUE(place) << place.error().message;
    const std::string content
        = write("content", pdf.substr(0, place->holeBegin) + pdf.substr(place->holeEnd));
    const std::string cms = write("cms.der", place->cms);
    const std::string certificate = write("ca.pem", m_key.certificate().value());
    outputOf("openssl",
             {"cms",
              "-verify",
              "-cades",
              "-binary",
              "-inform",
              "DER",
              "-in",
              cms,
              "-content",
              content,
              "-CAfile",
              certificate,
              "-purpose",
              "any",
              "-out",
              (m_folder.path() / "out").string()});
    const std::string printed
        = outputOf("openssl", {"cms", "-cmsout", "-print", "-inform", "DER", "-in", cms});
    EXPECT_NE(printed.find("id-smime-aa-signingCertificateV2"), std::string::npos);
    EXPECT_EQ(printed.find("signingTime"), std::string::npos) << "PAdES keeps it in the file";
}

TEST_F(SignedPdf, hasWhatPdfA3AsksFor)
{
    const std::string file = write("report.pdf", make());
    const std::string json = outputOf("qpdf", {"--qdf", "--object-streams=disable", file, "-"});
    for (const auto* part : {"<pdfaid:part>3</pdfaid:part>",
                             "/AFRelationship /Source",
                             "/S /GTS_PDFA1",
                             "/Lang (en)",
                             "/TransformMethod /DocMDP",
                             "&lt;b&gt; &amp; \"quotes\" 契約",
                             "/Scope /Column"}) {
        if (std::string(part) != "/Scope /Column") { // There is no table here.
            EXPECT_NE(json.find(part), json.npos) << part;
        }
    }
    EXPECT_TRUE(json.starts_with("%PDF-1.7"));
}

TEST_F(SignedPdf, isTheSameTwiceButForTheSignature)
{
    EXPECT_EQ(make(false), make(false));
    Bytes one = make();
    Bytes two = make();
    const auto place = findSignature(one).value();
    one.erase(place.holeBegin, place.holeEnd - place.holeBegin);
    two.erase(place.holeBegin, place.holeEnd - place.holeBegin);
    EXPECT_EQ(one, two);
}

TEST_F(SignedPdf, isFoundChangedWhicheverByteIs)
{
    const Bytes pdf = make();
    const std::vector<Bytes> pinned{m_key.certificate().value()};
    const auto good = [&](const Bytes& bytes) {
        const auto place = findSignature(bytes);
        return place
            && checkCms(place->cms,
                        bytes.substr(0, place->holeBegin) + bytes.substr(place->holeEnd),
                        pinned);
    };
    ASSERT_TRUE(good(pdf));
    const auto chosen = outsideOfStreams(pdf);
    Bytes changed = pdf;
    for (std::size_t at = 0; at < pdf.size(); ++at) {
        for (const unsigned bits : {0x01U, 0x20U, 0x80U}) { // A digit, a letter's case, UTF-8.
            changed[at] = static_cast<char>(static_cast<unsigned char>(pdf[at]) ^ bits);
            if (chosen[at]) {
                EXPECT_FALSE(good(changed)) << at << " ^ " << bits;
            }
        }
        changed[at] = pdf[at];
    }
    EXPECT_FALSE(good(pdf + "\n"));
    EXPECT_FALSE(good(pdf + "1 0 obj << >> endobj trailer << >> %%EOF\n"));
    EXPECT_FALSE(good(pdf.substr(0, pdf.size() - 1)));
}

TEST_F(SignedPdf, hidesNothingBehindItsSignature)
{
    Bytes pdf = make();
    const auto place = findSignature(pdf).value();
    pdf[place.holeEnd - 3] = '7';
    const auto changed = findSignature(pdf);
    EXPECT_FALSE(changed) << "the room behind the signature holds zeros and nothing else";
}

TEST_F(SignedPdf, withoutASignatureIsNotTakenForOne)
{
    const auto none = findSignature(make(false));
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().message, "the file is not signed");
    EXPECT_FALSE(findSignature("%PDF-1.7 nothing"));
    const auto report = verifyReportPdf(make(false), {}, {});
    EXPECT_NE(report.verdict, evidence::Verdict::Valid);
}

/// A file of somebody else's with two signatures, the second in an update behind the first.
TEST(SignedPdfOfOthers, withAnUpdateBehindASignatureIsRefused)
{
    NEEDS_VECTORS();
    const Bytes pdf = readFile(vectors() / "pdf/minimal-two-fields-signed-twice.pdf");
    const auto twice = findSignature(pdf);
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().message, "the file has more fields than its signature");
    EXPECT_EQ(verifyReportPdf(pdf, {}, {}).verdict, evidence::Verdict::Unreadable)
        << "it is no report of ours at all";

    const auto end = pdf.find("%%EOF", pdf.find("/ByteRange")) + 6;
    ASSERT_LT(end, pdf.size());
    const auto once = findSignature(pdf.substr(0, end));
    EXPECT_FALSE(once) << "the field for the second one is there already";
}

TEST_F(SignedPdf, byAnotherKeyIsNotPinned)
{
    const Bytes pdf = make();
    const auto place = findSignature(pdf).value();
    const Bytes content = pdf.substr(0, place.holeBegin) + pdf.substr(place.holeEnd);
    const auto other = signer::PdfKey::generate(utcNow()).value();
    const auto strange = checkCms(place.cms, content, {other.certificate().value()});
    ASSERT_TRUE(strange) << strange.error().message;
    EXPECT_EQ(strange->verdict, CmsVerdict::Unpinned);
    EXPECT_EQ(checkCms(place.cms, content, {m_key.certificate().value()})->verdict,
              CmsVerdict::Pinned);
    const auto unread = checkCms(place.cms, content, {"no certificate"});
    ASSERT_TRUE(unread) << "what is pinned is no fault of the report";
    EXPECT_EQ(unread->verdict, CmsVerdict::Unpinned);
}

TEST_F(SignedPdf, certificatesAreReadEachOrNotAtAll)
{
    const Bytes one = m_key.certificate().value();
    const Bytes other = signer::PdfKey::generate(utcNow()).value().certificate().value();
    EXPECT_EQ(certificateNames("Ours:\n" + one + other)->size(), 2U);
    EXPECT_EQ(separateCertificates("Ours:\n" + one + other).value(),
              (std::vector<Bytes>{one, other}));
    Bytes cut = one + other;
    cut.resize(cut.size() - 40);
    EXPECT_FALSE(certificateNames(cut)) << "the second is not passed over";
    EXPECT_FALSE(certificateNames(""));
    const std::string file = write("one.pem", one);
    const Bytes der = outputOf("openssl", {"x509", "-in", file, "-outform", "DER"});
    EXPECT_EQ(separateCertificates(der).value(), std::vector<Bytes>{one});
    EXPECT_FALSE(separateCertificates(der + "x"));
    EXPECT_FALSE(separateCertificates(der.substr(0, der.size() - 1)));
}

} // namespace
} // namespace exhibit::report
