// SPDX-License-Identifier: Apache-2.0
#include "ui/search/query_error_text.h"

#include "models/base/limits.h"
#include "ui/text.h"

#include <QSet>
#include <QTest>
#include <QTranslator>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;
using query::QueryProblem;

/// Another language, of which only the first letter is known.
class Shouting : public QTranslator {
public:
    bool isEmpty() const override { return false; }
    QString translate(const char* context, const char* text, const char*, int) const override
    {
        return QLatin1StringView(context) == "Query"_L1 ? u"¡"_s + QString::fromUtf8(text)
                                                        : QString();
    }
};

std::vector<std::string> wrongQueries()
{
    return {"--a",
            "- ",
            "\"a",
            "\xff",
            "\x01",
            "or",
            "a",
            "\"\"",
            "...",
            "polcy:A",
            "nonsense:a",
            "model:",
            "model: a",
            "model:>a",
            std::string(limits::kQueryBytesMax + 1, 'a'),
            "cost:a",
            "latency:a",
            "after:a",
            "after:1900-01-01",
            "severity:a"};
}

} // namespace

class QueryErrorTextTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyProblemIsSaidInThePersonsLanguage()
    {
        auto queries = wrongQueries();
        auto& many = queries.at(6);
        for (std::size_t term = 0; term < limits::kQueryTermsMax; ++term) {
            many += " a";
        }
        Shouting language;
        QSet<int> seen;
        for (const auto& text : queries) {
            const auto parsed = query::parse(text);
            QVERIFY2(!parsed, text.c_str());
            QString said = queryErrorText(parsed.error());
            QVERIFY2(parsed.error().problem != QueryProblem::Other, qPrintable(said));
            said.remove(QChar(0x2068)).remove(QChar(0x2069)); // What was written stands apart.
            QCOMPARE(said, toQt(parsed.error().message));
            QVERIFY(QCoreApplication::installTranslator(&language));
            QVERIFY(queryErrorText(parsed.error()).startsWith(u'¡'));
            QCoreApplication::removeTranslator(&language);
            seen << static_cast<int>(parsed.error().problem);
        }
        QCOMPARE(seen.size(), static_cast<int>(QueryProblem::NotOneOf));
    }

    void whatOnlyTheServerKnowsIsSaidAsItSaidIt()
    {
        QCOMPARE(queryErrorText({"calls have no tags.", 0, 3}), u"calls have no tags."_s);
    }
};

} // namespace exhibit::ui

QTEST_GUILESS_MAIN(exhibit::ui::QueryErrorTextTest)
#include "query_error_text_test.moc"
