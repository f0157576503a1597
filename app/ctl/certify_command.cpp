// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commands.h"
#include "app/ctl/failure_report.h"
#include "app/ctl/output_file.h"
#include "app/ctl/table.h"
#include "models/domain/certificate.h"

namespace exhibit::ctl {
namespace {

struct CertifyOptions {
    std::string incident;
    std::string output;
    bool last = false;
};

std::string orDash(const std::optional<std::string>& text)
{
    return text.value_or("-");
}

void print(const Output& output, const domain::IssuedCertificate& issued)
{
    const auto& certificate = issued.certificate;
    const auto level = certificate.matchLevel ? std::string(wireName(*certificate.matchLevel))
                                              : std::string("not replayed");
    const auto& comparison = certificate.comparison;
    const auto& again = certificate.policyReevaluation;
    output.stream << output.paint(Paint::Bold, certificate.certificateId.text()) << "\n";
    printFields(
        output,
        {{"match level", {level}},
         {"compared by",
          {comparison ? comparison->method : orDash(certificate.notReplayableReason)}},
         {"score", {comparison ? comparison->score + " of " + comparison->threshold : ""}},
         {"determinism", {certificate.determinismVerified ? "verified" : "not verified"}},
         {"policies",
          {again.snapshotId
               + (again.identical ? ": the recorded decisions came again"
                                  : ": DIFFERENT from the recorded decisions"),
           again.identical ? Paint::Green : Paint::BoldRed}},
         {"original",
          {certificate.originalHash + " " + certificate.originalModel + " "
           + shortTime(certificate.originalTimestamp)}},
         {"replay",
          {certificate.replayHash ? *certificate.replayHash + " " + orDash(certificate.replayModel)
                                  : ""}},
         {"log", {certificate.logOrigin + "#" + std::to_string(certificate.seq)}},
         {"issued at", {"#" + std::to_string(issued.issuedSeq)}},
         {"signed by", {certificate.signedBy}},
         {"QR text", {issued.qr}}});
    output.stream << "A replay that differs says nothing of tampering; the log does.\n";
}

int certify(Session& session, const CertifyOptions& options)
{
    const auto reply = session.wait(options.last ? session.client().certificate(options.incident)
                                                 : session.client().certify(options.incident));
    if (!reply) {
        return report(reply.error(), session.json());
    }
    if (!options.output.empty()) {
        if (const auto saved = writeFile(options.output, reply->document + "\n"); !saved) {
            return report(saved.error(), session.json());
        }
    }
    if (session.json()) {
        session.printJsonLine(toJson(*reply));
    } else {
        print(session.out(), *reply);
    }
    return reply->certificate.policyReevaluation.identical ? kDone : kNo;
}

} // namespace

void addCertifyCommand(CLI::App& app, Invocation& invocation)
{
    auto options = std::make_shared<CertifyOptions>();
    auto* command = app.add_subcommand(
        "certify", "Send the call of an incident once more, compare, and have the result signed");
    command->add_option("incident", options->incident, "The incident's id")
        ->required()
        ->type_name("INC");
    command->add_option("-o,--output", options->output, "File for the certificate, to verify it")
        ->type_name("FILE");
    command->add_flag("--last", options->last, "The newest certificate there is; nothing is sent");
    command->callback([options, &invocation] {
        invocation.run = [options](Session& session) { return certify(session, *options); };
    });
}

} // namespace exhibit::ctl
