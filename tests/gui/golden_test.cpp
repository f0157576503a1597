// SPDX-License-Identifier: Apache-2.0
// States of the console against accepted pictures of them, in the three themes, without a server.
// EXHIBIT_ACCEPT_GOLDEN=1 writes what this run looks like as accepted; EXHIBIT_PICTURES=DIR keeps
// the pictures themselves, to look at.
#include "app/console/console.h"
#include "app/console/screenshots.h"
#include "tests/gui/own_settings.h"
#include "tests/gui/picture_source.h"
#include "tests/gui/signature.h"
#include "tests/gui/stall_monitor.h"
#include "ui/search/search_controller.h"
#include "ui/widgets/time_display.h"

#include <QApplication>
#include <QDialog>
#include <QFile>
#include <QPainter>
#include <QTest>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

/// What pictures show, nothing, or a failure.
class StateSource : public test::PictureSource {
public:
    enum class Answers : std::uint8_t { All, None, Failure };

    domain::Question search(domain::SearchRequest request,
                            domain::AnswerTo<domain::SearchReply> answer) override
    {
        return PictureSource::search(
            std::move(request),
            [answers = this->answers, answer](domain::SourceResult<domain::SearchReply> reply) {
                if (answers == Answers::Failure) {
                    return answer(tl::make_unexpected(domain::SourceFailure{
                        {ErrorCode::Unavailable, "The database is not reachable.", {}},
                        "req-1",
                        {},
                        {}}));
                }
                if (answers == Answers::None) {
                    reply->incidents.clear();
                    reply->total = 0;
                }
                answer(std::move(reply));
            });
    }

    Answers answers = Answers::All;
};

} // namespace

class GoldenTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        test::useOwnSettings(u"golden"_s);
        ui::TimeDisplay::instance().setZone(QTimeZone::utc());
    }

    void init()
    {
        CommandLine options;
        options.safeMode = true;
        options.theme = u"light"_s;
        m_console = std::make_unique<Console>(options);
        m_console->openWindow();
        window().resize(1600, 1000);
        m_source = std::make_shared<StateSource>();
        m_shown = &window();
    }
    void cleanup() { m_console.reset(); }

    void welcome()
    {
        m_console->welcome().setKeyStoreNote({}); // It names a folder of this machine.
        m_console->welcome().setRecent(
            {{u"https://exhibit.example"_s, u"2 Mar"_s}},
            {{u"/evidence/case.exhibit"_s, u"2 Mar"_s}, {u"/evidence/q3.exhibit"_s, {}, true}});
        compare();
    }
    void investigate()
    {
        connectIt();
        compare();
    }
    void empty()
    {
        connectIt();
        m_source->answers = StateSource::Answers::None;
        ask(u"severity:low policy:BUDGET"_s, ui::SearchState::Done);
        compare();
    }
    void failed()
    {
        connectIt();
        m_source->answers = StateSource::Answers::Failure;
        ask(u"severity:low"_s, ui::SearchState::Failed);
        compare();
    }
    void calls()
    {
        connectIt();
        test::trigger(window(), u"search.calls");
        compare();
    }
    void record()
    {
        connectIt();
        m_shown = &m_console->records().open(window().services().selection->shared());
        m_shown->resize(1200, 900);
        compare();
    }
    void palette()
    {
        connectIt();
        test::trigger(window(), u"tools.everything");
        QTest::keyClicks(QApplication::focusWidget(), u"time"_s);
        compare();
    }
    void away()
    {
        connectIt();
        m_console->hub().setState(ui::ConnectionState::Reconnecting, u"trying again in 4 s"_s);
        compare();
    }

private:
    ui::MainWindow& window() { return m_console->window(); }
    ui::SearchController& search() { return ui::SearchController::of(window().services()); }

    void connectIt()
    {
        m_console->hub().setSource(
            m_source, u"exhibit.example"_s, u"https://exhibit.example/gateway"_s);
        m_console->hub().setState(ui::ConnectionState::Connected);
        window().showHome(false);
        QTRY_VERIFY(window().services().selection->timeline() != nullptr);
        QTRY_VERIFY(!search().histogram().counts.empty());
    }
    void ask(const QString& query, ui::SearchState end)
    {
        search().setText(query, true);
        QTRY_COMPARE(search().state(), end);
    }
    void compare()
    {
        QStringList differences;
        for (const auto& [theme, name] : {std::pair(ui::ThemeChoice::Light, u"light"_s),
                                          std::pair(ui::ThemeChoice::Dark, u"dark"_s),
                                          std::pair(ui::ThemeChoice::Contrast, u"contrast"_s)}) {
            ui::Theme::instance().choose(theme);
            const QString found
                = compareOne(QString::fromLatin1(QTest::currentTestFunction()) + u"-"_s + name);
            if (!found.isEmpty()) {
                differences << name + u": "_s + found;
            }
        }
        QVERIFY2(differences.isEmpty(), qPrintable(differences.join(u"; "_s)));
    }
    /// Once it stands still: runs are asked for, and laid out, a moment later.
    QImage settled() const
    {
        QImage now;
        for (QImage before; now.isNull() || now != before;) {
            before = now;
            QTest::qWait(150);
            now = pictureOf(*m_shown).toImage();
        }
        return now;
    }
    QString compareOne(const QString& name)
    {
        const QImage picture = settled();
        if (const QString folder = qEnvironmentVariable("EXHIBIT_PICTURES"); !folder.isEmpty()) {
            picture.save(folder + u"/"_s + name + u".png"_s);
        }
        const QByteArray now = test::signatureOf(picture);
        QFile file(qEnvironmentVariable("EXHIBIT_SOURCE_DIR") + u"/tests/gui/golden/"_s + name
                   + u".txt"_s);
        if (qEnvironmentVariableIsSet("EXHIBIT_ACCEPT_GOLDEN")) {
            return file.open(QIODevice::WriteOnly) && file.write(now) == now.size()
                ? QString()
                : file.errorString();
        }
        return file.open(QIODevice::ReadOnly) ? test::differenceOf(now, file.readAll())
                                              : file.errorString();
    }

    std::unique_ptr<Console> m_console;
    std::shared_ptr<StateSource> m_source;
    QWidget* m_shown = nullptr;
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::GoldenTest)
#include "golden_test.moc"
