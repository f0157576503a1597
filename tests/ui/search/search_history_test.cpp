// SPDX-License-Identifier: Apache-2.0
#include "ui/search/search_history.h"

#include "tests/gui/own_settings.h"

#include <QSettings>
#include <QTest>

namespace exhibit::ui {

class SearchHistoryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { test::useOwnSettings(QStringLiteral("search-history")); }

    void trailWalksBackAndForward()
    {
        SearchTrail trail;
        trail.push({QStringLiteral("a"), {}});
        trail.push({QStringLiteral("b"), {}});
        trail.push({QStringLiteral("b"), {}});
        QCOMPARE(trail.back().query, QStringLiteral("a"));
        QVERIFY(!trail.canGoBack());
        QCOMPARE(trail.forward().query, QStringLiteral("b"));
        (void)trail.back();
        trail.push({QStringLiteral("c"), {}});
        QVERIFY(!trail.canGoForward());
    }

    void aSearchIsKeptUnderWhateverNameItHas()
    {
        using namespace Qt::StringLiterals;
        const QStringList names{u"50%2F"_s, u"a\\b"_s, u"PII"_s, u"PII / output"_s};
        SearchMemory memory;
        for (const QString& name : names) {
            memory.save(name, {name, {}, u"refused"_s});
        }
        for (const auto& one : memory.saved()) {
            QVERIFY2(names.contains(one.name), qPrintable(one.name));
            QVERIFY(one.step == (SearchStep{one.name, {}, u"refused"_s}));
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
};

} // namespace exhibit::ui

QTEST_GUILESS_MAIN(exhibit::ui::SearchHistoryTest)
#include "search_history_test.moc"
