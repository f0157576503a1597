// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commands.h"
#include "app/ctl/export_wait.h"
#include "app/ctl/failure_report.h"
#include "app/ctl/output_file.h"
#include "app/ctl/table.h"
#include "app/ctl/text_layout.h"
#include "backend-client/replies_json.h"
#include "models/base/limits.h"

#include <fmt/format.h>

namespace exhibit::ctl {
namespace {

struct SearchOptions {
    std::vector<std::string> words;
    std::string user;
    std::string session;
    std::string run;
    std::string from;
    std::string to;
    std::vector<std::string> severities;
    std::string policy;
    std::string status;
    std::string model;
    std::uint32_t limit = limits::kPageRowsDefault;
    std::string cursor;
    std::string output; ///< Everything that is found goes into this file.
    std::string format = "csv";
    std::string reason;
    bool unredacted = false;
    bool calls = false; ///< Into the file: calls, with an incident or without.
};

std::optional<std::string> unlessEmpty(const std::string& text)
{
    return text.empty() ? std::nullopt : std::optional(text);
}

/// A time as the search language reads it, so that flag and filter accept the same.
Result<std::optional<UtcTime>> readTime(const char* flag, const std::string& text)
{
    if (text.empty()) {
        return std::nullopt;
    }
    const auto query = text.find_first_of("\"\\") == std::string::npos
        ? query::parse("after:\"" + text + "\"")
        : tl::make_unexpected(query::QueryError{"Not a time.", 0, 0, {}});
    if (!query) {
        return fail(ErrorCode::InvalidInput, query.error().message, flag);
    }
    return query->groups.front().front().time;
}

Result<client::SearchRequest> makeRequest(const SearchOptions& options, const std::string& text)
{
    client::SearchRequest request;
    request.query = unlessEmpty(text);
    request.userId = unlessEmpty(options.user);
    request.sessionId = unlessEmpty(options.session);
    request.runId = unlessEmpty(options.run);
    EXHIBIT_TRY(request.timeFrom, readTime("--from", options.from));
    EXHIBIT_TRY(request.timeTo, readTime("--to", options.to));
    for (const auto& name : options.severities) {
        EXHIBIT_TRY(const auto severity, parseEnum<domain::Severity>(name));
        request.severities.push_back(severity);
    }
    if (!options.status.empty()) {
        EXHIBIT_TRY(request.status, parseEnum<domain::IncidentStatus>(options.status));
    }
    request.policy = unlessEmpty(options.policy);
    request.model = unlessEmpty(options.model);
    request.limit = options.limit;
    request.cursor = unlessEmpty(options.cursor);
    return request;
}

/// An excerpt with its matches set off: bold on a terminal, plain in a pipe. The text between the
/// marks is HTML-escaped by the server.
std::string showHighlight(const Output& output, std::string_view excerpt)
{
    constexpr std::pair<std::string_view, std::string_view> kEntities[]
        = {{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}};
    constexpr std::string_view kOpen = "<mark>";
    constexpr std::string_view kClose = "</mark>";
    std::string shown;
    std::string piece;
    bool marked = false;
    const auto flush = [&](bool next) {
        shown += output.paint(marked ? Paint::Bold : Paint::Plain, printable(piece));
        piece.clear();
        marked = next;
    };
    while (!excerpt.empty()) {
        std::size_t taken = 1;
        if (excerpt.starts_with(kOpen) || excerpt.starts_with(kClose)) {
            taken = excerpt.starts_with(kOpen) ? kOpen.size() : kClose.size();
            flush(excerpt.starts_with(kOpen));
            excerpt.remove_prefix(taken);
            continue;
        }
        std::string_view text = excerpt.substr(0, 1);
        for (const auto& [entity, character] : kEntities) {
            if (excerpt.starts_with(entity)) {
                text = character;
                taken = entity.size();
            }
        }
        piece += text;
        excerpt.remove_prefix(taken);
    }
    flush(false);
    return shown;
}

void printHits(const Session& session, const client::SearchReply& reply)
{
    Table table({"TIME", "SEVERITY", "STATUS", "POLICY", "MODEL", "USER", "INCIDENT", "TITLE"});
    for (const auto& hit : reply.incidents) {
        const auto& incident = hit.incident;
        table.add({{shortTime(incident.createdAt)},
                   {std::string(wireName(incident.severity)), paintOf(incident.severity)},
                   {std::string(wireName(incident.status))},
                   {incident.policyId},
                   {incident.model},
                   {incident.userId.value_or("-")},
                   {incident.incidentId.text()},
                   {incident.title}});
        for (const auto& highlight : hit.highlights) {
            table.addNote(showHighlight(session.out(), highlight));
        }
    }
    auto& stream = session.out().stream;
    if (!table.empty()) {
        table.print(session.out());
        stream << '\n';
    }
    stream << fmt::format("{} of {}{} incident{}, as of {}\n",
                          reply.incidents.size(),
                          reply.totalIsEstimate ? "about " : "",
                          reply.total,
                          reply.total == 1 ? "" : "s",
                          shortTime(reply.asOf));
    if (reply.nextCursor) {
        stream << "more: --cursor " << printable(*reply.nextCursor) << '\n';
    }
}

/// Into a file, whatever a page holds.
int exportFound(Session& session,
                const SearchOptions& options,
                const client::SearchRequest& request)
{
    Json search = toJson(request);
    search.get_object().erase("limit");
    using Searched = client::Client::Searched;
    ExportWait wait(session);
    const auto file = wait.wait(
        session.client().exportSearch(JsonObject{{"format", options.format},
                                                 {"search", std::move(search)},
                                                 {"redact", !options.unredacted},
                                                 {"reason", options.reason}},
                                      wait.told(),
                                      options.calls ? Searched::Calls : Searched::Incidents));
    return file ? writeOutput(session, *file, options.output)
                : report(file.error(), session.json());
}

int search(Session& session, const SearchOptions& options)
{
    const std::string text = fmt::format("{}", fmt::join(options.words, " "));
    if (const auto query = query::parse(text); !query) {
        return report(query.error(), text, session.json());
    }
    const auto request = makeRequest(options, text);
    if (!request) {
        return report(request.error(), session.json());
    }
    if (!options.output.empty()) {
        return exportFound(session, options, *request);
    }
    if (options.calls) {
        return report(Error{ErrorCode::InvalidInput, "Calls go into a file: -o FILE.", "--calls"},
                      session.json());
    }
    const auto reply = session.wait(session.client().searchIncidents(*request));
    if (!reply) {
        return reportSearch(reply.error(), text, session.json());
    }
    if (session.json()) {
        session.printJsonLine(toJson(*reply));
    } else {
        printHits(session, *reply);
    }
    return kDone;
}

} // namespace

void addSearchCommand(CLI::App& app, Invocation& invocation)
{
    auto options = std::make_shared<SearchOptions>();
    auto* command = app.add_subcommand("search", "Search incidents, newest first");
    command->add_option("words",
                        options->words,
                        "Words, \"phrases\", -not (after --), or, and filters such as "
                        "severity:high, after:2026-11-21, cost:>0.50, latency:>2s");
    command->add_option("--user", options->user, "The application's user");
    command->add_option("--session", options->session, "The application's session");
    command->add_option("--run", options->run, "A run, by its id or the application's name for it");
    command->add_option("--from", options->from, "From this time or date on (UTC)");
    command->add_option("--to", options->to, "Earlier than this time or date (UTC)");
    command->add_option("--severity", options->severities, "May be given several times")
        ->check(CLI::IsMember(wireNames<domain::Severity>()))
        ->delimiter(',')
        ->allow_extra_args(false);
    command->add_option("--policy", options->policy, "The policy that was violated");
    command->add_option("--status", options->status, "Where the investigation stands")
        ->check(CLI::IsMember(wireNames<domain::IncidentStatus>()));
    command->add_option("--model", options->model, "The model that answered");
    command->add_option("--limit", options->limit, "Incidents a page")
        ->check(CLI::Range(1U, limits::kPageRowsMax))
        ->capture_default_str();
    command->add_option("--cursor", options->cursor, "The next page, as the page before says");
    command->add_option("-o,--output", options->output, "Export everything found to this file")
        ->type_name("FILE");
    command->add_flag("--calls",
                      options->calls,
                      "With -o: all calls that are found, with an incident or without; they have "
                      "no severity and no status");
    command->add_option("--format", options->format, "Of the file")
        ->check(CLI::IsMember({"csv", "ndjson"}))
        ->capture_default_str();
    command->add_option("--reason", options->reason, "Why it is exported: stands in the log");
    command->add_flag(
        "--unredacted",
        options->unredacted,
        "Leave names, personal data and secrets in the file; needs audit:read as well");
    command->callback([options, &invocation] {
        invocation.run = [options](Session& session) { return search(session, *options); };
    });
}

} // namespace exhibit::ctl
