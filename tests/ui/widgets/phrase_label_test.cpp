// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/phrase_label.h"

#include "tests/gui/stall_monitor.h"
#include "ui/text.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QMenu>
#include <QTest>

namespace exhibit::ui {

using namespace Qt::StringLiterals;

class PhraseLabelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aNameTurnsNothingAroundIt()
    {
        const QString said = u"assign to %1 (2)"_s.arg(isolatedText(u"דנה"_s));
        QCOMPARE(said, u"assign to \u2068דנה\u2069 (2)"_s);
        QCOMPARE(listed({u"a"_s, u"ב"_s}), u"\u2068a\u2069, \u2068ב\u2069"_s);
        QCOMPARE(withoutIsolates(said + isolated(u"id"_s)), u"assign to דנה (2)id"_s);
    }

    void whatIsCopiedHasNoMarks()
    {
        PhraseLabel label(u"Search %1 was saved."_s.arg(inQuotes(u"דנה"_s)));
        label.setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        label.show();
        QVERIFY(QTest::qWaitForWindowExposed(&label));
        auto* clipboard = QGuiApplication::clipboard();
        const QString plain = u"Search “דנה” was saved."_s;
        for (const bool byMenu : {false, true}) {
            clipboard->setText(u"before"_s);
            label.setSelection(0, static_cast<int>(label.text().size()));
            if (byMenu) {
                QContextMenuEvent asked(
                    QContextMenuEvent::Keyboard, {}, label.mapToGlobal(QPoint()));
                QCoreApplication::sendEvent(&label, &asked);
                label.findChild<QMenu*>()->actions().constFirst()->trigger();
            } else {
                QTest::keySequence(&label, QKeySequence(QKeySequence::Copy));
            }
            QCOMPARE(clipboard->text(), plain);
        }
    }
};

} // namespace exhibit::ui

EXHIBIT_GUI_TEST_MAIN(exhibit::ui::PhraseLabelTest)
#include "phrase_label_test.moc"
