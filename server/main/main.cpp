// SPDX-License-Identifier: Apache-2.0
// exhibitd: the command line. What the commands do stands beside this file.
#include "server/main/application.h"
#include "server/main/commands.h"
#include "server/main/replace_signer.h"
#include "server/ops/log.h"
#include "server/ops/priority.h"

#include <CLI/CLI.hpp>

#include <csignal>
#include <iostream>
#include <unistd.h>

namespace exhibit::server {
namespace {

/// The flags of every command that reads the configuration.
struct ConfigurationFlags {
    std::string file;
    std::map<std::string, std::string> values; ///< By setting; empty when not given.

    void addTo(CLI::App& command)
    {
        command.add_option("--config", file, "TOML file with settings");
        for (const auto& [name, help] : knownSettings()) {
            std::string flag = "--" + name;
            std::replace(flag.begin(), flag.end(), '_', '-');
            std::replace(flag.begin(), flag.end(), '.', '-');
            command.add_option(flag, values[name], help);
        }
    }

    [[nodiscard]] Result<Configuration> read() const
    {
        std::vector<Settings> layers;
        if (!file.empty()) {
            EXHIBIT_TRY(auto settings, settingsFromFile(file));
            layers.push_back(std::move(settings));
        }
        layers.push_back(settingsFromEnvironment(environ));
        Settings flags;
        for (const auto& [name, value] : values) {
            if (!value.empty()) {
                flags[name] = value;
            }
        }
        layers.push_back(std::move(flags));
        return makeConfiguration(layers);
    }
};

int report(const Error& error)
{
    std::cerr << "exhibitd: " << error.message;
    if (!error.subject.empty()) {
        std::cerr << " (" << error.subject << ")";
    }
    std::cerr << "\n";
    return error.code == ErrorCode::InvalidInput ? kExitUsage : kExitUnavailable;
}

int serve(const ConfigurationFlags& flags)
{
    const auto configuration = flags.read();
    if (!configuration) {
        return report(configuration.error());
    }
    auto application = Application::start(*configuration);
    if (!application) {
        return report(application.error());
    }
    const ops::WorkBeforeOthers priority; // On this thread calls are served.
    if (!priority.isPermitted()) {
        ops::logInfo("calls wait for processors like everything else here: there is one, or"
                     " real-time priority is not permitted (RLIMIT_RTPRIO)");
    }
    (*application)->run();
    return kExitDone;
}

template <class Command>
int withConfiguration(const ConfigurationFlags& flags, Command command)
{
    const auto configuration = flags.read();
    if (!configuration) {
        return report(configuration.error());
    }
    const auto code = command(*configuration);
    return code ? *code : report(code.error());
}

CLI::App* addReplaceSigner(CLI::App& app, ReplaceSignerOptions& options)
{
    auto* const command = app.add_subcommand(
        "replace-signer",
        "After the signer's folder was lost for good: every log goes on in a new epoch with the "
        "keys the signer has now. What was sealed under lost keys stays unreadable");
    command->add_option("--reason", options.reason, "What happened; the new logs begin with it")
        ->required();
    command->add_option("--operator", options.operatorName, "Who does it (the account's name)");
    return command;
}

int run(int argc, char** argv)
{
    CLI::App app("Records, judges and proxies calls to model providers", "exhibitd");
    app.set_version_flag("--version", EXHIBIT_VERSION);
    app.require_subcommand(1);
    ConfigurationFlags flags;
    MigrateOptions migrateOptions;
    auto* serveCommand = app.add_subcommand("serve", "Serve until SIGTERM");
    auto* configCommand = app.add_subcommand("config", "Look at the configuration");
    auto* checkCommand = configCommand->add_subcommand("check", "Say whether it is valid");
    configCommand->require_subcommand(1);
    auto* migrateCommand = app.add_subcommand("migrate", "Bring the schema up to date");
    migrateCommand->add_option("--to", migrateOptions.upTo, "Apply none above this number");
    migrateCommand->add_flag("--dry-run", migrateOptions.dryRun, "Only list");
    auto* doctorCommand = app.add_subcommand("doctor", "Check what exhibitd needs on this machine");
    ReplaceSignerOptions replaceOptions;
    auto* replaceCommand = addReplaceSigner(app, replaceOptions);
    for (auto* command :
         {serveCommand, checkCommand, migrateCommand, doctorCommand, replaceCommand}) {
        flags.addTo(*command);
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? kExitDone : kExitUsage;
    }
    if (serveCommand->parsed()) {
        return serve(flags);
    }
    if (checkCommand->parsed()) {
        return withConfiguration(flags, checkConfiguration);
    }
    if (migrateCommand->parsed()) {
        return withConfiguration(flags, [&](const auto& configuration) {
            return migrate(configuration, migrateOptions);
        });
    }
    if (replaceCommand->parsed()) {
        return withConfiguration(flags, [&](const auto& configuration) {
            return replaceSigner(configuration, replaceOptions);
        });
    }
    return withConfiguration(flags, doctor);
}

} // namespace
} // namespace exhibit::server

int main(int argc, char** argv)
{
    // A client that leaves must be an error of that write, not the end of the server.
    std::signal(SIGPIPE, SIG_IGN);
    try {
        return exhibit::server::run(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "exhibitd: " << error.what() << "\n";
        return exhibit::server::kExitUnavailable;
    }
}
