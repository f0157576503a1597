// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commands.h"
#include "app/ctl/failure_report.h"
#include "app/ctl/output_file.h"
#include "app/ctl/table.h"
#include "models/base/sha256.h"

#include <algorithm>

namespace exhibit::ctl {
namespace {

constexpr std::uint64_t kDumpEntriesAtOnce = 1000;

int showKeys(Session& session, const std::string& pdfFile)
{
    const auto keys = session.wait(session.client().ledgerKeys());
    if (!keys) {
        return report(keys.error(), session.json());
    }
    if (!pdfFile.empty()) {
        if (const auto written = writeFile(pdfFile, stringMember(*keys, "pdf_certificate"));
            !written) {
            return report(written.error(), session.json());
        }
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
    const Json* unlisted = findMember(*check, "unlisted");
    if (unlisted != nullptr && *unlisted != 0) {
        session.out().stream << "and " << printJson(*unlisted) << " more findings\n";
    }
    return good ? kDone : kNo;
}

struct DumpOptions {
    std::int64_t epoch = 1;
    std::uint64_t from = 0;
    std::uint64_t count = 1000;
    std::string file;
};

/// Of the entries in a part, one after the other: what `/evidence_hash` of the next log is over.
/// Where the next part begins; nullopt at the end.
std::optional<std::uint64_t> readPart(const Bytes& part, Sha256& entries, std::uint64_t& count)
{
    std::optional<std::uint64_t> next;
    for (std::string_view rest = part; !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const auto line = parseJson(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const Json* row = line ? findMember(*line, "row") : nullptr;
        if (row != nullptr && stringMember(*line, "table") == "incident_log_chain") {
            const auto hex = stringMember(*row, "entry"); // As PostgreSQL prints bytea: \x...
            entries.update(fromHex(hex.substr(std::min<std::size_t>(2, hex.size()))).value_or(""));
            ++count;
        }
        if (const Json* begin = line ? findMember(*line, "next") : nullptr) {
            const auto number = begin->is_null() ? Json() : *begin;
            next = number.is_int64() ? std::optional(static_cast<std::uint64_t>(number.get_int64()))
                                     : std::nullopt;
        }
    }
    return next;
}

int dumpLedger(Session& session, const DumpOptions& options)
{
    OutputFile file(options.file);
    Sha256 all;
    Sha256 entries;
    std::uint64_t count = 0;
    auto next = std::optional(options.from);
    while (next && count < options.count) {
        const auto limit = std::min<std::uint64_t>(options.count - count, kDumpEntriesAtOnce);
        const auto part = session.wait(session.client().dumpLedger(options.epoch, *next, limit));
        if (!part) {
            return report(part.error(), session.json());
        }
        if (const auto written = file.write(*part); !written) {
            return report(written.error(), session.json());
        }
        all.update(*part);
        next = readPart(*part, entries, count);
    }
    if (const auto closed = file.close(); !closed) {
        return report(closed.error(), session.json());
    }
    const std::string digest = toHex(asView(all.finish()));
    const std::string evidence = toHex(asView(entries.finish()));
    if (session.json()) {
        session.printJsonLine(JsonObject{{"file", options.file},
                                         {"sha256", digest},
                                         {"entries", count},
                                         {"entries_sha256", evidence},
                                         {"next", next ? Json(*next) : Json()}});
        return kDone;
    }
    session.out().stream << options.file << ": " << count << " entries from " << options.from
                         << ", SHA-256 " << digest
                         << "\ntheir bytes, one after the other: " << evidence << "\n";
    if (next) {
        session.out().stream << "more follow: --from " << *next << "\n";
    }
    return kDone;
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
    auto dump = std::make_shared<DumpOptions>();
    auto* dumped = group->add_subcommand(
        "dump", "Write a part of a log as it lies in the database, damaged or not, into a file");
    dumped->add_option("--epoch", dump->epoch, "Of which log; the first one is 1")
        ->check(CLI::Range(1, INT32_MAX));
    dumped->add_option("--from", dump->from, "The first entry");
    dumped->add_option("--count", dump->count, "How many entries at most")
        ->check(CLI::Range(1, 1'000'000));
    dumped->add_option("-o,--output", dump->file, "The file")->required()->type_name("FILE");
    dumped->callback([&invocation, dump] {
        invocation.run = [dump](Session& session) { return dumpLedger(session, *dump); };
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
