// SPDX-License-Identifier: Apache-2.0
#include "ui/search/search_history.h"

#include <QStandardPaths>
#include <QTest>

namespace exhibit::ui {

class SearchHistoryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QStandardPaths::setTestModeEnabled(true); }

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
};

} // namespace exhibit::ui

QTEST_GUILESS_MAIN(exhibit::ui::SearchHistoryTest)
#include "search_history_test.moc"
