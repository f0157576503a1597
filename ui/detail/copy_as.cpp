// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/copy_as.h"

#include "models/domain/incident_source_json.h"
#include "ui/detail/json_layout.h"
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

/// What a step keeps of a long value is {"beginning", "bytes"}: then its beginning.
Json valueOf(const Json& kept, bool& isShortened)
{
    const auto* beginning = kept.is_object() && kept.get_object().size() == 2
        ? findMember(kept, "beginning")
        : nullptr;
    if (beginning == nullptr || findMember(kept, "bytes") == nullptr) {
        return kept;
    }
    isShortened = true;
    return *beginning;
}

/// The members of the request that a step keeps (server/storage/ingest_request.cpp).
JsonObject requestOf(const Json& data, bool& isShortened)
{
    JsonObject body;
    for (const auto* member : {"model",
                               "system",
                               "prompt",
                               "input",
                               "temperature",
                               "max_tokens",
                               "max_completion_tokens",
                               "n",
                               "seed",
                               "tool_choice",
                               "response_format"}) {
        if (const Json* value = findMember(data, member)) {
            body.emplace(member, valueOf(*value, isShortened));
        }
    }
    if (const Json* messages = findMember(data, "messages"); messages && messages->is_array()) {
        JsonArray list;
        for (const auto& message : messages->get_array()) {
            Json whole = valueOf(message, isShortened);
            if (whole.is_object()) {
                for (auto& member : whole.get_object()) {
                    member.value() = valueOf(member.value(), isShortened);
                }
            }
            list.push_back(std::move(whole));
        }
        body.emplace("messages", std::move(list));
    }
    if (const Json* streaming = findMember(data, "streaming");
        streaming != nullptr && streaming->is_bool() && streaming->get_bool()) {
        body.emplace("stream", true);
    }
    return body;
}

/// Where the text differs from the request that was made, as far as the step tells.
QStringList missingFrom(const Json& data, const std::string& text, bool isShortened)
{
    QStringList missing;
    const auto is = [&data](const char* member) {
        const Json* value = findMember(data, member);
        return value != nullptr && value->is_bool() && value->get_bool();
    };
    if (is("unreadable")) {
        missing << u"it was no JSON object."_s;
    }
    if (const auto before = integerOf(data, "messages_before"); before > 0) {
        missing << u"%1 older messages are not in the record's step."_s.arg(before);
    }
    if (isShortened) {
        missing << u"of long texts only the beginning is here."_s;
    }
    if (const auto tools = integerOf(data, "tools"); tools > 0) {
        missing << u"%1 tools are not in the record's step."_s.arg(tools);
    }
    if (is("changed")) {
        missing << u"the provider got it changed by policies."_s;
    }
    const auto bytes = integerOf(data, "bytes");
    if (missing.isEmpty() && bytes != static_cast<qint64>(text.size())) {
        missing << u"members that are not recorded are not here."_s;
    }
    return missing;
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
    bool isShortened = false;
    const JsonObject body = requestOf(input.data, isShortened);
    const std::string text = printJson(Json(body));
    const QString endpoint = toQt(stringMember(input.data, "endpoint"));
    const QString path = endpoint.isEmpty() ? u"/v1/chat/completions"_s : endpoint;
    QString curl;
    for (const QString& what : missingFrom(input.data, text, isShortened)) {
        curl += u"# Not the whole request: "_s + what + u"\n"_s;
    }
    return curl + u"curl "_s + shellQuoted(server + path)
        + u" \\\n  -H \"Authorization: Bearer $EXHIBIT_API_KEY\" \\\n  -H 'Content-Type: "
          u"application/json'"
          " \\\n  --data-raw "_s
        + shellQuoted(withoutSecrets(toQt(text)));
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

} // namespace exhibit::ui
