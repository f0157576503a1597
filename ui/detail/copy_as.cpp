// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/copy_as.h"

#include "models/domain/incident_source_json.h"
#include "ui/shell_quote.h"
#include "ui/text.h"
#include "ui/timeline/event_text.h"
#include "ui/widgets/time_display.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

/// Markdown that a value cannot break out of.
QString escaped(const QString& text)
{
    QString result;
    for (const QChar letter : text) {
        if (u"\\`*_{}[]()#+-!|<>"_s.contains(letter)) {
            result += QLatin1Char('\\');
        }
        result += letter == QLatin1Char('\n') ? QChar(QLatin1Char(' ')) : letter;
    }
    return result;
}

} // namespace

QString withoutSecrets(const QString& text)
{
    static const QRegularExpression kSecret(
        u"(?:sk|exk|pk|rk|ghp|gho|xox[abp])[-_][A-Za-z0-9_-]{12,}|AKIA[0-9A-Z]{16}|"
        "(?<=Bearer )[A-Za-z0-9._~+/=-]{8,}|eyJ[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+"_s);
    QString result = text;
    return result.replace(kSecret, u"[REDACTED]"_s);
}

QString asCurl(const domain::TimelineEvent& input, const QString& server)
{
    JsonObject body;
    for (const auto* member : {"model", "messages"}) {
        if (const Json* value = findMember(input.data, member)) {
            body.emplace(member, *value);
        }
    }
    const QString json = withoutSecrets(toQt(printJson(Json(std::move(body)))));
    return u"curl "_s + shellQuoted(server + u"/v1/chat/completions"_s)
        + u" \\\n  -H \"Authorization: Bearer $EXHIBIT_API_KEY\" \\\n  -H 'Content-Type: "
          u"application/json'"
          " \\\n  --data-raw "_s
        + shellQuoted(json);
}

QString asMarkdown(const domain::Incident& incident, const domain::TimelineReply* timeline)
{
    QString text = u"## "_s + escaped(toQt(incident.title)) + u"\n\n"_s;
    const auto row = [&text](const QString& name, const QString& value) {
        text += u"- **"_s + name + u"**: "_s + escaped(value) + u"\n"_s;
    };
    row(u"Incident"_s, toQt(incident.incidentId.text()));
    row(u"Time"_s, TimeDisplay::instance().iso(incident.createdAt));
    row(u"Severity"_s, toQt(wireName(incident.severity)));
    row(u"Policy"_s, toQt(incident.policyId));
    row(u"Status"_s, toQt(wireName(incident.status)));
    row(u"Run"_s, toQt(incident.runId.text()));
    if (incident.rootCause) {
        text += u"\n**Root cause** ("_s + gapText(incident.rootCause->kind) + u"): "_s
            + escaped(toQt(incident.rootCause->analysis)) + u"\n"_s;
        row(u"Should have"_s, toQt(incident.rootCause->shouldHave));
        row(u"Actually did"_s, toQt(incident.rootCause->actuallyDid));
    }
    if (timeline != nullptr) {
        text += u"\n| step | at | event | result |\n|---|---|---|---|\n"_s;
        for (std::size_t i = 0; i < timeline->events.size(); ++i) {
            const auto& event = timeline->events[i];
            text += u"| %1 | %2 | %3 | %4 |\n"_s.arg(event.stepIndex)
                        .arg(offsetText(offsetOf(*timeline, i)),
                             escaped(eventTitle(event)),
                             event.result ? toQt(wireName(*event.result)) : QString());
        }
    }
    return withoutSecrets(text);
}

QString asJson(const domain::Incident& incident, const domain::TimelineReply* timeline)
{
    JsonObject object{{"incident", toJson(incident)}};
    if (timeline != nullptr) {
        object.emplace("events", toJson(timeline->events));
    }
    return withoutSecrets(prettyJson(printJson(Json(std::move(object)))));
}

QString prettyJson(const std::string& text)
{
    const auto document = QJsonDocument::fromJson(QByteArray::fromStdString(text));
    return document.isNull() ? toQt(text)
                             : QString::fromUtf8(document.toJson(QJsonDocument::Indented));
}

} // namespace exhibit::ui
