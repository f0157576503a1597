// SPDX-License-Identifier: Apache-2.0
// Jobs that write files: how they end is said, and none is lost with a window unasked.
#include "app/console/console.h"
#include "tests/gui/own_settings.h"
#include "tests/gui/picture_source.h"
#include "tests/gui/safe_console.h"
#include "tests/gui/stall_monitor.h"
#include "ui/search/result_export.h"
#include "ui/search/search_controller.h"
#include "ui/windows/job_bar.h"
#include "ui/windows/jobs_panel.h"

#include <QApplication>
#include <QDesktopServices>
#include <QDir>
#include <QInputDialog>
#include <QLabel>
#include <QMessageBox>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

/// Exports as the test says; without an answer it holds them.
class ExportSource : public test::PictureSource {
public:
    std::optional<domain::SourceResult<Bytes>> exported;
    qint64 total = 0;

    domain::Question exportSearch(domain::SearchRequest request,
                                  domain::ExportChoice choice,
                                  domain::AnswerTo<Bytes> answer) override
    {
        if (!exported) {
            if (choice.told) {
                choice.told(5, 10, "rows");
            }
            return std::make_shared<int>();
        }
        return PictureSource::exportSearch(
            std::move(request),
            std::move(choice),
            [answer, reply = *exported](const domain::SourceResult<Bytes>&) { answer(reply); });
    }
    domain::Question search(domain::SearchRequest request,
                            domain::AnswerTo<domain::SearchReply> answer) override
    {
        return PictureSource::search(
            std::move(request),
            [answer, total = total](domain::SourceResult<domain::SearchReply> reply) {
                reply->total = total > 0 ? total : reply->total;
                answer(std::move(reply));
            });
    }
};

domain::SourceResult<Bytes> refused()
{
    return tl::make_unexpected(
        domain::SourceFailure{{ErrorCode::Forbidden, "this key may not export", {}}, {}, {}, {}});
}

} // namespace

class JobsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        test::useOwnSettings(u"jobs"_s);
        QDesktopServices::setUrlHandler(u"file"_s, this, "folderAsked");
    }
    void cleanupTestCase() { QDesktopServices::unsetUrlHandler(u"file"_s); }

    void init()
    {
        m_console = test::openSafeConsole();
        m_source = std::make_shared<ExportSource>();
        connectIt();
    }
    void cleanup() { m_console.reset(); }

    void aFailedExportIsSaidUntilSomebodyTookNote()
    {
        m_source->exported = refused();
        (void)begin(u"refused.csv"_s);
        QTRY_VERIFY(bar().isVisible());
        QVERIFY2(bar().text().contains(u"failed"_s), qPrintable(bar().text()));
        QVERIFY2(bar().text().contains(u"this key may not export"_s), qPrintable(bar().text()));
        m_source->exported = Bytes("a,b\n");
        const Job* fine = begin(u"fine.csv"_s);
        QTRY_COMPARE(fine->state(), Job::State::Done);
        QVERIFY2(bar().text().contains(u"may not export"_s), "a success covers no failure");
        m_source->exported = refused();
        (void)begin(u"again.csv"_s);
        QTRY_VERIFY2(bar().text().contains(u"2 jobs failed"_s), qPrintable(bar().text()));
        press(u"Close"_s);
        for (const auto* each : window().findChildren<ui::JobBar*>()) {
            QVERIFY2(each->isHidden(), "who read it on one page need not on another");
        }
    }

    void aWrittenFileIsSaidAndItsFolderShown()
    {
        m_source->exported = Bytes("a,b\n");
        (void)begin(u"rows.csv"_s);
        QTRY_VERIFY(bar().isVisible());
        QVERIFY2(bar().text().contains(u"rows.csv"_s), qPrintable(bar().text()));
        QVERIFY(QFile::exists(m_folder.filePath(u"rows.csv"_s)));
        press(u"Show folder"_s);
        QCOMPARE(m_asked, QUrl::fromLocalFile(QDir(m_folder.path()).absolutePath()));
    }

    void aFileThatCannotBeWrittenIsSaid()
    {
        m_source->exported = Bytes("a,b\n");
        (void)begin(u"no such folder/rows.csv"_s);
        QTRY_VERIFY(bar().isVisible());
        QVERIFY2(bar().text().contains(u"failed"_s), qPrintable(bar().text()));
    }

    void anExportOfRowsSaysHowFarItIs()
    {
        auto* job = begin(u"held.csv"_s);
        QCOMPARE(job->done(), 5);
        QCOMPARE(job->total(), 10);
        QCOMPARE(job->note(), u"writing the rows"_s);
        job->cancel();
    }

    void aNarrowDockShowsTitlesWhole()
    {
        QVERIFY(test::trigger(window(), u"tools.jobs"));
        auto* panel = window().findChild<ui::JobsPanel*>();
        const QString title = u"Export inc_01m7yrr…w39q as a legal discovery bundle"_s;
        auto* job = window().services().jobs->start(title, {}, u"/tmp/x.zip"_s);
        panel->window()->show();
        const auto label = [&]() -> const QLabel* {
            for (const auto* each : panel->findChildren<QLabel*>()) {
                if (each->text() == title) {
                    return each;
                }
            }
            return nullptr;
        };
        QTRY_VERIFY(label() != nullptr);
        panel->setFixedWidth(220);
        QTRY_COMPARE(panel->width(), 220);
        QVERIFY2(QFontMetrics(label()->font()).horizontalAdvance(title) > label()->width(),
                 "it does not fit into one line");
        QTRY_VERIFY(label()->height() >= label()->heightForWidth(label()->width()));
        job->cancel();
    }

    void moreThanTheServerWritesIsSaidBefore()
    {
        m_source->total = 100'000;
        search().search();
        QTRY_COMPARE(search().total(), 100'000);
        QVERIFY(test::trigger(window(), u"search.export_csv"));
        auto* why = window().findChild<QInputDialog*>(u"export.reason"_s);
        QVERIFY(why != nullptr);
        QVERIFY2(why->labelText().contains(u"at most 50"_s), qPrintable(why->labelText()));
        why->reject();
    }

    void progressLeavesTheKeysWhereTheyAre()
    {
        QVERIFY(test::trigger(window(), u"tools.jobs"));
        auto* panel = window().findChild<ui::JobsPanel*>();
        QTRY_VERIFY(panel->isVisible());
        auto* job = window().services().jobs->start(u"Export 3 results"_s, [] {}, u"/tmp/x.csv"_s);
        QPushButton* cancel = nullptr;
        QTRY_VERIFY((cancel = named(*panel, u"Cancel: Export 3 results"_s)) != nullptr);
        QTRY_VERIFY(cancel->isVisible());
        cancel->setFocus();
        QTRY_COMPARE(QApplication::focusWidget(), cancel);
        for (int done = 1; done < 4; ++done) {
            job->progress(done, 10, u"reading"_s);
            QTest::qWait(20);
            QCOMPARE(QApplication::focusWidget(), cancel);
        }
        QTest::keyClick(cancel, Qt::Key_Space);
        QCOMPARE(job->state(), Job::State::Cancelled);
        QTRY_VERIFY(!cancel->isVisible());
        auto* done = window().services().jobs->start(u"Other"_s, {}, m_folder.filePath(u"o"_s));
        done->finish(Job::State::Done, u"o"_s);
        QPushButton* folder = nullptr;
        QTRY_VERIFY((folder = named(*panel, u"Show folder: Other"_s)) != nullptr);
        QTRY_VERIFY(folder->isVisible());
        m_asked.clear();
        folder->click();
        QCOMPARE(m_asked, QUrl::fromLocalFile(QDir(m_folder.path()).absolutePath()));
    }

    void aMainWindowThatWritesAsksBeforeItCloses()
    {
        const Job* job = begin(u"lost.csv"_s);
        QVERIFY(!window().close());
        QVERIFY2(window().isVisible(), "its export would be lost");
        answer(QMessageBox::RejectRole);
        QCOMPARE(job->state(), Job::State::Running);
        QVERIFY(window().isVisible());
        QVERIFY(!window().close());
        answer(QMessageBox::DestructiveRole);
        QTRY_VERIFY(!window().isVisible());
        QCOMPARE(job->state(), Job::State::Cancelled);
        QVERIFY(!QFile::exists(m_folder.filePath(u"lost.csv"_s)));
    }

    void theLastWindowAsksForThoseOfRecordsToo()
    {
        QTRY_VERIFY(window().services().selection->shared() != nullptr);
        auto& record = m_console->records().open(window().services().selection->shared());
        auto* job = record.services().jobs->start(u"Export"_s, {}, u"/tmp/record.json"_s);
        m_console->openWindow();
        QVERIFY2(window().close(), "another one is left, and the record with it");
        QVERIFY(!m_console->shownWindow().close());
        job->finish(Job::State::Done, u"record.json"_s);
        QVERIFY(m_console->shownWindow().close());
    }

    void folderAsked(const QUrl& url) { m_asked = url; }

private:
    using Job = ui::Job;

    void connectIt()
    {
        m_console->hub().setSource(m_source, u"exhibit.example"_s, u"https://exhibit.example"_s);
        window().showHome(false);
        window().activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window()));
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
    }
    [[nodiscard]] Job* begin(const QString& name)
    {
        return ui::ResultExport::start(search(),
                                       ui::foundIncidents(search()),
                                       ui::ExportFormat::Csv,
                                       m_folder.filePath(name),
                                       u"for a test"_s);
    }
    void answer(QMessageBox::ButtonRole role)
    {
        auto* box = window().findChild<QMessageBox*>();
        QVERIFY(box != nullptr);
        for (auto* button : box->buttons()) {
            if (box->buttonRole(button) == role) {
                button->click();
                break;
            }
        }
        QTRY_VERIFY(window().findChild<QMessageBox*>() == nullptr);
    }
    void press(const QString& text)
    {
        QPushButton* found = nullptr; // The last one: those before are being deleted.
        for (auto* button : bar().findChildren<QPushButton*>()) {
            found = button->text() == text ? button : found;
        }
        QVERIFY2(found != nullptr, qPrintable(text));
        QTRY_VERIFY(found->isVisible()); // A layout shows it later.
        found->click();
    }
    static QPushButton* named(QWidget& part, const QString& name)
    {
        for (auto* button : part.findChildren<QPushButton*>()) {
            if (button->accessibleName() == name) {
                return button;
            }
        }
        return nullptr;
    }
    /// Of the panes; the certificate page has one of its own.
    ui::JobBar& bar() { return *window().pane(u"query"_s)->findChild<ui::JobBar*>(); }
    ui::MainWindow& window() { return m_console->window(); }
    ui::SearchController& search() { return ui::SearchController::of(window().services()); }

    QTemporaryDir m_folder;
    std::unique_ptr<Console> m_console;
    std::shared_ptr<ExportSource> m_source;
    QUrl m_asked;
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::JobsTest)
#include "jobs_test.moc"
