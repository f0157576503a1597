// SPDX-License-Identifier: Apache-2.0
// ./dev demo: starts the sample provider and exhibitd, plays the six stories through the official
// wire, and investigates what they caused. Exit code 1 when a story does not end as stories.json
// says, so that the demo is also a test.
//   --open PROGRAM  then opens the console on the incidents, and ends with it
//   --stay          for programs: prints one JSON object a line, {"note"} and then {"ready",
//                   "key_file"}, and stays until standard input closes or SIGTERM comes (stay.h)
//   --rounds N      plays the stories N times
#include "tests/support/demo/client.h"
#include "tests/support/demo/evidence.h"
#include "tests/support/demo/stay.h"
#include "tests/support/exhibitd_process.h"
#include "tests/support/sample_upstream_process.h"
#include "tests/support/temp_dir.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <thread>

namespace exhibit::demo {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kPolicies[] = {
    "content_accuracy", "pii_output", "prompt_injection", "budget", "tool_safety", "secret_output"};

struct Options {
    std::string open;
    bool stay = false;
    int rounds = 1;
};
Options options; // Read once at the start.

bool colourful()
{
    return ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
}

void say(const std::string& text)
{
    if (options.stay) {
        return;
    }
    std::cout << text << "\n" << std::flush;
}

void sayHeading(const std::string& text)
{
    if (options.stay) {
        std::cout << printJson(JsonObject{{"note", text}}) << std::endl;
        return;
    }
    say(colourful() ? "\n\033[1m" + text + "\033[0m" : "\n" + text);
}

struct Stage {
    test::TempDir folder;
    std::optional<test::SampleUpstream> upstream;
    std::optional<test::Exhibitd> server;
    Secret key; ///< Of the application: may make calls, nothing else.
    std::string incident; ///< Of the story told last.
    std::filesystem::path source;
};

Result<void> configure(Stage& stage)
{
    const auto& server = *stage.server;
    EXHIBIT_CHECK(
        server.controlJson({"upstream", "add", "sample", "--base-url", stage.upstream->baseUrl()}));
    for (const auto policy : kPolicies) {
        const auto file = stage.source / "resources/policies" / (std::string(policy) + ".json");
        EXHIBIT_CHECK(server.controlJson({"policy", "import", file.string()}));
    }
    EXHIBIT_TRY(const Json key,
                server.controlJson({"key",
                                    "create",
                                    "--project",
                                    "default",
                                    "--role",
                                    "service",
                                    "--scopes",
                                    "run:create"}));
    stage.key = Secret(std::string(stringMember(key, "key")));
    return {};
}

/// Where the recordings and policies are: as told, else around the program
/// (SOURCE/build/PRESET/bin), because the console starts it from any folder.
std::filesystem::path sourceFolder(const std::filesystem::path& self)
{
    if (const char* told = std::getenv("EXHIBIT_SOURCE_DIR"); told != nullptr) {
        return told;
    }
    for (auto folder = self.parent_path(); folder != folder.root_path();
         folder = folder.parent_path()) {
        if (std::filesystem::exists(folder / "tests/support/recordings")) {
            return folder;
        }
    }
    return std::filesystem::current_path();
}

Result<void> start(Stage& stage)
{
    const auto self = std::filesystem::read_symlink("/proc/self/exe");
    stage.source = sourceFolder(self);
    ::setenv("EXHIBIT_SOURCE_DIR", stage.source.c_str(), 1);
    if (std::getenv("EXHIBIT_BIN_DIR") == nullptr) {
        ::setenv("EXHIBIT_BIN_DIR", self.parent_path().c_str(), 1);
    }
    EXHIBIT_TRY(auto upstream, test::SampleUpstream::start());
    stage.upstream = std::move(upstream);
    EXHIBIT_TRY(auto server, test::Exhibitd::start({.dataDir = stage.folder.path()}));
    stage.server = std::move(server);
    return configure(stage);
}

std::string describe(const Seen& seen)
{
    std::string line = fmt::format("{}{}", seen.status, seen.streamed ? ", streamed" : "");
    if (seen.errorCode) {
        line += ", error " + *seen.errorCode;
    }
    if (!seen.text.empty()) {
        line += fmt::format("\n       text  “{}”", seen.text);
    }
    if (!seen.toolCalls.empty()) {
        line += fmt::format("\n       tool  {}", seen.toolCalls);
    }
    if (seen.finishReason) {
        line += fmt::format("\n       end   finish_reason: {}", *seen.finishReason);
    }
    return line;
}

/// The newest incident of a run, once it is searchable and its call has closed: then its cause is
/// known.
Result<Json> findIncident(const test::Exhibitd& server, const std::string& runId)
{
    const auto deadline = Deadline::after(10s);
    for (;;) {
        EXHIBIT_TRY(const Json found, server.controlJson({"search", "run:" + runId}));
        const Json* incidents = findMember(found, "incidents");
        if (incidents != nullptr && incidents->is_array() && !incidents->get_array().empty()
            && findMember(incidents->get_array().front(), "root_cause") != nullptr) {
            return incidents->get_array().front();
        }
        if (deadline.reached()) {
            return fail(
                ErrorCode::NotFound, "the incident never became searchable with its cause", runId);
        }
        std::this_thread::sleep_for(50ms);
    }
}

Result<void> printControl(const test::Exhibitd& server, std::vector<std::string> arguments)
{
    if (options.stay) {
        return {};
    }
    std::string command = "   $ exhibitctl";
    for (const auto& argument : arguments) {
        command += " " + argument;
    }
    say("\n" + command);
    EXHIBIT_TRY(const auto finished, server.control(std::move(arguments)));
    std::cout << finished.output << std::flush;
    return {};
}

/// What differs from the story's end; empty when it came as told.
std::vector<std::string> differences(const Story& story, const Json& incident)
{
    std::vector<std::string> found;
    const auto expect = [&](std::string_view what, std::string_view is, std::string_view should) {
        if (is != should) {
            found.push_back(fmt::format("{}: {} is “{}”, not “{}”", story.id, what, is, should));
        }
    };
    expect("the policy", stringMember(incident, "policy_id"), story.expect.policy);
    const Json* cause = findMember(incident, "root_cause");
    expect("the root cause", cause ? stringMember(*cause, "kind") : "", story.expect.kind);
    return found;
}

std::vector<std::string> callDifferences(const StoryCall& call, const Seen& seen)
{
    std::vector<std::string> found;
    if (seen.status != call.status) {
        found.push_back(
            fmt::format("{}: status {}, not {}", call.sampleId, seen.status, call.status));
    }
    if (call.errorCode && seen.errorCode != call.errorCode) {
        found.push_back(fmt::format("{}: error {}, not {}",
                                    call.sampleId,
                                    seen.errorCode.value_or("none"),
                                    *call.errorCode));
    }
    if (call.stops && (seen.finishReason != "content_filter" || !seen.incidentId)) {
        found.push_back(call.sampleId + ": the stream was not stopped");
    }
    return found;
}

Result<std::vector<std::string>> tell(Stage& stage,
                                      const Stories& all,
                                      const Story& story,
                                      int round)
{
    say("   " + story.what + "\n");
    std::vector<std::string> wrong;
    std::string runId;
    for (std::size_t i = 0; i < story.calls.size(); ++i) {
        StoryCall call = story.calls[i];
        if (round > 0) {
            call.run += fmt::format("-{}", round);
        }
        EXHIBIT_TRY(const auto seen,
                    play(stage.server->port(), stage.key, call, all.requests.at(call.sampleId)));
        say(fmt::format("   {}. {:22} -> {}", i + 1, call.sampleId, describe(seen)));
        runId = seen.runId.empty() ? runId : seen.runId;
        const auto odd = callDifferences(call, seen);
        wrong.insert(wrong.end(), odd.begin(), odd.end());
    }
    EXHIBIT_TRY(const Json incident, findIncident(*stage.server, runId));
    stage.incident = stringMember(incident, "incident_id");
    const auto odd = differences(story, incident);
    wrong.insert(wrong.end(), odd.begin(), odd.end());
    EXHIBIT_CHECK(printControl(*stage.server, {"search", "run:" + runId}));
    EXHIBIT_CHECK(printControl(*stage.server,
                               {"timeline", std::string(stringMember(incident, "incident_id"))}));
    return wrong;
}

Result<void> playOrdinary(Stage& stage, const Stories& all)
{
    for (std::size_t i = 0; i < all.ordinary.size(); ++i) {
        StoryCall call;
        call.sampleId = all.ordinary[i];
        call.run = fmt::format("everyday-{}", i);
        call.user = fmt::format("colleague-{}", i % 7);
        call.session = fmt::format("day-{}", i % 5);
        call.channel = "chat";
        EXHIBIT_TRY(const auto seen,
                    play(stage.server->port(), stage.key, call, all.requests.at(call.sampleId)));
        if (seen.status != 200 || seen.finishReason == "content_filter") {
            return fail(ErrorCode::Internal, "ordinary traffic was disturbed", call.sampleId);
        }
    }
    say(fmt::format("Played {} everyday calls: none was stopped or changed.", all.ordinary.size()));
    return {};
}

void sayHowToConnect(const test::Exhibitd& server)
{
    sayHeading("Point your own application at Exhibit");
    say(fmt::format(
        "   from openai import OpenAI\n"
        "   client = OpenAI(base_url=\"{}/v1\", api_key=\"<key from exhibitctl key create>\")\n"
        "   client.chat.completions.create(model=..., messages=..., user=...)",
        server.url()));
}

Result<void> openConsole(const Stage& stage)
{
    const std::string keyFile = (stage.folder.path() / "admin.key").string();
    const std::string url = stage.server->url();
    const pid_t child = ::fork();
    if (child == 0) {
        ::execl(options.open.c_str(),
                options.open.c_str(),
                "--server",
                url.c_str(),
                "--key-file",
                keyFile.c_str(),
                "--new-instance",
                "--safe-mode", // The person's own session is neither shown nor written over.
                static_cast<char*>(nullptr));
        ::_exit(127);
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child || status != 0) {
        return fail(ErrorCode::Unavailable, "the console did not end well", options.open);
    }
    return {};
}

Result<std::vector<std::string>> demo()
{
    Stage stage;
    say("Starting the sample provider and exhibitd with a private PostgreSQL …");
    EXHIBIT_CHECK(start(stage));
    EXHIBIT_TRY(const Stories all, loadStories(stage.source / "tests/support"));
    EXHIBIT_CHECK(playOrdinary(stage, all));
    std::vector<std::string> wrong;
    for (int round = 0; round < options.rounds; ++round) {
        for (std::size_t i = 0; i < all.stories.size(); ++i) {
            sayHeading(fmt::format("{} · {}", i + 1, all.stories[i].title));
            EXHIBIT_TRY(const auto odd, tell(stage, all, all.stories[i], round));
            wrong.insert(wrong.end(), odd.begin(), odd.end());
        }
    }
    if (!options.stay) {
        sayHeading("Can you prove it?");
        // It outlives the demo.
        const auto file = std::filesystem::current_path() / "demo.exhibit";
        EXHIBIT_TRY(const auto odd,
                    showEvidence(*stage.server, stage.incident, file, [&stage](auto arguments) {
                        return printControl(*stage.server, std::move(arguments));
                    }));
        wrong.insert(wrong.end(), odd.begin(), odd.end());
        say(fmt::format("\nLeft in {}: demo.exhibit, demo.pdf, demo.certificate.json and demo.pem, "
                        "the certificate that the report's signature is checked with.",
                        file.parent_path().string()));
    }
    if (options.stay) {
        EXHIBIT_CHECK(stay(*stage.server, stage.folder.path()));
    } else if (!options.open.empty()) {
        sayHeading("Opening the console on these incidents");
        EXHIBIT_CHECK(openConsole(stage));
    } else {
        sayHowToConnect(*stage.server);
    }
    EXHIBIT_CHECK(stage.server->stop(Deadline::after(60s)));
    return wrong;
}

bool readOptions(int argc, char** argv)
{
    for (int i = 1; i < argc; ++i) {
        const std::string_view option = argv[i];
        if (option == "--stay") {
            options.stay = true;
        } else if (option == "--open" && i + 1 < argc) {
            options.open = argv[++i];
        } else if (option == "--rounds" && i + 1 < argc) {
            options.rounds = std::atoi(argv[++i]);
        } else {
            return false;
        }
    }
    return true;
}

} // namespace
} // namespace exhibit::demo

int main(int argc, char** argv)
{
    if (!exhibit::demo::readOptions(argc, argv)) {
        std::cerr << "usage: exhibit-demo [--open PROGRAM | --stay] [--rounds N]\n";
        return 2;
    }
    const auto wrong = exhibit::demo::demo();
    if (!wrong) {
        std::cerr << "exhibit-demo: " << wrong.error().message << " (" << wrong.error().subject
                  << ")\n";
        return 3;
    }
    for (const auto& line : *wrong) {
        std::cerr << "exhibit-demo: " << line << "\n";
    }
    return wrong->empty() ? 0 : 1;
}
