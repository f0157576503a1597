// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commands.h"
#include "app/ctl/failure_report.h"
#include "app/ctl/table.h"
#include "models/evidence/mapped_file.h"
#include "models/report/handed_out.h"
#include "models/report/pdf_signature.h"

#include <fstream>
#include <iterator>

namespace exhibit::ctl {
namespace {

using evidence::VerificationReport;
using exhibit::report::Anchors;

struct VerifyOptions {
    std::vector<std::string> files;
    std::vector<std::string> logKeys;
    std::vector<std::string> certificateKeys;
    std::vector<std::string> keyrings;
    std::string root;
    std::vector<std::string> witnesses;
    std::vector<std::string> timestampAuthorities;
    std::vector<std::string> reportCertificates;
};

Result<Bytes> readAnchor(const std::string& file)
{
    EXHIBIT_TRY(const auto mapped, evidence::MappedFile::open(file));
    if (mapped.bytes().size() > limits::kNoteBytesMax) {
        return fail(ErrorCode::TooLarge, "The file is too large for keys.", file);
    }
    return Bytes(mapped.bytes());
}

/// Hexadecimal as it is, everything else as the name of a PEM file.
Result<evidence::PublicKey> readCertificateKey(const std::string& text)
{
    if (auto key = evidence::PublicKey::fromText(text)) {
        return key;
    }
    EXHIBIT_TRY(const Bytes pem, readAnchor(text));
    return evidence::PublicKey::fromText(pem);
}

/// One that is passed over without a word would leave open why nothing vouches for the file.
Result<Bytes> readCertificates(const std::string& file)
{
    EXHIBIT_TRY(Bytes pem, readAnchor(file));
    if (const auto names = exhibit::report::certificateNames(pem); !names) {
        return fail(names.error().code, names.error().message, file);
    }
    return pem;
}

Result<Anchors> readAnchors(const VerifyOptions& options)
{
    Anchors all;
    auto& anchors = all.keys;
    for (const auto& vkey : options.logKeys) {
        EXHIBIT_TRY(auto key, evidence::NoteKey::parse(vkey));
        anchors.logKeys.push_back({std::move(key)});
    }
    for (const auto& text : options.certificateKeys) {
        EXHIBIT_TRY(auto key, readCertificateKey(text));
        anchors.certificateKeys.emplace_back(std::move(key));
    }
    for (const auto& vkey : options.witnesses) {
        EXHIBIT_TRY(auto key, evidence::NoteKey::parse(vkey));
        anchors.witnesses.push_back({std::move(key)});
    }
    std::optional<evidence::NoteKey> root;
    if (!options.root.empty()) {
        EXHIBIT_TRY(root, evidence::NoteKey::parse(options.root));
    }
    for (const auto& file : options.keyrings) {
        EXHIBIT_TRY(const Bytes note, readAnchor(file));
        EXHIBIT_CHECK(anchors.addKeyring(note, root));
    }
    for (const auto& file : options.timestampAuthorities) {
        EXHIBIT_TRY(Bytes pem, readCertificates(file));
        anchors.timestampAuthorities.push_back(std::move(pem));
    }
    for (const auto& file : options.reportCertificates) {
        EXHIBIT_TRY(Bytes pem, readCertificates(file));
        all.reportCertificates.push_back(std::move(pem));
    }
    return all;
}

Paint paintOf(evidence::CheckResult result)
{
    return result == evidence::CheckResult::Passed ? Paint::Green
        : result == evidence::CheckResult::Failed  ? Paint::BoldRed
                                                   : Paint::Yellow;
}

std::string_view meaningOf(evidence::Verdict verdict)
{
    switch (verdict) {
    case evidence::Verdict::Valid:
        return "every check that applies passed, with keys pinned outside the file";
    case evidence::Verdict::Untrusted:
        return "consistent in itself, but not all that vouches for it is pinned outside the file";
    case evidence::Verdict::Unauthenticated:
        return "the hashes match, nobody signed";
    case evidence::Verdict::Invalid:
        return "at least one check failed";
    case evidence::Verdict::Unreadable:
        return "not evidence in a form that is read here; nothing inside was believed";
    }
    return "";
}

void printReport(const Output& output, const std::string& file, const VerificationReport& report)
{
    const bool good = report.verdict == evidence::Verdict::Valid;
    output.stream << file << ": "
                  << output.paint(good ? Paint::Green : Paint::BoldRed, wireName(report.verdict))
                  << " (" << meaningOf(report.verdict) << ")\n";
    Table table({"CHECK", "RESULT", "ABOUT", "DETAIL"});
    for (const auto& check : report.checks) {
        table.add({{check.id},
                   {std::string(wireName(check.result)), paintOf(check.result)},
                   {check.subject},
                   {check.detail}});
    }
    table.print(output);
    printFields(output,
                {{"log", {report.origin}},
                 {"tree size", {report.treeSize == 0 ? "" : std::to_string(report.treeSize)}},
                 {"issuer", {report.issuer}},
                 {"claimed time", {report.timeClaimed}},
                 {"proven time", {report.timeProven.value_or("")}}});
}

int verifyFiles(Session& session, const VerifyOptions& options)
{
    const auto anchors = readAnchors(options);
    if (!anchors) {
        return report(anchors.error(), session.json());
    }
    int code = kDone;
    for (const auto& file : options.files) {
        VerificationReport result;
        if (const auto mapped = evidence::MappedFile::open(file)) {
            result = exhibit::report::verifyHandedOut(mapped->bytes(), *anchors);
        } else {
            result.failed("container", file, mapped.error().message);
        }
        if (session.json()) {
            session.printJsonLine(evidence::reportJson(file, result));
        } else {
            printReport(session.out(), file, result);
        }
        code = std::max(code, evidence::exitCodeOf(result.verdict));
    }
    return code;
}

} // namespace

void addVerifyCommand(CLI::App& app, Invocation& invocation)
{
    auto options = std::make_shared<VerifyOptions>();
    auto* command = app.add_subcommand(
        "verify",
        "Verify packs, certificates, reports, productions, SOC 2 evidence and bundles, offline; "
        "several files, the highest exit code");
    command->add_option("files", options->files, "Files to verify")->required()->type_name("FILE");
    command->add_option("--trust-log", options->logKeys, "Key of a log: name+id+base64")
        ->type_name("VKEY");
    command
        ->add_option("--trust-certificate",
                     options->certificateKeys,
                     "Key that signs certificates and packs, hexadecimal or a PEM file")
        ->type_name("HEX|PEM");
    command->add_option("--trust", options->keyrings, "Keyring note whose keys are trusted")
        ->type_name("KEYRING");
    command->add_option("--trust-root", options->root, "Root key that has to have signed keyrings")
        ->type_name("VKEY");
    command->add_option("--witness", options->witnesses, "Key of a witness")->type_name("VKEY");
    command
        ->add_option("--tsa-ca",
                     options->timestampAuthorities,
                     "Root certificates of time stamp authorities")
        ->type_name("PEM");
    command
        ->add_option("--pdf-ca",
                     options->reportCertificates,
                     "Certificate that signs reports, or one above it")
        ->type_name("PEM");
    command->callback([options, &invocation] {
        invocation.keyNeeded = false;
        invocation.run = [options](Session& session) { return verifyFiles(session, *options); };
    });
}

} // namespace exhibit::ctl
