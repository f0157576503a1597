// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/json_layout.h"

#include <QTest>

namespace exhibit::ui {

class JsonLayoutTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void putsEachMemberOnALineAndChangesNothingElse()
    {
        QCOMPARE(prettyJson("{\"b\":1.50,\"a\":[1,{\"x\":\"},{\"}],\"b\":1e3,\"e\":{ },\"f\":[]}"),
                 QStringLiteral("{\n"
                                "  \"b\": 1.50,\n"
                                "  \"a\": [\n"
                                "    1,\n"
                                "    {\n"
                                "      \"x\": \"},{\"\n"
                                "    }\n"
                                "  ],\n"
                                "  \"b\": 1e3,\n"
                                "  \"e\": {},\n"
                                "  \"f\": []\n"
                                "}"));
    }

    void leavesStringsAsTheyAre()
    {
        const std::string text = "[\"a\\\\\", \"\\\" : , [\", \"\\u00e9\"]";
        QString plain = prettyJson(text);
        plain.remove(QLatin1Char('\n'));
        QCOMPARE(plain, QStringLiteral("[  \"a\\\\\",  \"\\\" : , [\",  \"\\u00e9\"]"));
    }

    void whatIsNoJsonComesBack()
    {
        for (const auto* text : {"", "data: {\"a\":1}\n\n", "17", "\"a\"", "<html>"}) {
            QCOMPARE(prettyJson(text), QString::fromUtf8(text));
        }
        // Cut off, or never JSON: still no byte of it is lost.
        for (const auto* text : {"{\"a\":\"b", "[[[", "}}]", "{\"a\\"}) {
            QString shown = prettyJson(text);
            shown.remove(QLatin1Char('\n')).remove(QLatin1Char(' '));
            QCOMPARE(shown, QString::fromUtf8(text));
        }
    }

    void deepNestingStaysNarrow()
    {
        const QString shown = prettyJson(std::string(5000, '['));
        QVERIFY(shown.size() < 5000 * 140);
    }
};

} // namespace exhibit::ui

QTEST_GUILESS_MAIN(exhibit::ui::JsonLayoutTest)
#include "json_layout_test.moc"
