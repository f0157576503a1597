// SPDX-License-Identifier: Apache-2.0
// The builder writes the language and reads it, with values that a real server has.
#include "tests/gui/console_on_server.h"
#include "tests/gui/stall_monitor.h"
#include "ui/search/builder_row.h"
#include "ui/search/query_builder.h"
#include "ui/text.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

QString canonical(const QString& text)
{
    return toQt(query::print(*query::parse(fromQt(text))));
}

} // namespace

class BuilderTest : public QObject, private test::ConsoleOnServer {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { startConsole(u"builder"_s); }
    void cleanupTestCase() { stopConsole(); }
    void init() { find({}); }

    void writesWhatItShows_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text : {"",
                                 "refund",
                                 "\"Good news\" -refund",
                                 "policy:BUDGET or policy:CONTENT_ACCURACY -severity:low",
                                 "refund or status:open or -user:\"a b\"",
                                 "latency:>2s cost:<=0.5 -latency:<10ms",
                                 "after:2026-01-02 before:2099-01-01T10:00:00Z",
                                 "user:\"quote \\\" and \\\\ back\""}) {
            QTest::newRow(text) << QString::fromLatin1(text);
        }
    }
    void writesWhatItShows()
    {
        QFETCH(const QString, text);
        find(text);
        auto& builder = QueryBuilder::open(search());
        QCOMPARE(builder.text(), canonical(text));
        builder.apply();
        QTRY_COMPARE_WITH_TIMEOUT(search().text(), canonical(text), kPatience);
    }

    void conditionsBecomeTheQueryOfTheBar()
    {
        QVERIFY(test::trigger(window(), u"search.builder"));
        auto& builder = *window().findChild<QueryBuilder*>();
        builder.rows().front()->choose(u"policy"_s, 0, u"BUDGET"_s);
        builder.addRow().choose(u"latency"_s, 0, u"1us"_s);
        QCOMPARE(builder.text(), u"policy:BUDGET latency:>1us"_s);
        QTRY_VERIFY_WITH_TIMEOUT(!builder.countText().isEmpty(), kPatience);
        builder.apply();
        QCOMPARE(search().text(), builder.text());
        QTRY_COMPARE_WITH_TIMEOUT(search().state(), SearchState::Done, kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(
            builder.countText().startsWith(QString::number(search().total()) + u" "_s), kPatience);
        QVERIFY(test::trigger(window(), u"search.back"));
        QTRY_COMPARE_WITH_TIMEOUT(builder.text(), QString(), kPatience);
    }

    void valuesAreThoseThatExist()
    {
        auto& builder = QueryBuilder::open(search());
        auto* row = builder.rows().front();
        row->choose(u"policy"_s, 0, {});
        QTRY_VERIFY_WITH_TIMEOUT(offered(*row).contains(u"BUDGET"_s), kPatience);
        row->choose(u"status"_s, 0, {});
        QVERIFY(offered(*row).contains(u"false_positive"_s));
        row->choose(u"model"_s, 0, {});
        QTRY_VERIFY_WITH_TIMEOUT(offered(*row).contains(u"gpt-4o"_s), kPatience);
        QVERIFY(!offered(*row).contains(u"BUDGET"_s));
    }

    void aWrongValueIsNamedAtItsRowAndIsNotSearched()
    {
        auto& builder = QueryBuilder::open(search());
        auto* row = builder.rows().front();
        row->choose(u"latency"_s, 0, u"soon"_s);
        QVERIFY(!row->findChild<QLabel*>()->text().isEmpty());
        QVERIFY(!row->findChild<QLabel*>()->isHidden());
        QVERIFY(builder.text().isEmpty());
        builder.apply();
        QCOMPARE(search().text(), QString());
        row->choose(u"latency"_s, 0, u"2s"_s);
        QVERIFY(row->findChild<QLabel*>()->isHidden());
        QCOMPARE(builder.text(), u"latency:>2s"_s);
    }

    void followsTheBarWhileItIsOpen()
    {
        auto& builder = QueryBuilder::open(search());
        find(u"severity:critical or severity:high refund"_s);
        QCOMPARE(builder.rows().size(), 3);
        QVERIFY(builder.rows().at(1)->isOr());
        QVERIFY(!builder.rows().at(2)->isOr());
        QCOMPARE(builder.rows().at(0)->value(), u"critical"_s);
        builder.rows().at(0)->findChild<QToolButton*>()->click();
        QCOMPARE(builder.text(), u"severity:high refund"_s);
    }

private:
    static QStringList offered(const BuilderRow& row)
    {
        QStringList list;
        const auto* value = row.findChildren<QComboBox*>().at(3);
        for (int i = 0; i < value->count(); ++i) {
            list << value->itemText(i);
        }
        return list;
    }
};

} // namespace exhibit::ui

EXHIBIT_GUI_TEST_MAIN(exhibit::ui::BuilderTest)
#include "builder_test.moc"
