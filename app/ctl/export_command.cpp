// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commands.h"
#include "app/ctl/export_wait.h"
#include "app/ctl/failure_report.h"
#include "app/ctl/output_file.h"

#include <fstream>

namespace exhibit::ctl {
namespace {

struct ExportOptions {
    std::string incident;
    std::string format = "exhibit";
    std::string output;
    std::string caseId;
    std::string authority;
    std::string recipient;
    std::string reason;
    std::vector<std::string> include;
    std::vector<std::string> redactions; ///< PATH=REASON
    bool unredacted = false;
    JsonObject production; ///< What was given of it.
    std::vector<std::string> withheld; ///< STEP=BASIS=DESCRIPTION
    std::string passages; ///< File with the passages to redact in a production.
    std::string draft; ///< File with what people say in a draft under Article 73.
    std::string from; ///< Of a SOC 2 period.
    std::string to;
};

constexpr const char* kFormats[] = {"exhibit",
                                    "pdf",
                                    "json",
                                    "executive_debrief",
                                    "executive_debrief_json",
                                    "legal_discovery",
                                    "ai_act_art73",
                                    "ai_act_art73_json",
                                    "fre_902",
                                    "case_uco",
                                    "soc2",
                                    "soc2_json",
                                    "soc2_csv",
                                    "soc2_zip"};

/// The documents that stay out of a production.
Result<JsonArray> withheldOf(const std::vector<std::string>& given)
{
    JsonArray withheld;
    for (const auto& text : given) {
        const std::size_t basis = text.find('=');
        const std::size_t description = basis == text.npos ? basis : text.find('=', basis + 1);
        int step = 0;
        if (description == text.npos || !CLI::detail::lexical_cast(text.substr(0, basis), step)) {
            return fail(
                ErrorCode::InvalidInput, "Expected --withhold STEP=BASIS=DESCRIPTION.", text);
        }
        withheld.push_back(JsonObject{{"step_index", step},
                                      {"basis", text.substr(basis + 1, description - basis - 1)},
                                      {"description", text.substr(description + 1)}});
    }
    return withheld;
}

Result<Json> jsonFile(const std::string& name)
{
    std::ifstream file(name, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    auto json = parseJson(text);
    return json ? std::move(json) : fail(ErrorCode::InvalidInput, "Not a JSON file.", name);
}

Result<JsonObject> requestOf(const ExportOptions& options)
{
    JsonArray redactions;
    for (const auto& redaction : options.redactions) {
        const std::size_t equals = redaction.find('=');
        if (equals == redaction.npos || !redaction.starts_with('/')) {
            return fail(ErrorCode::InvalidInput, "Expected --redact /PATH=REASON.", redaction);
        }
        redactions.push_back(JsonObject{{"path", redaction.substr(0, equals)},
                                        {"reason", redaction.substr(equals + 1)}});
    }
    JsonObject request{{"format", options.format},
                       {"case", options.caseId},
                       {"reason", options.reason},
                       {"authority", options.authority},
                       {"recipient", options.recipient},
                       {"redact", !options.unredacted},
                       {"redactions", std::move(redactions)}};
    if (!options.include.empty()) {
        request.emplace("include", JsonArray(options.include.begin(), options.include.end()));
    }
    if (options.format == "legal_discovery") {
        JsonObject production = options.production;
        EXHIBIT_TRY(auto withheld, withheldOf(options.withheld));
        production.emplace("withheld", std::move(withheld));
        if (!options.passages.empty()) {
            EXHIBIT_TRY(auto passages, jsonFile(options.passages));
            production.emplace("passages", std::move(passages));
        }
        request.emplace("production", std::move(production));
    }
    if (!options.draft.empty()) {
        EXHIBIT_TRY(auto draft, jsonFile(options.draft));
        request.emplace("art73", std::move(draft));
    }
    return request;
}

void addPeriod(JsonObject& request, const ExportOptions& options)
{
    if (!options.from.empty() || !options.to.empty()) {
        request.emplace("period_start", options.from);
        request.emplace("period_end", options.to);
    }
}

/// Of a period, whatever it holds.
int exportSoc2(Session& session, const ExportOptions& options)
{
    const auto bar = options.format.find('_');
    JsonObject request{
        {"format", bar == std::string::npos ? "pdf" : options.format.substr(bar + 1)},
        {"reason", options.reason},
        {"authority", options.authority},
        {"recipient", options.recipient},
        {"case", options.caseId},
        {"redact", !options.unredacted}};
    addPeriod(request, options);
    ExportWait wait(session);
    const auto exported = wait.wait(session.client().exportSoc2(request, wait.told()));
    return exported ? writeOutput(session, *exported, options.output)
                    : report(exported.error(), session.json());
}

int exportIncident(Session& session, const ExportOptions& options)
{
    auto request = requestOf(options);
    if (!request) {
        return report(request.error(), session.json());
    }
    addPeriod(*request, options);
    ExportWait wait(session);
    const auto exported
        = wait.wait(session.client().exportIncident(options.incident, *request, wait.told()));
    if (!exported) {
        return report(exported.error(), session.json());
    }
    return writeOutput(session, *exported, options.output);
}

int runExport(Session& session, const ExportOptions& options)
{
    if (!options.incident.empty()) {
        return exportIncident(session, options);
    }
    if (!options.format.starts_with("soc2")) {
        return report(Error{ErrorCode::InvalidInput, "Which incident?", options.format},
                      session.json());
    }
    return exportSoc2(session, options);
}

/// Options of a legal production.
void addProductionOptions(CLI::App& command, const std::shared_ptr<ExportOptions>& options)
{
    const auto add = [&](const char* flag, const char* member, const char* words) {
        return command.add_option_function<std::string>(
            flag,
            [options, member](const std::string& value) {
                options->production.insert_or_assign(member, value);
            },
            words);
    };
    add("--bates-prefix", "prefix", "legal_discovery: begins every number (EXH)");
    add("--volume", "volume", "legal_discovery: name of the volume (VOL001)");
    add("--custodian", "custodian", "legal_discovery: whose documents they are (the tenant)");
    add("--confidentiality", "confidentiality", "legal_discovery: stands on every page");
    add("--encoding", "encoding", "legal_discovery: of the Concordance file (utf-8)")
        ->check(CLI::IsMember({"utf-8", "windows-1252"}));
    command
        .add_option("--withhold",
                    options->withheld,
                    "legal_discovery: step that stays out, on what ground, and words for the "
                    "privilege log")
        ->type_name("STEP=BASIS=DESCRIPTION");
    command
        .add_option("--passages",
                    options->passages,
                    "legal_discovery: passages to redact wherever they stand, as JSON: "
                    "[{\"text\",\"basis\",\"description\"}]")
        ->type_name("FILE");
}

} // namespace

void addExportCommand(CLI::App& app, Invocation& invocation)
{
    auto options = std::make_shared<ExportOptions>();
    auto* command = app.add_subcommand("export",
                                       "Export an incident as a signed pack, a bundle, a report, a "
                                       "production or a draft, or SOC 2 evidence of a period");
    command
        ->add_option("incident",
                     options->incident,
                     "The incident's id; for SOC 2 one that the period holds, or none")
        ->check(refuseEmpty)
        ->type_name("INC");
    command->add_option("--format", options->format)
        ->check(CLI::IsMember(std::vector<std::string>(std::begin(kFormats), std::end(kFormats))))
        ->capture_default_str();
    command
        ->add_option("--include",
                     options->include,
                     "What goes with it (all but raw_io): full_trace policy_log replay_cert "
                     "root_cause raw_io")
        ->check(CLI::IsMember({"full_trace", "policy_log", "replay_cert", "root_cause", "raw_io"}));
    command->add_option("-o,--output", options->output, "File to write")
        ->required()
        ->type_name("FILE");
    command->add_option("--case", options->caseId, "Id of the case, for the pack's signature");
    command->add_option("--reason", options->reason, "Why: stands in the log and on the report");
    command->add_option(
        "--authority", options->authority, "By what right: an order, a contract; for the pack");
    command->add_option("--recipient",
                        options->recipient,
                        "To whom it is handed out, and where; for the custody log");
    command
        ->add_option("--redact", options->redactions, "Field to leave out of every entry, and why")
        ->type_name("/PATH=REASON");
    command->add_flag("--unredacted",
                      options->unredacted,
                      "Leave personal data and secrets as they are; needs audit:read as well");
    command->add_option("--draft", options->draft, "ai_act_art73: what people say, as JSON")
        ->type_name("FILE");
    command->add_option(
        "--from",
        options->from,
        "soc2: first day of the period (as stated; with an incident else its quarter)");
    command->add_option("--to", options->to, "soc2: last day of the period");
    addProductionOptions(*command, options);
    command->callback([options, &invocation] {
        invocation.run = [options](Session& session) { return runExport(session, *options); };
    });
}

} // namespace exhibit::ctl
