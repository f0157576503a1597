// SPDX-License-Identifier: Apache-2.0
#include "ui/search/search_history.h"

#include "models/base/limits.h"
#include "tests/gui/own_settings.h"
#include "ui/search/search_text.h"

#include <QSettings>
#include <QTest>

namespace exhibit::ui {

class SearchHistoryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { test::useOwnSettings(QStringLiteral("search-history")); }

    void aSearchIsKeptUnderWhateverNameItHas()
    {
        using namespace Qt::StringLiterals;
        const QStringList names{u"50%2F"_s, u"a\\b"_s, u"PII"_s, u"PII / output"_s};
        SearchMemory memory;
        for (const QString& name : names) {
            memory.save({name, {name, {}, u"refused"_s}, {u"time"_s, u"id"_s}});
        }
        for (const auto& one : memory.saved()) {
            QVERIFY2(names.contains(one.name), qPrintable(one.name));
            QVERIFY(one.step == (SearchStep{one.name, {}, u"refused"_s}));
            QCOMPARE(one.columns, (QStringList{u"time"_s, u"id"_s}));
        }
        QCOMPARE(memory.saved().size(), names.size());
        memory.forget(u"PII"_s);
        QCOMPARE(memory.saved().size(), names.size() - 1);
        for (const QString& name : names) {
            memory.forget(name);
        }
        QVERIFY(memory.saved().isEmpty());
    }

    void aSearchThatAnOlderVersionLostComesBack()
    {
        using namespace Qt::StringLiterals;
        QSettings().setValue(u"search/saved/PII / output"_s, QStringList{u"policy:PII"_s});
        SearchMemory memory;
        QCOMPARE(memory.saved().value(0).name, u"PII / output"_s);
        QCOMPARE(memory.saved().value(0).step.query, u"policy:PII"_s);
        memory.forget(u"PII / output"_s);
        QVERIFY(memory.saved().isEmpty());
    }

    void aSearchThatIsSentComesBackWhole()
    {
        using namespace Qt::StringLiterals;
        SavedSearch search{u"PII / output"_s, {u"policy:PII \"a  b\""_s, {}, u"refused"_s}, {}};
        search.step.order = parseOrder(u"cost asc by policy"_s);
        search.columns = QStringList{u"severity"_s, u"title"_s};
        QCOMPARE(parseSearch(printSearch(search)), std::optional(search));
        QString mailed = printSearch(search);
        mailed.replace(u'\n', u"\r\n"_s);
        QCOMPARE(parseSearch(u"\n "_s + mailed), std::optional(search));
        const SavedSearch all{};
        QCOMPARE(parseSearch(printSearch(all)), std::optional(all));
    }

    void anyTextCanBePasted()
    {
        using namespace Qt::StringLiterals;
        QCOMPARE(parseSearch(u" severity:high \n"_s)->step.query, u"severity:high"_s);
        QVERIFY(!parseSearch(u"Dear Ada,\nsee you"_s) && !parseSearch({}));
        QVERIFY2(!parseSearch(u"Exhibit search: x\norder: cost asc"_s), "there is no query");
        const QString head = u"Exhibit search:\nquery: "_s;
        QVERIFY(parseSearch(head + QString(int(limits::kQueryBytesMax), u'q')));
        QVERIFY(!parseSearch(head + QString(int(limits::kQueryBytesMax) + 1, u'q')));
        const auto odd = parseSearch(head + u"a\norder: \u202e by x\ncalls: <b>\nnew: 1"_s);
        QCOMPARE(odd->step, (SearchStep{u"a"_s, {}}));
    }
};

} // namespace exhibit::ui

QTEST_GUILESS_MAIN(exhibit::ui::SearchHistoryTest)
#include "search_history_test.moc"
