// SPDX-License-Identifier: Apache-2.0
// How results stand, as text and as rows.
#include "ui/itemmodels/result_layout.h"
#include "ui/itemmodels/result_order.h"

#include <QTest>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

} // namespace

class ResultOrderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isTheSameAfterBeingPrinted()
    {
        for (const auto sort : {domain::SearchSort::Time, domain::SearchSort::Cost}) {
            for (const auto way :
                 {domain::SearchOrder::Descending, domain::SearchOrder::Ascending}) {
                ResultOrder order{sort, way, {}};
                QVERIFY(parseOrder(printOrder(order)) == order);
                for (const auto field : groupFields()) {
                    order.group = field;
                    QVERIFY(parseOrder(printOrder(order)) == order);
                }
            }
        }
    }

    void whatIsNotUnderstoodIsTheDefault()
    {
        for (const QString& text :
             {QString(), u"weight desc"_s, u"cost"_s, u"cost sideways by run"_s}) {
            QVERIFY2(parseOrder(text) == ResultOrder{}, qPrintable(text));
        }
        QVERIFY(parseOrder(u"cost asc by tags"_s)
                == (ResultOrder{domain::SearchSort::Cost, domain::SearchOrder::Ascending, {}}));
    }

    void oneListHasNoHeaders()
    {
        ResultLayout layout;
        layout.setFlat(1000);
        QCOMPARE(layout.rows(), 1000);
        QVERIFY(!layout.at(0).isHeader());
        QCOMPARE(layout.at(999).address(), 999);
        QCOMPARE(layout.rowOf({0, 999}), 999);
    }

    void everyRowOfEveryGroupIsFoundAgain()
    {
        ResultLayout layout;
        layout.setGroups({{"a", 3, false, true},
                          {"b", 4, false, false},
                          {"c", 0, false, true},
                          {"d", 2, false, true}});
        QCOMPARE(layout.rows(), 4 + 3 + 2); // Headers, and the rows of the open ones.
        for (int row = 0; row < layout.rows(); ++row) {
            const auto place = layout.at(row);
            QCOMPARE(layout.rowOf(place), row);
            if (!place.isHeader()) {
                const auto back = ResultLayout::placeOf(place.address());
                QCOMPARE(back.group, place.group);
                QCOMPARE(back.row, place.row);
            }
        }
        QVERIFY(layout.at(0).isHeader() && layout.at(4).isHeader() && layout.at(5).isHeader());
        QCOMPARE(layout.rowOf({1, 2}), 4); // Of a closed group: its header.
        layout.setOpen(1, true);
        QCOMPARE(layout.rows(), 13);
        QCOMPARE(layout.at(7).group, 1);
        layout.setCount(1, 1, false);
        QCOMPARE(layout.rows(), 10);
    }
};

} // namespace exhibit::ui

QTEST_GUILESS_MAIN(exhibit::ui::ResultOrderTest)
#include "result_order_test.moc"
