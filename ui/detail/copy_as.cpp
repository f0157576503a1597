// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/copy_as.h"

#include "models/base/assert.h"
#include "models/domain/incident_source_json.h"
#include "models/redaction/redaction_pack.h"
#include "ui/detail/json_layout.h"
#include "ui/text.h"
#include "ui/timeline/event_text.h"

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

/// Compiled once: about a tenth of a second.
const scan::RedactionPack& pack()
{
    static const redaction::NamedPack kShipped = [] {
        auto shipped = redaction::shippedPack();
        EXHIBIT_ASSERT(shipped); // They are part of the program, and tested.
        return *std::move(shipped);
    }();
    return kShipped.pack;
}

/// Of a text in parts: what was released of a secret that ended in what was not goes too.
void hideCutSecret(JsonObject& text)
{
    std::string released(stringMember(Json(text), "released"));
    const std::string whole = released + std::string(stringMember(Json(text), "withheld"));
    for (const auto& run : scan::coveredRuns(scan::scanWhole(pack().patterns, whole))) {
        if (run.begin < released.size() && released.size() < run.end) {
            released.replace(run.begin, std::string::npos, pack().placeholders[run.pattern]);
            text["released"] = released;
            return;
        }
    }
}

/// An answer as its step keeps it, without what was not let out: the rest of a text that was cut
/// and what stood in the place of placeholders.
Json withoutWithheld(const Json& data)
{
    Json out = data;
    const auto* texts = findMember(out, "texts");
    if (texts == nullptr || !texts->is_array()) {
        return out;
    }
    for (auto& text : out.get_object()["texts"].get_array()) {
        if (!text.is_object()) {
            continue;
        }
        hideCutSecret(text.get_object());
        for (const auto* member : {"withheld", "original"}) {
            const auto kept = stringMember(text, member).size();
            if (kept > 0) {
                text.get_object()[member] = "[WITHHELD: " + std::to_string(kept) + " bytes]";
            }
        }
    }
    return out;
}

/// Markdown that a value cannot break out of. Redacted first: escaped, a key is none any more.
QString escaped(const QString& text)
{
    QString result;
    for (const QChar letter : withoutSecrets(text)) {
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

QString comments(const QStringList& missing, const QString& sign)
{
    QString text;
    for (const QString& what : missing) {
        text += sign + u"Not the whole request: "_s + what + u"\n"_s;
    }
    return text;
}

QString posixCurl(const QString& url, const QString& body)
{
    return u"curl "_s + shellQuoted(url)
        + u" \\\n  -H \"Authorization: Bearer $EXHIBIT_API_KEY\" \\\n  -H 'Content-Type: "
          u"application/json'"
          " \\\n  --data-raw "_s
        + shellQuoted(body);
}

/// The body goes through the pipe: how PowerShell hands a quote to a program differs between its
/// versions. `curl` alone is another command there.
QString powerShellCurl(const QString& url, const QString& body)
{
    return powerShellQuoted(plainJson(body)) + u" | curl.exe "_s + powerShellQuoted(url)
        + u" -H \"Authorization: Bearer $env:EXHIBIT_API_KEY\" -H 'Content-Type: "
          u"application/json' --data-binary '@-'"_s;
}

Result<QString> cmdCurl(const QString& url, const QString& body)
{
    const auto address = cmdQuoted(url);
    const auto data = cmdQuoted(plainJson(body));
    if (!address || !data) {
        return fail(ErrorCode::InvalidInput,
                    "cmd expands what stands in this address: copy it for PowerShell");
    }
    const QString line = u"curl.exe "_s + *address
        + u" -H \"Authorization: Bearer %EXHIBIT_API_KEY%\" -H \"Content-Type: "
          u"application/json\" --data-raw "_s
        + *data;
    if (line.size() > kCmdLineMax) {
        return fail(ErrorCode::TooLarge,
                    "cmd takes at most 8191 letters in one line: copy it for PowerShell");
    }
    return line;
}

} // namespace

QString withoutSecrets(const QString& text)
{
    return toQt(scan::redacted(pack(), fromQt(text)));
}

Result<QString> asCurl(const domain::TimelineEvent& input, const QString& server, Shell shell)
{
    bool isShortened = false;
    const JsonObject body = requestOf(input.data, isShortened);
    const QString text = toQt(printJson(redaction::redacted(pack(), Json(body))));
    const QString endpoint = toQt(stringMember(input.data, "endpoint"));
    const QString url
        = server + withoutSecrets(endpoint.isEmpty() ? u"/v1/chat/completions"_s : endpoint);
    const auto missing = missingFrom(input.data, printJson(Json(body)), isShortened);
    switch (shell) {
    case Shell::Posix:
        return comments(missing, u"# "_s) + posixCurl(url, text);
    case Shell::PowerShell:
        return comments(missing, u"# "_s) + powerShellCurl(url, text);
    case Shell::Cmd:
        break;
    }
    EXHIBIT_TRY(const auto line, cmdCurl(url, text));
    return comments(missing, u"rem "_s) + line;
}

QString asMarkdown(const domain::Incident& incident,
                   const domain::TimelineReply* timeline,
                   const QString& time)
{
    QString text = u"## "_s + escaped(toQt(incident.title)) + u"\n\n"_s;
    const auto row = [&text](const QString& name, const QString& value) {
        text += u"- **"_s + name + u"**: "_s + escaped(value) + u"\n"_s;
    };
    row(u"Incident"_s, toQt(incident.incidentId.text()));
    row(u"Time"_s, time);
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
    return text;
}

QString asJson(const domain::Incident& incident, const domain::TimelineReply* timeline)
{
    JsonObject object{{"incident", toJson(incident)}};
    if (timeline != nullptr) {
        auto events = timeline->events;
        for (auto& event : events) {
            event.data = withoutWithheld(event.data);
        }
        object.emplace("events", toJson(events));
    }
    return prettyJson(printJson(redaction::redacted(pack(), Json(std::move(object)))));
}

QString asJson(const std::vector<domain::Incident>& incidents)
{
    return prettyJson(printJson(redaction::redacted(pack(), Json(toJson(incidents)))));
}

} // namespace exhibit::ui
