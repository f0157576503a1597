// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commands.h"
#include "app/ctl/failure_report.h"
#include "backend-client/replies_json.h"

#include <fmt/format.h>

namespace exhibit::ctl {
namespace {

struct KillOptions {
    std::string run;
    std::string reason{wireName(domain::KillReason::AdminKill)};
};

int killRun(Session& session, const KillOptions& options)
{
    client::RunKill kill;
    kill.reason = parseEnum<domain::KillReason>(options.reason).value_or(kill.reason);
    const auto reply = session.wait(session.client().killRun(options.run, kill));
    if (!reply) {
        return report(reply.error(), session.json());
    }
    if (session.json()) {
        session.printJsonLine(toJson(*reply));
    } else {
        session.out().stream << fmt::format(
            "stopped for good ({}); {} cut in {:.1f} ms\n",
            reply->killReason,
            reply->callsCut == 1 ? "1 call" : fmt::format("{} calls", reply->callsCut),
            static_cast<double>(reply->cutLatencyUs) / 1000);
    }
    return kDone;
}

} // namespace

void addKillCommand(CLI::App& app, Invocation& invocation)
{
    auto options = std::make_shared<KillOptions>();
    auto* command = app.add_subcommand("kill", "Stop a run for good, live answers included");
    command->add_option("run", options->run, "The run's id")->required()->type_name("RUN");
    command->add_option("--reason", options->reason, "Who wants it")
        ->check(CLI::IsMember({std::string(wireName(domain::KillReason::AdminKill)),
                               std::string(wireName(domain::KillReason::UserCancel))}))
        ->capture_default_str();
    command->callback([options, &invocation] {
        invocation.run = [options](Session& session) { return killRun(session, *options); };
    });
}

} // namespace exhibit::ctl
