// SPDX-License-Identifier: Apache-2.0
// What people enter for reports: each file that is sent is a new version, earlier ones stay.
#include "app/ctl/commands.h"
#include "app/ctl/failure_report.h"
#include "app/ctl/policy_file.h"
#include "app/ctl/table.h"
#include "app/ctl/text_layout.h"

#include <algorithm>

namespace exhibit::ctl {
namespace {

struct EnteredOptions {
    std::string incident;
    std::string file;
    std::int64_t number = 0;
    client::VersionsPage page;
};

/// "business_impact" as people read it.
std::string spaced(std::string_view name)
{
    std::string text(name);
    std::replace(text.begin(), text.end(), '_', ' ');
    return text;
}

/// One version: who said it when, and each member of what was said.
void printEntered(const Output& output, const Json& entered)
{
    std::vector<std::pair<std::string, Cell>> fields;
    for (const auto* name : {"version", "entered_by", "entered_at"}) {
        fields.emplace_back(spaced(name), Cell{memberText(entered, name)});
    }
    const Json* const value = findMember(entered, "value");
    for (const auto& member :
         value != nullptr && value->is_object() ? value->get_object() : JsonObject{}) {
        fields.emplace_back(spaced(member.key()), Cell{memberText(*value, member.key())});
    }
    printFields(output, fields);
}

using Answer = client::Reply<Json>;

/// {"newest": ...}
int showNewest(Session& session, const Answer& reply, const char* none)
{
    if (!reply) {
        return report(reply.error(), session.json());
    }
    const Json* const newest = findMember(*reply, "newest");
    if (session.json()) {
        session.printJsonLine(*reply);
    } else if (newest == nullptr || newest->is_null()) {
        session.out().stream << none << '\n';
    } else {
        printEntered(session.out(), *newest);
    }
    return kDone;
}

/// {"versions": [...], "next_cursor"}, or `list` in its place.
int showPage(Session& session, const Answer& reply, const char* list = "versions")
{
    if (!reply) {
        return report(reply.error(), session.json());
    }
    if (session.json()) {
        session.printJsonLine(*reply);
        return kDone;
    }
    const Json* const listed = findMember(*reply, list);
    bool first = true;
    for (const auto& one :
         listed != nullptr && listed->is_array() ? listed->get_array() : JsonArray{}) {
        session.out().stream << (first ? "" : "\n");
        printEntered(session.out(), one);
        first = false;
    }
    const auto next = stringMember(*reply, "next_cursor");
    if (!next.empty()) {
        session.out().stream << "\nolder ones: --cursor " << printable(next) << '\n';
    }
    return kDone;
}

/// Sends what is in the file and says which version it became.
template <class Send>
int enterFile(Session& session, const std::string& path, Send send)
{
    const auto json = openJsonFile(path);
    if (!json) {
        return report(json.error(), session.json());
    }
    auto reply = session.wait(send(*json));
    if (!reply) {
        return reportFile(std::move(reply).error(), path, session.json());
    }
    if (session.json()) {
        session.printJsonLine(*reply);
        return kDone;
    }
    const Json* const newest = findMember(*reply, "newest");
    const Json& entered = newest == nullptr ? *reply : *newest;
    const Json* const value = findMember(entered, "value");
    const std::string number = value == nullptr ? "-" : memberText(*value, "n");
    session.out().stream << (number == "-" ? "" : "record " + printable(number) + ", ")
                         << "version " << printable(memberText(entered, "version")) << '\n';
    return kDone;
}

int setImpact(Session& session, const EnteredOptions& options)
{
    return enterFile(session, options.file, [&](const Json& impact) {
        return session.client().enterImpact(options.incident, impact);
    });
}

int state(Session& session, const EnteredOptions& options)
{
    return enterFile(session, options.file, [&](const Json& statement) {
        return session.client().enterStatement(statement);
    });
}

int record(Session& session, const EnteredOptions& options)
{
    return enterFile(session, options.file, [&](const Json& entered) {
        return session.client().enterRecord(entered);
    });
}

using Run = int (*)(Session& session, const EnteredOptions& options);
enum class Takes { Nothing, Page, File, NumberAndPage };

void addPage(CLI::App& command, EnteredOptions& options)
{
    command.add_option("--limit", options.page.limit, "At most so many")->check(CLI::Range(1, 200));
    command.add_option("--cursor", options.page.cursor, "Goes on where a page ended");
}

CLI::App* addEntered(CLI::App& group,
                     Invocation& invocation,
                     const char* name,
                     const char* help,
                     Takes takes,
                     Run run,
                     bool ofIncident = false)
{
    auto options = std::make_shared<EnteredOptions>();
    auto* command = group.add_subcommand(name, help);
    if (ofIncident) {
        command->add_option("incident", options->incident, "The incident's id")
            ->required()
            ->type_name("INC");
    }
    if (takes == Takes::File) {
        command->add_option("file", options->file, "JSON; - reads standard input")
            ->required()
            ->type_name("FILE");
    }
    if (takes == Takes::NumberAndPage) {
        command->add_option("number", options->number, "Its number")
            ->required()
            ->check(CLI::PositiveNumber)
            ->type_name("N");
    }
    if (takes == Takes::Page || takes == Takes::NumberAndPage) {
        addPage(*command, *options);
    }
    command->callback([options, run, &invocation] {
        invocation.run = [options, run](Session& session) { return run(session, *options); };
    });
    return command;
}

constexpr const char* kImpactFile
    = R"(FILE: {"business_impact", "risk_level": low|medium|high|critical, ["affected_parties", )"
      R"("personal_information": {"involved", "what", "whose", "count"}, "approver"]})";
constexpr const char* kStatementFile
    = R"(FILE: {"period_start", "period_end", "attestation_statement", )"
      R"("control_objectives": [{"criterion", "control_id", "objective", ["reviewer"]}], )"
      R"(["auditor_notes"]})";
constexpr const char* kRecordFile
    = R"(FILE: {"kind": backup_test|breach_notice|access_review|communication|lesson|plan_test|)"
      R"(change_approval|disclosure, "on", "by", "text", ["incident_id", "n"]}; )"
      R"("n" changes the record of that number)";

} // namespace

void addImpactCommand(CLI::App& app, Invocation& invocation)
{
    auto* group = app.add_subcommand("impact", "What an incident meant, as people assess it");
    group->require_subcommand(1);
    addEntered(
        *group,
        invocation,
        "show",
        "The newest assessment",
        Takes::Nothing,
        [](Session& session, const EnteredOptions& options) {
            return showNewest(session,
                              session.wait(session.client().impact(options.incident)),
                              "Nobody has assessed the impact yet.");
        },
        true);
    addEntered(
        *group,
        invocation,
        "history",
        "All assessments, the newest first",
        Takes::Page,
        [](Session& session, const EnteredOptions& options) {
            return showPage(
                session,
                session.wait(session.client().impactVersions(options.incident, options.page)));
        },
        true);
    addEntered(*group, invocation, "set", "Assess it: a new version", Takes::File, setImpact, true)
        ->footer(kImpactFile);
}

void addComplianceCommand(CLI::App& app, Invocation& invocation)
{
    auto* group = app.add_subcommand("compliance",
                                     "What the management states towards auditors, and what people "
                                     "record for controls that the system cannot see");
    group->require_subcommand(1);
    addEntered(*group,
               invocation,
               "show",
               "The newest statement: period, objectives, attestation, auditor notes",
               Takes::Nothing,
               [](Session& session, const EnteredOptions&) {
                   return showNewest(session,
                                     session.wait(session.client().complianceStatement()),
                                     "Nobody has stated anything yet.");
               });
    addEntered(*group,
               invocation,
               "history",
               "All statements, the newest first",
               Takes::Page,
               [](Session& session, const EnteredOptions& options) {
                   return showPage(
                       session, session.wait(session.client().complianceStatements(options.page)));
               });
    addEntered(*group, invocation, "state", "State it: a new version", Takes::File, state)
        ->footer(kStatementFile);
    addEntered(*group,
               invocation,
               "records",
               "The newest version of each record",
               Takes::Page,
               [](Session& session, const EnteredOptions& options) {
                   return showPage(session,
                                   session.wait(session.client().complianceRecords(options.page)),
                                   "records");
               });
    addEntered(*group,
               invocation,
               "record-history",
               "All versions of one record",
               Takes::NumberAndPage,
               [](Session& session, const EnteredOptions& options) {
                   return showPage(session,
                                   session.wait(session.client().complianceRecordVersions(
                                       options.number, options.page)));
               });
    addEntered(*group,
               invocation,
               "record",
               "Record a test, a notice, a review: a new record or a new version of one",
               Takes::File,
               record)
        ->footer(kRecordFile);
}

} // namespace exhibit::ctl
