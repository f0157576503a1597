// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commands.h"
#include "app/ctl/failure_report.h"
#include "app/ctl/table.h"

namespace exhibit::ctl {
namespace {

enum class CheckResult : std::uint8_t { Passed, Failed, NotChecked };

struct Check {
    std::string id;
    CheckResult result = CheckResult::Passed;
    std::string detail;
    ExitCode failsWith = kNo; ///< What a failure means for the whole.
};

std::string_view nameOf(CheckResult result)
{
    switch (result) {
    case CheckResult::Passed:
        return "passed";
    case CheckResult::Failed:
        return "failed";
    case CheckResult::NotChecked:
        return "not_checked";
    }
    return "";
}

Check checkTransport(const Session& session, const client::Transport& transport)
{
    if (transport.isReadableByOthers() && session.hasKey()) {
        return {"transport",
                CheckResult::Failed,
                "The key crosses the network unencrypted; use https."};
    }
    return {"transport", CheckResult::Passed, transport.baseUrl()};
}

Check checkVersion(const client::Health& health)
{
    const bool same = health.version == EXHIBIT_VERSION;
    return {"version",
            same ? CheckResult::Passed : CheckResult::Failed,
            same ? health.version
                 : "The server is " + health.version + ", this program is " EXHIBIT_VERSION "."};
}

/// Asks something that needs a key; a key without that scope is valid all the same.
Check checkKey(Session& session)
{
    if (!session.hasKey()) {
        return {"key",
                CheckResult::NotChecked,
                "There is no key; give --key-file FILE or set EXHIBIT_API_KEY."};
    }
    const auto reply = session.wait(session.client().policies());
    if (reply) {
        return {"key", CheckResult::Passed, "The key is valid."};
    }
    const auto& failure = reply.error();
    switch (failure.error.code) {
    case ErrorCode::Forbidden:
        return {"key", CheckResult::Passed, "The key is valid, without the scope policy:read."};
    case ErrorCode::Unauthenticated:
        return {"key", CheckResult::Failed, failure.error.message};
    default:
        return {"key", CheckResult::NotChecked, failure.error.message};
    }
}

void checkServer(Session& session, std::vector<Check>& checks)
{
    const auto health = session.wait(session.client().health());
    if (!health) {
        checks.push_back(
            {"server", CheckResult::Failed, health.error().error.message, kUnavailable});
        for (const auto* id : {"version", "key"}) {
            checks.push_back({id, CheckResult::NotChecked, "The server does not answer."});
        }
        return;
    }
    checks.push_back({"server",
                      health->ready ? CheckResult::Passed : CheckResult::Failed,
                      health->ready ? "The server is ready." : "The server answers, not ready yet.",
                      kUnavailable});
    for (const auto& [name, dependency] : health->dependencies) {
        checks.push_back({name,
                          dependency.ok ? CheckResult::Passed : CheckResult::Failed,
                          dependency.detail.empty() ? "-" : dependency.detail,
                          kUnavailable});
    }
    checks.push_back(checkVersion(*health));
    checks.push_back(checkKey(session));
}

void printChecks(const Session& session, const std::vector<Check>& checks)
{
    if (session.json()) {
        JsonArray array;
        for (const auto& check : checks) {
            array.push_back(JsonObject{
                {"id", check.id}, {"result", nameOf(check.result)}, {"detail", check.detail}});
        }
        session.printJsonLine(JsonObject{{"checks", std::move(array)}});
        return;
    }
    Table table({"CHECK", "RESULT", "DETAIL"});
    for (const auto& check : checks) {
        const Paint paint = check.result == CheckResult::Passed ? Paint::Green
            : check.result == CheckResult::Failed               ? Paint::Red
                                                                : Paint::Yellow;
        table.add({{check.id}, {std::string(nameOf(check.result)), paint}, {check.detail}});
    }
    table.print(session.out());
}

int runDoctor(Session& session)
{
    std::vector<Check> checks{checkTransport(session, session.client().transport())};
    checkServer(session, checks);
    printChecks(session, checks);
    int code = kDone;
    for (const auto& check : checks) {
        if (check.result == CheckResult::Failed) {
            code = std::max<int>(code, check.failsWith);
        }
    }
    return code;
}

} // namespace

void addDoctorCommand(CLI::App& app, Invocation& invocation)
{
    auto* command
        = app.add_subcommand("doctor", "Check the server, its dependencies, the key and versions");
    command->callback([&invocation] {
        invocation.keyNeeded = false;
        invocation.run = runDoctor;
    });
}

} // namespace exhibit::ctl
