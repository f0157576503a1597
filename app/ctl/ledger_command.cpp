// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commands.h"
#include "app/ctl/failure_report.h"
#include "app/ctl/table.h"

#include <fstream>

namespace exhibit::ctl {
namespace {

int showKeys(Session& session, const std::string& pdfFile)
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
    const Json* certificates = findMember(*keys, "certificates");
    if (certificates == nullptr || !certificates->is_array()) { // An older server.
        session.out().stream << "--trust-certificate " << stringMember(*keys, "certificate")
                             << "\n";
        certificates = nullptr;
    }
    for (const auto& one : certificates != nullptr ? certificates->get_array() : JsonArray{}) {
        session.out().stream << "--trust-certificate " << stringMember(one, "key") << "\n";
    }
    if (!pdfFile.empty()) {
        std::ofstream file(pdfFile, std::ios::binary);
        file << stringMember(*keys, "pdf_certificate");
        file.close();
        if (!file) {
            return report(Error{ErrorCode::Unavailable, "The file cannot be written.", pdfFile},
                          session.json());
        }
        session.out().stream << "--pdf-ca " << pdfFile << "\n";
    }
    return kDone;
}

int showCheckpoint(Session& session, std::int64_t epoch)
{
    const auto keys = session.wait(session.client().ledgerKeys());
    if (!keys) {
        return report(keys.error(), session.json());
    }
    const auto note
        = session.wait(session.client().ledgerCheckpoint(stringMember(*keys, "tenant"), epoch));
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

/// What the log was checked against, and what could not be.
void printAnchors(Session& session, const Json& check)
{
    const auto list = [&check](std::string_view name) {
        const Json* found = findMember(check, name);
        return found != nullptr && found->is_array() ? found->get_array() : JsonArray{};
    };
    for (const auto& missing : list("not_checked")) {
        session.out().stream << "not checked: " << std::string_view(missing.get_string()) << "\n";
    }
    for (const auto& log : list("checked_against")) {
        const Json* size = findMember(log, "last_head");
        session.out().stream << stringMember(log, "origin") << ": "
                             << (size == nullptr || size->is_null()
                                     ? "the signer remembers no head of it"
                                     : "the signer remembers the head over " + printJson(*size)
                                         + " entries")
                             << "\n";
    }
}

/// What is missing of journals: no damage of the log, and not in it either.
void printLosses(Session& session, const Json& check)
{
    const auto list = [&check](std::string_view name) {
        const Json* found = findMember(check, name);
        return found != nullptr && found->is_array() ? found->get_array() : JsonArray{};
    };
    for (const auto& gap : list("gaps")) {
        session.out().stream << "records " << printJson(gap.at("first")) << " to "
                             << printJson(gap.at("last")) << " of the journal of "
                             << stringMember(gap, "replica") << " never arrived\n";
    }
    for (const auto& open : list("open_journals")) {
        session.out().stream << "the journal of " << stringMember(open, "replica")
                             << " was not closed: what it held after record "
                             << printJson(open.at("brought")) << " is not here, as of "
                             << stringMember(open, "told_at") << "\n";
    }
}

/// A key reads the log of its own tenant: kDone when that is the one. `tenant` may be empty.
int expectTenant(Session& session, const std::string& tenant)
{
    if (tenant.empty()) {
        return kDone;
    }
    const auto keys = session.wait(session.client().ledgerKeys());
    if (!keys) {
        return report(keys.error(), session.json());
    }
    const std::string own(stringMember(*keys, "tenant"));
    return own == tenant
        ? kDone
        : report(Error{ErrorCode::InvalidInput, "The key is of another tenant.", own},
                 session.json());
}

int verifyLedger(Session& session, const std::string& tenant)
{
    if (const int code = expectTenant(session, tenant); code != kDone) {
        return code;
    }
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
    const Json* findings = findMember(*check, "findings");
    const bool damaged
        = findings == nullptr || !findings->is_array() || !findings->get_array().empty();
    session.out().stream << (good ? "sound" : damaged ? "DAMAGED" : "NOT PROVEN") << "\n";
    printAnchors(session, *check);
    const Json* unreadable = findMember(*check, "unreadable");
    if (unreadable != nullptr && *unreadable != 0) {
        session.out().stream << printJson(*unreadable)
                             << " entries have fields that nobody can read: their key was lost "
                                "with the signer\n";
    }
    printLosses(session, *check);
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
    auto* verify = group->add_subcommand("verify", "Check the whole log from its bytes");
    auto tenant = std::make_shared<std::string>();
    verify->add_option(
        "--tenant", *tenant, "The tenant whose log is meant; the key has to be of it");
    verify->callback([&invocation, tenant] {
        invocation.run = [tenant](Session& session) { return verifyLedger(session, *tenant); };
    });
    auto epoch = std::make_shared<std::int64_t>(0);
    auto* checkpoint = group->add_subcommand(
        "checkpoint", "The newest signed head, signed now when entries were added");
    checkpoint->add_option("--epoch", *epoch, "Of a log that ended: its last head that fits")
        ->check(CLI::Range(1, INT32_MAX));
    checkpoint->callback([epoch, &invocation] {
        invocation.run = [epoch](Session& session) { return showCheckpoint(session, *epoch); };
    });
    auto pdfFile = std::make_shared<std::string>();
    auto* keys
        = group->add_subcommand("keys", "The keys that a verifier pins, as options of verify");
    keys->add_option("--pdf-ca", *pdfFile, "Write the certificate that signs reports into a file")
        ->type_name("PEM");
    keys->callback([pdfFile, &invocation] {
        invocation.run = [pdfFile](Session& session) { return showKeys(session, *pdfFile); };
    });
}

} // namespace exhibit::ctl
