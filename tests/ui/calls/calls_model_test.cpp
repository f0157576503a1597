// SPDX-License-Identifier: Apache-2.0
#include "ui/calls/calls_model.h"

#include <QTest>

namespace exhibit::ui {

using domain::DecisionResult;

class CallsModelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatNobodyJudgedIsNoPass()
    {
        domain::FoundCall call;
        call.passed = false;
        QCOMPARE(markOf(call), Mark::None);
        QCOMPARE(resultText(call), QStringLiteral("not judged"));
        call.passed.reset(); // A server that does not say.
        QCOMPARE(markOf(call), Mark::None);
        QVERIFY(resultText(call).isEmpty());
        call.passed = true;
        QCOMPARE(markOf(call), Mark::Pass);
        QCOMPARE(resultText(call), QStringLiteral("PASS"));
    }

    void aBlockIsWorseThanAnError()
    {
        domain::FoundCall call;
        call.passed = false;
        for (const auto result :
             {DecisionResult::Error, DecisionResult::Block, DecisionResult::Warn}) {
            call.decisions.push_back({{}, "P", result, domain::Severity::Low});
        }
        QCOMPARE(markOf(call), Mark::Block);
        call.decisions = {{{}, "P", DecisionResult::Redact, domain::Severity::Low},
                          {{}, "P", DecisionResult::Error, domain::Severity::Low}};
        QCOMPARE(markOf(call), Mark::Error);
    }
};

} // namespace exhibit::ui

QTEST_GUILESS_MAIN(exhibit::ui::CallsModelTest)
#include "calls_model_test.moc"
