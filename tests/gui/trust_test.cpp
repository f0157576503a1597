// SPDX-License-Identifier: Apache-2.0
// Exports beside packs in the console, and whose certificates it believes.
#include "app/console/console.h"
#include "models/report/pdf_signature.h"
#include "models/report/soc2_files.h"
#include "server/signer/pdf_key.h"
#include "tests/gui/dropped_files.h"
#include "tests/gui/own_settings.h"
#include "tests/gui/safe_console.h"
#include "tests/gui/stall_monitor.h"
#include "tests/models/report/kinds_on_test.h"
#include "ui/certificate/answer_row.h"
#include "ui/certificate/certificate_page.h"
#include "ui/certificate/certificate_view.h"
#include "ui/certificate/pack_model.h"
#include "ui/certificate/pinned_keys_dialog.h"
#include "ui/text.h"
#include "ui/widgets/message_bar.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

namespace exhibit::console {

using namespace Qt::StringLiterals;
using evidence::Answer;
using evidence::CheckResult;

class TrustTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { test::useOwnSettings(u"trust"_s); }
    void init()
    {
        QSettings().clear();
        m_console = test::openSafeConsole();
    }
    void cleanup() { m_console.reset(); }
    void cleanupTestCase() { QSettings().clear(); }

    void aTrustedAuthorityVouchesForReportsAndCanBeTakenBack()
    {
        const auto key = signer::PdfKey::generate(utcNow()).value();
        const auto sign = [&key](const Digest& digest) { return key.sign(digest); };
        drop({write(
            u"report.pdf"_s,
            report::makeReport(report::packOfKindsOnTest(), report::ReportKind::Incident, sign)
                .value())});
        auto* pinned = new ui::PinnedKeysDialog(page().trust(), &window());
        QVERIFY(pinned->pin(ui::toQt(evidence::testing::smallLogKey().text()), {}));
        QVERIFY(pinned->pin(ui::toQt(evidence::testing::smallKey('c').publicKey().pem()), {}));
        QTRY_VERIFY(isVerified(0));
        QCOMPARE(result(Answer::Trust), CheckResult::NotChecked);
        QVERIFY2(page().certificate().commands().endsWith(
                     u" --trust-log … --trust-certificate … --pdf-ca …"_s),
                 qPrintable(page().certificate().commands()));

        QVERIFY(test::trigger(window(), u"evidence.trust_authority"));
        auto* where = window().findChild<QFileDialog*>();
        QVERIFY(where != nullptr && where->isVisible());
        Q_EMIT where->fileSelected(write(u"notes.exhibit"_s, "just some notes"));
        QVERIFY2(page().bar().text().contains(u"notes.exhibit"_s), qPrintable(page().bar().text()));
        QCOMPARE(page().trust().keys().size(), 2);
        Q_EMIT where->fileSelected(write(u"ca.pem"_s, key.certificate().value()));
        where->close();
        QTRY_VERIFY(isVerified(0) && result(Answer::Trust) == CheckResult::Passed);
        const QString name = ui::describeKey(page().trust().keys().back());
        QVERIFY2(page().bar().text().contains(name), qPrintable(page().bar().text()));
        QVERIFY(test::trigger(window(), u"evidence.copy_summary"));
        const auto fingerprint = report::certificateNames(key.certificate().value())->front();
        QVERIFY2(QGuiApplication::clipboard()->text().contains(ui::toQt(fingerprint.text())),
                 qPrintable(QGuiApplication::clipboard()->text()));

        const ui::TrustStore again(nullptr);
        QCOMPARE(again.keys().size(), 3);
        QCOMPARE(again.keys().back().note, u"ca.pem"_s);
        page().trust().unpin(2);
        QTRY_VERIFY(isVerified(0) && result(Answer::Trust) == CheckResult::NotChecked);
    }

    void eachCertificateOfAFileIsNamedAndTakenBackByItself()
    {
        const auto certificate
            = [] { return signer::PdfKey::generate(utcNow()).value().certificate().value(); };
        const Bytes first = certificate();
        const Bytes second = certificate();
        QVERIFY(test::trigger(window(), u"evidence.trust_authority"));
        auto* where = window().findChild<QFileDialog*>();
        QVERIFY(where != nullptr);
        Q_EMIT where->fileSelected(write(u"chain.pem"_s, "The two of us\n" + first + second));
        QCOMPARE(page().trust().keys().size(), 2);
        for (const auto& key : page().trust().keys()) {
            QVERIFY2(page().bar().text().contains(ui::describeKey(key)),
                     qPrintable(page().bar().text()));
        }
        QVERIFY(ui::describeKey(page().trust().keys().front())
                != ui::describeKey(page().trust().keys().back()));
        page().trust().unpin(0);
        QCOMPARE(page().trust().anchors().reportCertificates, std::vector<Bytes>{trimmed(second)});

        QVERIFY(page().trust().pinFile(write(u"first.cer"_s, derOf(first))));
        QCOMPARE(page().trust().anchors().reportCertificates,
                 (std::vector<Bytes>{trimmed(second), trimmed(first)}));
        QVERIFY(!page().trust().pinFile(write(u"again.pem"_s, first + second)));
        where->close();
    }

    void certificatesThatWereKeptAsOneKeyAreShownEach()
    {
        const auto certificate = [] {
            return ui::toQt(signer::PdfKey::generate(utcNow()).value().certificate().value());
        };
        QSettings settings;
        settings.beginWriteArray(u"pinned_keys"_s, 1);
        settings.setArrayIndex(0);
        settings.setValue(u"text"_s, QString(certificate() + certificate()));
        settings.setValue(u"note"_s, u"a letter"_s);
        settings.endArray();
        const ui::TrustStore store(nullptr);
        QCOMPARE(store.keys().size(), 2);
        QCOMPARE(store.keys().back().note, u"a letter"_s);
        QCOMPARE(store.anchors().reportCertificates.size(), std::size_t(2));
    }

    void whatNobodySignedIsVerifiedAsFarAsItGoes()
    {
        const Json bundle = toJson(report::bundleOnTest(report::factsOnTest(), true));
        const auto soc2 = report::soc2FilesOnTest();
        const auto archive = report::soc2Archive(
            fromJson<report::Soc2Bundle>(parseJson(soc2.bundle).value()).value(), soc2.beside);
        drop({write(u"bundle.json"_s, printJson(bundle)), write(u"soc2.zip"_s, archive.value())});
        QTRY_VERIFY(isVerified(0) && isVerified(1));
        const auto& files = page().files().files();
        QCOMPARE(files[0].inspection.report.verdict, evidence::Verdict::Unauthenticated);
        QVERIFY(!files[0].inspection.report.hasFailure());
        QVERIFY2(page().certificate().about().contains(u"files of an export"_s),
                 qPrintable(page().certificate().about()));
        QVERIFY(page().certificate().commands().contains(u"-c manifest-sha256.txt"_s));
        QVERIFY(!page().certificate().commands().contains(u"tagmanifest"_s));
        QVERIFY(page().certificate().commands().endsWith(u" --trust-log …"_s));
        ui::PackModel model(page().files(), nullptr);
        QVERIFY(model.rowCount(model.index(1, 0, {})) >= 4);
        drop({write(u"soc2.pdf"_s, report::reportOf(report::ReportKind::Soc2, soc2, {}).value())});
        QTRY_VERIFY(isVerified(2));
        QVERIFY2(page().certificate().about().contains(u"A report without a pack"_s),
                 qPrintable(page().certificate().about()));
    }

private:
    static Bytes trimmed(const Bytes& pem) { return ui::fromQt(ui::toQt(pem).trimmed()); }
    static Bytes derOf(const Bytes& pem)
    {
        const QString text = ui::toQt(pem).trimmed();
        const auto begin = text.indexOf(u'\n');
        const QString middle = text.mid(begin, text.lastIndexOf(u'\n') - begin);
        return QByteArray::fromBase64(middle.toLatin1()).toStdString();
    }
    QString write(const QString& name, const Bytes& bytes)
    {
        return test::writeFile(m_folder, name, bytes);
    }
    void drop(const QStringList& files) { test::dropOn(window(), files); }
    bool isVerified(std::size_t index)
    {
        return page().files().files().size() > index
            && page().files().files()[index].verifiedAt.isValid();
    }
    CheckResult result(Answer answer) { return page().certificate().answer(answer).result(); }
    ui::MainWindow& window() { return m_console->window(); }
    ui::CertificatePage& page()
    {
        return *qobject_cast<ui::CertificatePage*>(window().page(u"certificate"_s));
    }

    QTemporaryDir m_folder;
    std::unique_ptr<Console> m_console;
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::TrustTest)
#include "trust_test.moc"
