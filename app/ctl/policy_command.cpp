// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commands.h"
#include "app/ctl/failure_report.h"
#include "app/ctl/policy_actions.h"
#include "app/ctl/policy_file.h"
#include "app/ctl/table.h"
#include "app/ctl/text_layout.h"
#include "backend-client/replies_json.h"

namespace exhibit::ctl {
namespace {

int importPolicies(Session& session, const std::string& path)
{
    const auto file = openPolicyFile(path);
    if (!file) {
        return report(file.error(), session.json());
    }
    auto reply = session.wait(session.client().importPolicies(file->document));
    if (!reply) {
        auto failure = std::move(reply).error();
        if (failure.server && failure.server->param) {
            const std::string pointer = file->pointerInFile(*failure.server->param);
            failure.server->param = pointer;
            failure.error.subject = path + " at " + (pointer.empty() ? "/" : pointer);
        }
        return report(failure, session.json());
    }
    if (session.json()) {
        session.printJsonLine(toJson(*reply));
        return kDone;
    }
    Table table({"POLICY", "VERSION"});
    for (const auto& policy : reply->policies) {
        table.add({{policy.policyId}, {std::to_string(policy.version)}});
    }
    table.print(session.out());
    session.out().stream << "\nnew runs bind to " << printable(reply->snapshotId) << '\n';
    return kDone;
}

/// A member as a cell shows it: text as it is, lists with commas, other values as JSON.
std::string show(const Json& document, std::string_view name)
{
    const Json* value = findMember(document, name);
    if (value == nullptr || value->is_null()) {
        return "-";
    }
    if (value->is_string()) {
        return std::string(value->get_string());
    }
    if (!value->is_array()) {
        return printJson(*value);
    }
    std::string text;
    for (const auto& element : value->get_array()) {
        text += (text.empty() ? "" : ",")
            + (element.is_string() ? std::string(element.get_string()) : printJson(element));
    }
    return text;
}

int listPolicies(Session& session)
{
    const auto reply = session.wait(session.client().policies());
    if (!reply) {
        return report(reply.error(), session.json());
    }
    if (session.json()) {
        session.printJsonLine(toJson(*reply));
        return kDone;
    }
    Table table({"POLICY", "VERSION", "SEVERITY", "MODE", "STAGE", "ENABLED", "TITLE"});
    for (const auto& policy : reply->policies) {
        const auto severity = parseEnum<domain::Severity>(stringMember(policy, "severity"));
        const std::string enabled = show(policy, "enabled");
        table.add({{show(policy, "policy_id")},
                   {show(policy, "version")},
                   {show(policy, "severity"), severity ? paintOf(*severity) : Paint::Plain},
                   {show(policy, "mode")},
                   {show(policy, "stage")},
                   {enabled == "false" ? "no" : "yes"},
                   {show(policy, "title")}});
    }
    table.print(session.out());
    return kDone;
}

/// JSON with two spaces of indentation, one member a line.
void printIndented(std::ostream& stream, const Json& json, std::size_t depth = 0)
{
    const std::string inner(2 * (depth + 1), ' ');
    const std::string outer(2 * depth, ' ');
    bool first = true;
    if (const auto* object = json.if_object(); object != nullptr && !object->empty()) {
        stream << "{\n";
        for (const auto& member : *object) {
            stream << (first ? "" : ",\n") << inner << printJson(Json(member.key())) << ": ";
            printIndented(stream, member.value(), depth + 1);
            first = false;
        }
        stream << '\n' << outer << '}';
    } else if (const auto* array = json.if_array(); array != nullptr && !array->empty()) {
        stream << "[\n";
        for (const auto& element : *array) {
            stream << (first ? "" : ",\n") << inner;
            printIndented(stream, element, depth + 1);
            first = false;
        }
        stream << '\n' << outer << ']';
    } else {
        stream << printable(printJson(json));
    }
}

int showPolicy(Session& session, const std::string& id)
{
    const auto reply = session.wait(session.client().policy(id));
    if (!reply) {
        return report(reply.error(), session.json());
    }
    if (session.json()) {
        session.printJsonLine(toJson(*reply));
        return kDone;
    }
    // The document alone, so that it can be edited and imported again.
    printIndented(session.out().stream, reply->policy);
    session.out().stream << '\n';
    return kDone;
}

void addDiff(CLI::App& command, Invocation& invocation)
{
    struct Sides {
        std::string a;
        std::string b;
    };
    auto sides = std::make_shared<Sides>();
    auto* diff
        = command.add_subcommand("diff", "Say where policies differ; exit code 1 if they do");
    constexpr const char* kSide = "A file, a snapshot (SNAP-...), a policy's id, or ID@VERSION";
    diff->add_option("a", sides->a, kSide)->required()->type_name("A");
    diff->add_option("b", sides->b, kSide)->required()->type_name("B");
    diff->callback([sides, &invocation] {
        invocation.run
            = [sides](Session& session) { return diffPolicies(session, sides->a, sides->b); };
    });
}

void addBacktest(CLI::App& command, Invocation& invocation)
{
    auto options = std::make_shared<BacktestOptions>();
    auto* backtest = command.add_subcommand(
        "backtest", "Say what policies would have done with the calls that are recorded");
    backtest->add_option("file", options->path, "As for import")->required()->type_name("FILE");
    backtest->add_option("--from", options->from, "Calls from this instant on, RFC 3339")
        ->type_name("T");
    backtest->add_option("--to", options->to, "Calls before this instant")->type_name("T");
    backtest->add_option("--limit", options->limit, "At most so many calls")->type_name("N");
    backtest->add_option("--step", options->step, "Ask for so many at a time; adds them up")
        ->type_name("N");
    backtest->callback([options, &invocation] {
        invocation.run
            = [options](Session& session) { return backtestPolicies(session, *options); };
    });
}

} // namespace

void addPolicyCommand(CLI::App& app, Invocation& invocation)
{
    auto* command = app.add_subcommand("policy", "Import and show policies");
    command->require_subcommand(1);

    auto path = std::make_shared<std::string>();
    auto* import = command->add_subcommand("import", "Write policies; all of them or none");
    import
        ->add_option("file",
                     *path,
                     "JSON: a policy, an array, or {\"policies\": []}; - reads "
                     "standard input")
        ->required()
        ->type_name("FILE");
    import->callback([path, &invocation] {
        invocation.run = [path](Session& session) { return importPolicies(session, *path);
};
} // namespace exhibit::ctl
);

auto* list = command->add_subcommand("list", "List the policies in force");
list->callback([&invocation] { invocation.run = listPolicies; });

auto id = std::make_shared<std::string>();
auto* show = command->add_subcommand("show", "Print a policy's document");
show->add_option("policy", *id, "The policy's id")->required()->type_name("ID");
show->callback([id, &invocation] {
    invocation.run = [id](Session& session) { return showPolicy(session, *id); };
});
addDiff(*command, invocation);
addBacktest(*command, invocation);
}

} // namespace exhibit::ctl
