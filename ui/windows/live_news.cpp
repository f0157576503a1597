// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/live_news.h"

#include "ui/text.h"
#include "ui/widgets/time_display.h"

#include <QCoreApplication>

namespace exhibit::ui {
namespace {

QString say(const char* text)
{
    return QCoreApplication::translate("LiveNews", text);
}

QString whyStopped(const domain::LiveEvent& event)
{
    using domain::KillReason;
    if (!event.killReason) {
        return event.policyId
            ? say(QT_TRANSLATE_NOOP("LiveNews", "policy %1")).arg(isolated(toQt(*event.policyId)))
            : QString();
    }
    switch (*event.killReason) {
    case KillReason::MaxTokens:
        return say(QT_TRANSLATE_NOOP("LiveNews", "its limit of tokens"));
    case KillReason::MaxLlmCalls:
        return say(QT_TRANSLATE_NOOP("LiveNews", "its limit of calls"));
    case KillReason::MaxRuntime:
        return say(QT_TRANSLATE_NOOP("LiveNews", "its limit of time"));
    case KillReason::MaxCost:
        return say(QT_TRANSLATE_NOOP("LiveNews", "its limit of cost"));
    case KillReason::AdminKill:
        return event.stoppedBy ? say(QT_TRANSLATE_NOOP("LiveNews", "an operator (%1)"))
                                     .arg(isolatedText(toQt(*event.stoppedBy)))
                               : say(QT_TRANSLATE_NOOP("LiveNews", "an operator"));
    case KillReason::UserCancel:
        return say(QT_TRANSLATE_NOOP("LiveNews", "the application's user"));
    }
    return {};
}

QString alertText(const std::string& type)
{
    constexpr std::pair<const char*, const char*> kAlerts[] = {
        {"verify.failed", QT_TRANSLATE_NOOP("LiveNews", "A check of the log found damage")},
        {"record.quarantined",
         QT_TRANSLATE_NOOP("LiveNews", "A record could not be read and was set aside")},
        {"spool.gap", QT_TRANSLATE_NOOP("LiveNews", "Records of a journal are missing")},
        {"epoch.opened", QT_TRANSLATE_NOOP("LiveNews", "The log was closed and began again")},
    };
    for (const auto& [name, text] : kAlerts) {
        if (type == name) {
            return say(text);
        }
    }
    return toQt(type);
}

} // namespace

QString newsOf(const domain::LiveEvent& event)
{
    const QString at = event.at ? TimeDisplay::instance().clock(*event.at) : QString();
    if (event.type == "alert" && event.alert) {
        return say(QT_TRANSLATE_NOOP("LiveNews", "%1  Alert: %2")).arg(at, alertText(*event.alert));
    }
    if (event.type == "run.stopped" && event.runId) {
        const QString why = whyStopped(event);
        const QString run = isolated(shortId(toQt(event.runId->text())));
        return why.isEmpty()
            ? say(QT_TRANSLATE_NOOP("LiveNews", "%1  Run %2 was stopped")).arg(at, run)
            : say(QT_TRANSLATE_NOOP("LiveNews", "%1  Run %2 was stopped by %3")).arg(at, run, why);
    }
    return {};
}

} // namespace exhibit::ui
