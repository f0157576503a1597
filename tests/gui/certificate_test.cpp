// SPDX-License-Identifier: Apache-2.0
// Packs opened and verified in the console, without any server.
#include "app/console/console.h"
#include "tests/gui/dropped_files.h"
#include "tests/gui/own_settings.h"
#include "tests/gui/safe_console.h"
#include "tests/gui/stall_monitor.h"
#include "tests/models/evidence/log_on_test.h"
#include "ui/certificate/answer_row.h"
#include "ui/certificate/certificate_page.h"
#include "ui/certificate/certificate_view.h"
#include "ui/certificate/entries_view.h"
#include "ui/certificate/hex_view.h"
#include "ui/certificate/pack_model.h"
#include "ui/certificate/pinned_keys_dialog.h"
#include "ui/certificate/proof_view.h"
#include "ui/text.h"
#include "ui/widgets/message_bar.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QProcess>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>
#include <QThreadPool>
#include <QTreeView>

namespace exhibit::console {

using namespace Qt::StringLiterals;
using evidence::Answer;
using evidence::CheckResult;

class CertificateTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        test::useOwnSettings(u"certificate"_s);
        m_good = write(u"good.exhibit"_s, evidence::testing::smallPack());
        auto payload = evidence::testing::smallPayload();
        auto& entry = payload.at(evidence::entryPath(1));
        entry.replace(entry.find("10:00:01"), 8, "11:00:01");
        m_tampered = write(u"tampered.exhibit"_s, evidence::testing::smallPack(payload));
        m_other = write(u"notes.exhibit"_s, "just some notes");
    }

    void init()
    {
        QSettings().clear();
        m_console = test::openSafeConsole();
    }

    void cleanup() { m_console.reset(); }
    void cleanupTestCase() { QSettings().clear(); }

    void aDroppedPackIsVerifiedWithoutAServer()
    {
        drop({m_good});
        QTRY_VERIFY(isVerified(0));
        QVERIFY(page().isVisible());
        QVERIFY(window().actions().action(u"workspace.certificate")->isChecked());
        QCOMPARE(result(Answer::Integrity), CheckResult::Passed);
        QCOMPARE(result(Answer::Coverage), CheckResult::Passed);
        QCOMPARE(result(Answer::Signer), CheckResult::NotChecked);
        QCOMPARE(result(Answer::Time), CheckResult::NotChecked);
        QVERIFY2(page()
                     .certificate()
                     .answer(Answer::Time)
                     .reason()
                     .startsWith(u"Not checked, because"_s),
                 qPrintable(page().certificate().answer(Answer::Time).reason()));
        QCOMPARE(m_console->hub().source(), nullptr);
    }

    void pinnedKeysMakeItTrustedAndLastToTheNextStart()
    {
        drop({m_good});
        QTRY_VERIFY(isVerified(0));
        auto* dialog = new ui::PinnedKeysDialog(page().trust(), &window());
        QVERIFY(!dialog->pin(u"no key at all"_s, {}));
        QVERIFY(dialog->pin(ui::toQt(evidence::testing::smallLogKey().text()), u"a letter"_s));
        QVERIFY(dialog->pin(ui::toQt(evidence::testing::smallKey('c').publicKey().pem()), {}));
        QVERIFY2(!dialog->pin(ui::toQt(evidence::testing::smallLogKey().text()), {}), "twice");
        QTRY_VERIFY(isVerified(0) && result(Answer::Trust) == CheckResult::Passed);
        QVERIFY(page().certificate().headline().startsWith(u"Intact"_s));
        const ui::TrustStore again(nullptr);
        QCOMPARE(again.keys().size(), 2);
        QCOMPARE(again.keys().front().note, u"a letter"_s);
        page().trust().unpin(0);
        QTRY_VERIFY(isVerified(0) && result(Answer::Trust) == CheckResult::NotChecked);
    }

    void aChangedEntryIsNamedAndNothingIsCalledGood()
    {
        drop({m_good, m_tampered});
        QTRY_VERIFY(isVerified(0) && isVerified(1));
        QCOMPARE(result(Answer::Integrity), CheckResult::Failed);
        QVERIFY2(page().certificate().headline().startsWith(u"Do not rely on"_s),
                 qPrintable(page().certificate().headline()));
        QVERIFY(test::trigger(window(), u"evidence.copy_summary"));
        QVERIFY(QGuiApplication::clipboard()->text().contains(u"Integrity: Failed"_s));
        auto* tree = page().findChild<QTreeView*>();
        tree->setFocus();
        QTest::keyClick(tree, Qt::Key_Home); // The first file again, by keyboard.
        QTRY_COMPARE(result(Answer::Integrity), CheckResult::Passed);
    }

    void theEntryThatFailsShowsItsBytesAndEveryProofItsPath()
    {
        drop({m_good});
        QTRY_VERIFY(isVerified(0));
        auto& entries = *page().findChild<ui::EntriesView*>();
        const auto& inspection = page().files().files().front().inspection;
        int proofs = 0;
        for (const auto& entry : inspection.entries) {
            entries.select(entry.sequence);
            QCOMPARE(entries.bytes().bytes(), entry.bytes);
            QVERIFY(!entries.bytes().isFailed());
            QCOMPARE(entries.bytes().rows(), int(entry.bytes.size() + 15) / 16);
            QVERIFY(entries.bytes().line(0).startsWith(u"00000000  "_s));
            if (entry.path) {
                ++proofs;
                QVERIFY2(entries.proof().text().contains(u"This is the root"_s),
                         qPrintable(entries.proof().text()));
                QVERIFY(entries.proof().text().contains(ui::toQt(toHex(asView(entry.path->leaf)))));
            } else {
                QVERIFY(entries.proof().text().contains(u"no proof of its own"_s));
            }
        }
        QVERIFY(proofs > 0);
        drop({m_tampered});
        QTRY_VERIFY(isVerified(1));
        QTRY_VERIFY(entries.bytes().isFailed());
        QVERIFY(entries.tabs().currentWidget() == &entries.bytes());
        QVERIFY(!window().grab().isNull());
    }

    void aLongKeyIdMovesNoColumn()
    {
        ui::AnswerRow row(Answer::Signer, nullptr);
        row.resize(800, 60);
        row.show({Answer::Signer, CheckResult::Passed, "fine"});
        const int narrow = row.minimumSizeHint().width();
        const std::string id(64, 'a');
        row.show({Answer::Signer, CheckResult::Passed, "signed by " + id});
        QCOMPARE(row.minimumSizeHint().width(), narrow);
        QVERIFY2(row.reason().contains(ui::toQt(id)), "whole for those who copy it");
    }

    void otherFilesAreCalledUnreadable()
    {
        drop({m_other});
        QTRY_VERIFY(isVerified(0));
        QCOMPARE(page().files().files().front().inspection.report.verdict,
                 evidence::Verdict::Unreadable);
        QVERIFY(page().certificate().headline().contains(u"nothing inside was believed"_s));
        QVERIFY(test::trigger(window(), u"evidence.close"));
        QVERIFY(page().files().files().empty());
        QVERIFY(!test::trigger(window(), u"evidence.verify_again"));
    }

    void whatChangedOnDiskShowsWhenVerifiedAgain()
    {
        const QString path = write(u"changing.exhibit"_s, evidence::testing::smallPack());
        drop({path});
        QTRY_VERIFY(isVerified(0));
        QCOMPARE(result(Answer::Integrity), CheckResult::Passed);
        QVERIFY(QFile::remove(path));
        QVERIFY(test::trigger(window(), u"evidence.verify_again"));
        QTRY_VERIFY(isVerified(0) && result(Answer::Integrity) == CheckResult::Failed);
    }

    void keysLeadToTheWorkspacesAndBack()
    {
        QVERIFY(test::trigger(window(), u"workspace.certificate"));
        QVERIFY(page().isVisible());
        QVERIFY(test::trigger(window(), u"workspace.investigate"));
        QVERIFY(!page().isVisible());
        QVERIFY2(window().isHome(), "without a server, the welcome page");
    }

    void theVerdictOfOneFileNeverStandsUnderAnother()
    {
        drop({m_tampered});
        QTRY_VERIFY(isVerified(0));
        QVERIFY(page().certificate().isVisible());
        drop({m_good}); // Opened and not yet verified: the other thread's answer needs this one.
        QVERIFY(!isVerified(1));
        QVERIFY(!page().certificate().isVisible());
        QVERIFY2(!test::trigger(window(), u"evidence.copy_summary"), "nothing to copy yet");
        QTRY_VERIFY(isVerified(1));
        QVERIFY(page().certificate().isVisible());
        QCOMPARE(result(Answer::Integrity), CheckResult::Passed);
        QVERIFY(test::trigger(window(), u"evidence.copy_summary"));
    }

    void anAnswerFromBeforeAnUnpinIsNotTaken()
    {
        auto* dialog = new ui::PinnedKeysDialog(page().trust(), &window());
        QVERIFY(dialog->pin(ui::toQt(evidence::testing::smallLogKey().text()), {}));
        QVERIFY(dialog->pin(ui::toQt(evidence::testing::smallKey('c').publicKey().pem()), {}));
        drop({m_good});
        // Answered with both keys, and on its way to this thread, when they go.
        QVERIFY(QThreadPool::globalInstance()->waitForDone());
        bool trusted = false;
        QObject guard;
        connect(&page().files(), &ui::EvidenceList::changed, &guard, [&] {
            trusted = trusted || (isVerified(0) && result(Answer::Trust) == CheckResult::Passed);
        });
        page().trust().unpin(1);
        page().trust().unpin(0);
        QTRY_VERIFY(isVerified(0));
        QCOMPARE(result(Answer::Trust), CheckResult::NotChecked);
        QVERIFY(!trusted);
    }

    void aPackThatShowsNothingIsNoCertificate()
    {
        evidence::testing::LogOnTest log;
        for (int i = 0; i < 210; ++i) {
            log.add("llm.call", {{"/what", "x", false, std::nullopt}});
        }
        const QString path = write(u"nothing.exhibit"_s,
                                   evidence::testing::packOf(log.payload(0, 209, 210), 210, 210));
        drop({path});
        QTRY_VERIFY(isVerified(0));
        const QString about = page().certificate().about();
        QVERIFY2(about.contains(u"210 withheld"_s) && !about.contains(u"alone"_s),
                 qPrintable(about));
        QVERIFY(hasLabel(u"10 more"_s));
    }

    void whereCoverageFailedNothingIsSaidToBeWhole()
    {
        auto payload = evidence::testing::smallPayload();
        payload["data/redactions.json"] = "{}";
        drop({write(u"unlisted.exhibit"_s, evidence::testing::smallPack(payload))});
        QTRY_VERIFY(isVerified(0));
        QCOMPARE(result(Answer::Coverage), CheckResult::Failed);
        QVERIFY(!hasLabel(u"Nothing is withheld"_s));
        QVERIFY(hasLabel(u"not known"_s));
    }

    void hostileNamesStayOneArgumentOfTheCommandsShown()
    {
        const QString name = u"a'; touch pwned; '.exhibit"_s;
        drop({write(name, evidence::testing::smallPack())});
        QTRY_VERIFY(isVerified(0));
        QString commands = page().certificate().commands();
        QVERIFY2(commands.contains(u"cd './exhibit-small'"_s), qPrintable(commands));
        commands.replace(u"unzip -q"_s, u"printf '%s\\n'"_s)
            .replace(u"exhibitctl verify"_s, u"printf '%s\\n'"_s);
        QProcess shell;
        shell.setWorkingDirectory(m_folder.path());
        shell.start(u"/bin/sh"_s, {u"-c"_s, commands});
        QVERIFY(shell.waitForFinished());
        QVERIFY(shell.readAllStandardOutput().contains("./a'; touch pwned; '.exhibit\n"));
        QVERIFY(!QFile::exists(m_folder.filePath(u"pwned"_s)));
    }

    void aDroppedFolderIsOpenedAndAFileThatIsOpenComesToTheFront()
    {
        const QDir folder(m_folder.filePath(u"case"_s));
        QVERIFY(folder.mkpath(u"inner"_s));
        QVERIFY(QFile::copy(m_tampered, folder.filePath(u"b.exhibit"_s)));
        QVERIFY(QFile::copy(m_good, folder.filePath(u"inner/z.exhibit"_s)));
        drop({folder.path()});
        QTRY_VERIFY(isVerified(0) && isVerified(1));
        QCOMPARE(page().files().files().size(), std::size_t(2));
        QCOMPARE(result(Answer::Integrity), CheckResult::Passed);
        drop({folder.filePath(u"b.exhibit"_s)}); // Open already, and not the last.
        QTRY_VERIFY(isVerified(0));
        QCOMPARE(page().files().files().size(), std::size_t(2));
        QCOMPARE(result(Answer::Integrity), CheckResult::Failed);
        QVERIFY(page().bar().text().isEmpty());
        QVERIFY(folder.mkpath(u"nothing"_s));
        drop({folder.filePath(u"nothing"_s)});
        QVERIFY2(page().bar().text().contains(u"Nothing was opened"_s),
                 qPrintable(page().bar().text()));
    }

    void filesBeyondTheHundredAreCounted()
    {
        const QDir folder(m_folder.filePath(u"many"_s));
        QVERIFY(folder.mkpath(u"."_s));
        for (int i = 0; i < 103; ++i) {
            QVERIFY(
                QFile::copy(m_other, folder.filePath(u"%1.exhibit"_s.arg(i, 3, 10, QChar(u'0')))));
        }
        drop({folder.path()});
        QCOMPARE(page().files().files().size(), std::size_t(100));
        QVERIFY2(page().bar().text().contains(u"3 files were not opened"_s),
                 qPrintable(page().bar().text()));
        QTRY_VERIFY(isVerified(99));
        drop({m_good});
        QVERIFY(page().bar().text().contains(u"good.exhibit"_s));
        QVERIFY(test::trigger(window(), u"evidence.close"));
        drop({m_good});
        QVERIFY(page().bar().text().isEmpty());
        QTRY_VERIFY(isVerified(99));
        QCOMPARE(result(Answer::Integrity), CheckResult::Passed);
    }

    void theContentsAreAModel()
    {
        drop({m_good, m_tampered, m_other});
        QTRY_VERIFY(isVerified(0) && isVerified(1) && isVerified(2));
        ui::PackModel model(page().files(), nullptr);
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.rebuild();
        QCOMPARE(model.rowCount({}), 3);
        QVERIFY(model.rowCount(model.index(0, 0, {})) > 3);
        QCOMPARE(model.rowCount(model.index(2, 0, {})), 0);
    }

    void theEntriesAreAModel()
    {
        auto* model = page().findChild<ui::EntriesModel*>();
        const QAbstractItemModelTester tester(
            model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        drop({m_good});
        QTRY_VERIFY(isVerified(0));
        QVERIFY(model->rowCount({}) > 1);
        drop({m_other});
        QTRY_VERIFY(isVerified(1));
        QCOMPARE(model->rowCount({}), 0);
    }

private:
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
    bool hasLabel(const QString& part)
    {
        const auto labels = page().findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [&part](const QLabel* label) {
            return label->text().contains(part);
        });
    }
    CheckResult result(Answer answer) { return page().certificate().answer(answer).result(); }
    ui::MainWindow& window() { return m_console->window(); }
    ui::CertificatePage& page()
    {
        return *qobject_cast<ui::CertificatePage*>(window().page(u"certificate"_s));
    }

    QTemporaryDir m_folder;
    std::unique_ptr<Console> m_console;
    QString m_good;
    QString m_tampered;
    QString m_other;
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::CertificateTest)
#include "certificate_test.moc"
