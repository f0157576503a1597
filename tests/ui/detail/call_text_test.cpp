// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/call_text.h"

#include <QTest>

namespace exhibit::ui {

using namespace Qt::StringLiterals;

class CallTextTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void textIsShownAsItIs() { QCOMPARE(rawText("  data: {}\r\n\n "), u"  data: {}\r\n\n "_s); }

    void bytesThatAreNoTextAreShownOneByOne()
    {
        QCOMPARE(rawText("a\xff b"),
                 u"00000000  61 ff 20 62                                       a. b"_s);
        QCOMPARE(rawText(std::string(17, '\0')).count(u'\n'), 1);
        QVERIFY(rawText(std::string(17, '\0')).contains(u"\n00000010  00 "_s));
    }

    void everyByteOfAnEventStandsUnderItsHead()
    {
        domain::CallExchange call;
        call.pieces
            = {{domain::CallPart::Released, 0, 1, 0, 4}, {domain::CallPart::Withheld, 1, 1, 10, 2}};
        const QString text = eventsText(call, " a\n ", "\xc3(");
        QVERIFY2(text.contains(u"\n a\n \n\n"_s), qPrintable(text));
        QVERIFY2(text.contains(u"c3 28"_s) && !text.contains(QChar(0xfffd)), qPrintable(text));
    }
};

} // namespace exhibit::ui

QTEST_GUILESS_MAIN(exhibit::ui::CallTextTest)
#include "call_text_test.moc"
