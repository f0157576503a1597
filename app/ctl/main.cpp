// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commands.h"
#include "app/ctl/failure_report.h"

#include <QCoreApplication>

#include <cstdio>
#include <exception>
#include <iostream>

namespace ctl = exhibit::ctl;

namespace {

void addGlobalOptions(CLI::App& app, ctl::GlobalOptions& options)
{
    app.set_version_flag("--version", "exhibitctl " EXHIBIT_VERSION);
    app.add_option("--server", options.server, "Address of exhibitd (or EXHIBIT_SERVER)")
        ->type_name("URL");
    app.add_option("--key-file", options.keyFile, "File with the API key (or EXHIBIT_API_KEY)")
        ->type_name("FILE");
    app.add_option("--timeout", options.timeoutSeconds, "Seconds to wait for an answer")
        ->check(CLI::Range(0.1, 3600.0))
        ->capture_default_str();
    app.add_flag("--json", options.json, "Print results as JSON, one object a line");
    app.footer("Exit codes: 0 done, 1 the answer is no, 2 wrong usage or unreadable input, 3 the "
               "server or a dependency is unavailable.");
}

/// Each option of each command takes a value or is left out; `search ""` is a query.
void refuseEmptyValues(CLI::App& app)
{
    for (CLI::Option* const option : app.get_options()) {
        // A proof of no steps is one: of a tree of one entry, or between equal trees.
        if (!option->get_positional() && option->get_name() != "--proof"
            && option->get_items_expected_max() > 0) {
            option->check(ctl::refuseEmpty);
        }
    }
    for (CLI::App* const command : app.get_subcommands(nullptr)) {
        refuseEmptyValues(*command);
    }
}

int run(int argc, char** argv)
{
    ctl::Invocation invocation;
    CLI::App app("Investigate incidents, and set up policies, upstreams and keys.", "exhibitctl");
    // Global options may also stand behind the command; its subcommands inherit this.
    app.fallthrough();
    app.require_subcommand(1);
    addGlobalOptions(app, invocation.options);
    ctl::addSearchCommand(app, invocation);
    ctl::addTimelineCommand(app, invocation);
    ctl::addRunCommand(app, invocation);
    ctl::addKillCommand(app, invocation);
    ctl::addExplainCommands(app, invocation);
    ctl::addPolicyCommand(app, invocation);
    ctl::addUpstreamCommand(app, invocation);
    ctl::addKeyCommand(app, invocation);
    ctl::addPriceCommand(app, invocation);
    ctl::addQuotaCommands(app, invocation);
    ctl::addRedactCommand(app, invocation);
    ctl::addExportCommand(app, invocation);
    ctl::addCertifyCommand(app, invocation);
    ctl::addImpactCommand(app, invocation);
    ctl::addRemediationCommand(app, invocation);
    ctl::addComplianceCommand(app, invocation);
    ctl::addHoldCommand(app, invocation);
    ctl::addVerifyCommand(app, invocation);
    ctl::addKeyringCommand(app, invocation);
    ctl::addLedgerCommand(app, invocation);
    ctl::addEvidenceCommand(app, invocation);
    ctl::addDoctorCommand(app, invocation);
    refuseEmptyValues(app);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error, std::cout, std::cerr) == 0 ? ctl::kDone : ctl::kWrongUsage;
    }
    auto session = ctl::Session::open(invocation.options, invocation.keyNeeded);
    if (!session) {
        return ctl::report(session.error(), invocation.options.json);
    }
    return invocation.run(*session);
}

} // namespace

int main(int argc, char** argv)
try {
    const QCoreApplication application(argc, argv);
    const int code = run(argc, argv);
    std::cout.flush();
    if (!std::cout) {
        std::cerr << "exhibitctl: the output cannot be written\n";
        return ctl::kUnavailable;
    }
    return code;
} catch (const std::exception& error) {
    // Out of memory and the like; what can be expected is a Result.
    std::fputs("exhibitctl: ", stderr);
    std::fputs(error.what(), stderr);
    std::fputs("\n", stderr);
    return ctl::kUnavailable;
}
