// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ctl/session.h"

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>

namespace exhibit::ctl {

/// What was asked for on the command line: filled while it is parsed, run afterwards.
struct Invocation {
    GlobalOptions options;
    bool keyNeeded = true;
    std::function<int(Session&)> run;
};

// One per command file. `invocation` outlives the parser.
void addCertifyCommand(CLI::App& app, Invocation& invocation);
void addComplianceCommand(CLI::App& app, Invocation& invocation);
void addDoctorCommand(CLI::App& app, Invocation& invocation);
void addEvidenceCommand(CLI::App& app, Invocation& invocation);
void addExplainCommands(CLI::App& app, Invocation& invocation);
void addExportCommand(CLI::App& app, Invocation& invocation);
void addHoldCommand(CLI::App& app, Invocation& invocation);
void addImpactCommand(CLI::App& app, Invocation& invocation);
void addKeyCommand(CLI::App& app, Invocation& invocation);
void addKeyringCommand(CLI::App& app, Invocation& invocation);
void addKillCommand(CLI::App& app, Invocation& invocation);
void addLedgerCommand(CLI::App& app, Invocation& invocation);
void addPolicyCommand(CLI::App& app, Invocation& invocation);
void addPriceCommand(CLI::App& app, Invocation& invocation);
void addQuotaCommands(CLI::App& app, Invocation& invocation);
void addRedactCommand(CLI::App& app, Invocation& invocation);
void addRemediationCommand(CLI::App& app, Invocation& invocation);
void addRunCommand(CLI::App& app, Invocation& invocation);
void addSearchCommand(CLI::App& app, Invocation& invocation);
void addTimelineCommand(CLI::App& app, Invocation& invocation);
void addUpstreamCommand(CLI::App& app, Invocation& invocation);
void addVerifyCommand(CLI::App& app, Invocation& invocation);

/// The wire names of an enum, for CLI::IsMember.
template <NamedEnum E>
[[nodiscard]] std::vector<std::string> wireNames()
{
    std::vector<std::string> names;
    for (const auto& [value, name] : EnumNames<E>::kNames) {
        names.emplace_back(name);
    }
    return names;
}

/// For CLI::Option::check. A variable of a script that is not set leaves an empty value; read as if
/// nothing was given, it would widen what is asked for: to everything, to any key.
[[nodiscard]] inline std::string refuseEmpty(const std::string& value)
{
    return value.empty() ? "it has no value" : "";
}

/// "2026-11-21 10:00:01Z", for tables.
[[nodiscard]] inline std::string shortTime(UtcTime time)
{
    std::string text = formatTime(time);
    text[10] = ' ';
    return text.substr(0, 19) + "Z";
}

} // namespace exhibit::ctl
