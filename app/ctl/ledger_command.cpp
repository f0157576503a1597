// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commands.h"
#include "app/ctl/failure_report.h"
#include "app/ctl/table.h"

#include <fstream>

namespace exhibit::ctl {
namespace {

struct ExportOptions {
    std::string incident;
    std::string format = "exhibit";
    std::string output;
    std::string caseId;
    std::vector<std::string> redactions; ///< PATH=REASON
};

int exportIncident(Session& session, const ExportOptions& options)
{
    JsonArray redactions;
    for (const auto& redaction : options.redactions) {
        const std::size_t equals = redaction.find('=');
        if (equals == redaction.npos || !redaction.starts_with('/')) {
            return report(
                Error{ErrorCode::InvalidInput, "Expected --redact /PATH=REASON.", redaction},
                session.json());
        }
        redactions.push_back(JsonObject{{"path", redaction.substr(0, equals)},
                                        {"reason", redaction.substr(equals + 1)}});
    }
    const auto pack = session.wait(session.client().exportIncident(
        options.incident,
        JsonObject{
            {"format", options.format}, {"case", options.caseId}, {"redactions", redactions}}));
    if (!pack) {
        return report(pack.error(), session.json());
    }
    std::ofstream file(options.output, std::ios::binary);
    file.write(pack->data(), static_cast<std::streamsize>(pack->size()));
    file.close();
    if (!file) {
        return report(Error{ErrorCode::Unavailable, "The file cannot be written.", options.output},
                      session.json());
    }
    const std::string digest = toHex(asView(sha256(*pack)));
    if (session.json()) {
        session.printJsonLine(
            JsonObject{{"file", options.output}, {"bytes", pack->size()}, {"sha256", digest}});
    } else {
        session.out().stream << options.output << ": " << pack->size() << " bytes, SHA-256 "
                             << digest << "\n";
    }
    return kDone;
}

int showKeys(Session& session)
{
    const auto keys = session.wait(session.client().ledgerKeys());
    if (!keys) {
        return report(keys.error(), session.json());
    }
    if (session.json()) {
        session.printJsonLine(*keys);
        return kDone;
    }
    const Json* logs = findMember(*keys, "logs");
    for (const auto& log : logs != nullptr && logs->is_array() ? logs->get_array() : JsonArray{}) {
        session.out().stream << "--trust-log '" << stringMember(log, "vkey") << "'\n";
    }
    session.out().stream << "--trust-certificate " << stringMember(*keys, "certificate") << "\n";
    return kDone;
}

int showCheckpoint(Session& session)
{
    const auto keys = session.wait(session.client().ledgerKeys());
    if (!keys) {
        return report(keys.error(), session.json());
    }
    const auto note
        = session.wait(session.client().ledgerCheckpoint(stringMember(*keys, "tenant")));
    if (!note) {
        return report(note.error(), session.json());
    }
    if (session.json()) {
        session.printJsonLine(JsonObject{{"note", *note}});
    } else {
        session.out().stream << *note;
    }
    return kDone;
}

int verifyLedger(Session& session)
{
    const auto check = session.wait(session.client().verifyLedger());
    if (!check) {
        return report(check.error(), session.json());
    }
    const Json* sound = findMember(*check, "sound");
    const bool good = sound != nullptr && sound->is_bool() && sound->get_bool();
    if (session.json()) {
        session.printJsonLine(*check);
        return good ? kDone : kNo;
    }
    session.out().stream << (good ? "sound" : "DAMAGED") << "\n";
    const Json* findings = findMember(*check, "findings");
    Table table({"EPOCH", "SEQ", "PROBLEM"});
    for (const auto& finding :
         findings != nullptr && findings->is_array() ? findings->get_array() : JsonArray{}) {
        table.add({{printJson(finding.at("epoch"))},
                   {printJson(finding.at("seq"))},
                   {std::string(stringMember(finding, "problem")), Paint::BoldRed}});
    }
    if (!table.empty()) {
        table.print(session.out());
    }
    return good ? kDone : kNo;
}

} // namespace

void addLedgerCommand(CLI::App& app, Invocation& invocation)
{
    auto* group = app.add_subcommand("ledger", "The signed log: check it, show its keys");
    group->require_subcommand(1);
    group->add_subcommand("verify", "Check the whole log from its bytes")->callback([&invocation] {
        invocation.run = verifyLedger;
    });
    group
        ->add_subcommand("checkpoint", "The newest signed head, signed now when entries were added")
        ->callback([&invocation] { invocation.run = showCheckpoint; });
    group->add_subcommand("keys", "The keys that a verifier pins, as options of verify")
        ->callback([&invocation] { invocation.run = showKeys; });
}

void addExportCommand(CLI::App& app, Invocation& invocation)
{
    auto options = std::make_shared<ExportOptions>();
    auto* command = app.add_subcommand("export", "Export an incident's evidence as a signed pack");
    command->add_option("incident", options->incident, "The incident's id")
        ->required()
        ->type_name("INC");
    command->add_option("--format", options->format)
        ->check(CLI::IsMember({"exhibit"}))
        ->capture_default_str();
    command->add_option("-o,--output", options->output, "File to write")
        ->required()
        ->type_name("FILE");
    command->add_option("--case", options->caseId, "Id of the case, for the pack's signature");
    command
        ->add_option("--redact", options->redactions, "Field to leave out of every entry, and why")
        ->type_name("/PATH=REASON");
    command->callback([options, &invocation] {
        invocation.run = [options](Session& session) { return exportIncident(session, *options); };
    });
}

} // namespace exhibit::ctl
