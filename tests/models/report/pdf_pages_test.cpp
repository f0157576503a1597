// SPDX-License-Identifier: Apache-2.0
// What somebody lays over the pages of a signed report, or hangs above them, is seen.
#include "models/report/pdf_pages.h"

#include "models/report/incident_report.h"
#include "models/report/pdf_finish.h"
#include "models/report/step_line.h"
#include "models/report/typesetter.h"
#include "models/report/words.h"
#include "tests/models/report/facts_on_test.h"

#include <gtest/gtest.h>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFWriter.hh>

namespace exhibit::report {
namespace {

using Object = QPDFObjectHandle;

Bytes reportOnTest()
{
    Document document;
    document.title = "A report";
    document.kind = "Incident report";
    document.createdAt = fromMicroseconds(1'795'000'000'000'000);
    document.blocks = {Paragraph{plain("Some words.")}, PageBreak{}, Paragraph{plain("More.")}};
    PdfFinish finish;
    finish.sign = [](const Digest&) -> Result<Bytes> { return Bytes("a signature"); };
    return finishPdf(typeset(document).value().pdf, document, finish).value();
}

/// As it is read after somebody changed it.
PdfContent after(const std::function<void(QPDF&)>& change)
{
    const Bytes file = reportOnTest();
    QPDF pdf;
    pdf.processMemoryFile("report", file.data(), file.size());
    change(pdf);
    QPDFWriter writer(pdf);
    writer.setOutputMemory();
    writer.write();
    const auto buffer = writer.getBufferSharedPointer();
    return readPdf({reinterpret_cast<const char*>(buffer->getBuffer()), buffer->getSize()}).value();
}

Object pageOf(QPDF& pdf, std::size_t number)
{
    return QPDFPageDocumentHelper(pdf).getAllPages().at(number).getObjectHandle();
}

Object fieldOf(QPDF& pdf)
{
    return pdf.getRoot().getKey("/AcroForm").getKey("/Fields").getArrayItem(0);
}

/// A picture as large as the page, that calls itself a signature.
Object overlay(QPDF& pdf)
{
    auto picture = Object::newStream(&pdf, "1 0 0 rg 0 0 600 850 re f");
    picture.replaceDict(Object::parse("<< /Type /XObject /Subtype /Form /BBox [0 0 600 850] >>"));
    auto appearance = Object::newDictionary();
    appearance.replaceKey("/N", picture);
    auto note = Object::parse("<< /Type /Annot /Subtype /Stamp /FT /Sig /Rect [0 0 600 850] >>");
    note.replaceKey("/AP", appearance);
    return pdf.makeIndirectObject(note);
}

TEST(PdfPages, ofAReportHoldNothingSuspicious)
{
    const auto content = after([](QPDF&) {});
    EXPECT_TRUE(content.suspicious.empty());
    EXPECT_EQ(content.pages.size(), 2U);
    EXPECT_NE(content.pages[0], content.pages[1]);
}

TEST(PdfPages, areNotHiddenUnderAnnotations)
{
    for (const auto& change : std::vector<std::function<void(QPDF&)>>{
             [](QPDF& pdf) { // One on each page: none has more than one.
                 for (std::size_t page = 0; page < 2; ++page) {
                     pageOf(pdf, page).replaceKey("/Annots", Object::newArray({overlay(pdf)}));
                 }
             },
             [](QPDF& pdf) {
                 pageOf(pdf, 1).replaceKey("/Annots", Object::newArray({overlay(pdf)}));
             },
             [](QPDF& pdf) { pageOf(pdf, 0).getKey("/Annots").appendItem(overlay(pdf)); },
             [](QPDF& pdf) { // The field itself, on two pages.
                 pageOf(pdf, 1).replaceKey("/Annots", Object::newArray({fieldOf(pdf)}));
             },
             [](QPDF& pdf) { fieldOf(pdf).replaceKey("/Rect", Object::parse("[0 0 600 850]")); },
             [](QPDF& pdf) { fieldOf(pdf).replaceKey("/AP", overlay(pdf).getKey("/AP")); },
             [](QPDF& pdf) { fieldOf(pdf).replaceKey("/A", Object::parse("<< /S /Launch >>")); },
             [](QPDF& pdf) { fieldOf(pdf).replaceKey("/Kids", Object::newArray({overlay(pdf)})); },
             [](QPDF& pdf) {
                 pdf.getRoot().getKey("/AcroForm").replaceKey("/XFA", Object::newString("<x/>"));
             },
             [](QPDF& pdf) {
                 pdf.getRoot().getKey("/AcroForm").getKey("/Fields").appendItem(overlay(pdf));
             },
         }) {
        EXPECT_FALSE(after(change).suspicious.empty());
    }
}

TEST(PdfPages, areOthersWhenWhatStandsAboveThemIs)
{
    const auto good = after([](QPDF&) {});
    for (const auto& [key, value] : std::vector<std::pair<std::string, std::string>>{
             {"/CropBox", "[0 0 10 10]"}, {"/Rotate", "180"}}) {
        const auto changed = after([&](QPDF& pdf) {
            pdf.getRoot().getKey("/Pages").replaceKey(key, Object::parse(value));
        });
        EXPECT_NE(changed.pages, good.pages) << key;
    }
    const auto scaled
        = after([](QPDF& pdf) { pageOf(pdf, 0).replaceKey("/UserUnit", Object::newInteger(7)); });
    EXPECT_NE(scaled.pages[0], good.pages[0]);
    EXPECT_EQ(scaled.pages[1], good.pages[1]);
}

TEST(ReportWords, sayNoGapOfARangeWithoutOneAlone)
{
    PackFacts facts;
    facts.firstEntry = 40;
    facts.lastEntry = 42;
    facts.entries = 3;
    EXPECT_EQ(rangeOf(facts), "seq 40..42, no gap");
    facts.lastEntry = 5000;
    EXPECT_EQ(rangeOf(facts), "3 entries of seq 40..5000");
}

TEST(ReportWords, accuseTheModelOfWhatWasDecidedAlone)
{
    EvidenceBundle bundle;
    EXPECT_EQ(whatTheModelDid(bundle).find("broke"), std::string::npos);
    bundle.violation.emplace();
    bundle.violation->result = domain::DecisionResult::Error;
    EXPECT_EQ(whatTheModelDid(bundle), "gave an answer that could not be judged by the policy ");
    bundle.violation->result = domain::DecisionResult::Block;
    EXPECT_EQ(whatTheModelDid(bundle), "broke the policy ");
    bundle.violation->channel = ""; // A limit of the whole run.
    EXPECT_EQ(whatTheModelDid(bundle), "was called in a run that broke the policy ");
    bundle.incident.rootCause.emplace();
    bundle.incident.rootCause->kind = domain::GapKind::ModelFault;
    EXPECT_EQ(causeInPlainWords(bundle), "The run went on until it had used what it was allowed. ");
    bundle.violation->channel = "choices/0/content";
    EXPECT_NE(causeInPlainWords(bundle).find("the model did it"), std::string::npos);
}

TEST(ReportWords, callARedactedAnswerRedacted)
{
    const auto line = [](const char* texts, int withheld) {
        domain::TimelineEvent event;
        event.type = domain::StepType::Output;
        event.data = JsonObject{{"released_bytes", 900},
                                {"withheld_bytes", withheld},
                                {"texts", parseJson(texts).value()}};
        return lineOf(event).event;
    };
    EXPECT_EQ(line(R"([{"released":"a","original":"b","withheld_bytes":0}])", 80),
              "Answer redacted");
    EXPECT_EQ(line(R"([{"released":"a","original":"b","withheld_bytes":4}])", 80), "Answer cut");
    EXPECT_EQ(line(R"([{"released":"a","withheld_bytes":4}])", 80), "Answer cut");
    EXPECT_EQ(line(R"([{"released":"a"}])", 0), "Answer released");
}

TEST(ReportWords, doNotSayThatNobodyKnowsWhatSomebodyAssessed)
{
    PackFacts facts;
    facts.bundle.answer.emplace();
    const auto said = [&facts] {
        std::string all;
        for (const auto& span : ReportParts(facts).delivered(ReportParts::Detail::Plain)) {
            all += span.text;
        }
        return all;
    };
    EXPECT_NE(said().find("is not known to this record"), std::string::npos) << said();
    facts.bundle.impact.emplace();
    EXPECT_EQ(said().find("is not known to this record"), std::string::npos) << said();
    facts.bundle.answer.reset();
    EXPECT_NE(said().find("is not recorded"), std::string::npos) << said();
    facts.bundle.violation.emplace();
    facts.bundle.violation->result = domain::DecisionResult::Block;
    EXPECT_NE(said().find("Nothing was sent to a provider"), std::string::npos) << said();
}

} // namespace
} // namespace exhibit::report
