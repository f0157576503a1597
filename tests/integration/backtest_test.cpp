// SPDX-License-Identifier: Apache-2.0
// Backtests over what a real exhibitd recorded: the policies in force decide again as they did, and
// drafts say what they would have done.
#include "models/base/strong_id.h"
#include "tests/support/exhibitd_process.h"
#include "tests/support/must.h"
#include "tests/support/sample_upstream_process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

namespace exhibit::test {
namespace {

using namespace std::chrono_literals;

std::string readText(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

std::filesystem::path sourceFolder()
{
    const char* folder = std::getenv("EXHIBIT_SOURCE_DIR");
    return folder == nullptr ? "." : folder;
}

const std::string kFacts
    = R"({"contract":{"id":"C-2041","customer":"Fjordline Foods","auto_renew":null}})";

/// A gateway whose traffic is every bundled recording, under every shipped policy.
class Recorded {
public:
    Recorded()
        : m_upstream(must(SampleUpstream::start()))
        , m_server(must(Exhibitd::start({.dataDir = m_folder.path()})))
    {
        must(m_server.controlJson(
            {"upstream", "add", "sample", "--base-url", m_upstream.baseUrl()}));
        must(m_server.controlJson({"upstream",
                                   "add",
                                   "sample-anthropic",
                                   "--base-url",
                                   m_upstream.baseUrl(),
                                   "--wire",
                                   "anthropic"}));
        JsonArray all;
        for (const auto* name : {"budget",
                                 "content_accuracy",
                                 "pii_output",
                                 "prompt_injection",
                                 "safety",
                                 "secret_output",
                                 "tool_safety"}) {
            const auto file = sourceFolder() / "resources/policies" / (std::string(name) + ".json");
            const auto policy = must(parseJson(readText(file)));
            if (const auto* list = policy.if_array()) {
                all.insert(all.end(), list->begin(), list->end());
            } else {
                all.push_back(policy);
            }
        }
        all.push_back(must(parseJson(
            R"({"policy_id":"WORDS","title":"Words","severity":"low","stage":["input","output"],)"
            R"("mode":"monitor","rule":{"type":"patterns","patterns":["(?i)\\bthe [a-z]{3}\\b"]}})")));
        all.push_back(must(parseJson(
            R"({"policy_id":"TOKENS","title":"Tokens","severity":"low","stage":["run"],)"
            R"("mode":"warn","rule":{"type":"threshold","metric":"run.tokens","warn_at":40,)"
            R"("max":2000}})")));
        write("all.json", printJson(Json(std::move(all))));
        must(m_server.controlJson({"policy", "import", path("all.json")}));
        play();
    }

    [[nodiscard]] std::string path(const std::string& name) const
    {
        return (m_folder.path() / name).string();
    }
    std::string write(const std::string& name, const std::string& text) const
    {
        std::ofstream(path(name), std::ios::binary) << text;
        return path(name);
    }
    [[nodiscard]] Json backtest(const std::string& file,
                                const std::vector<std::string>& more = {}) const
    {
        std::vector<std::string> arguments{"--json", "policy", "backtest", file};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const auto finished = must(m_server.control(arguments));
        EXPECT_LE(finished.exitCode, 1) << finished.output;
        return must(parseJson(finished.output)).at("report");
    }
    [[nodiscard]] const Exhibitd& server() const { return m_server; }
    [[nodiscard]] std::int64_t calls() const { return m_calls; }

private:
    void play()
    {
        for (const auto& entry :
             std::filesystem::directory_iterator(sourceFolder() / "tests/support/recordings")) {
            std::istringstream lines(readText(entry.path()));
            const bool ordinary = entry.path().stem() == "ordinary";
            for (std::string line; std::getline(lines, line);) {
                const auto row = must(parseJson(line));
                ask(row, ordinary ? std::string() : entry.path().stem().string());
            }
        }
        const auto deadline = Deadline::after(30s);
        while (waiting() > 0 && !deadline.reached()) {
            std::this_thread::sleep_for(50ms);
        }
        ASSERT_EQ(waiting(), 0);
    }
    void ask(const Json& row, const std::string& run)
    {
        HeaderList headers{{"Content-Type", "application/json"},
                           {"x-sample-id", std::string(stringMember(row, "id"))},
                           {"X-Exhibit-User-Id", "mara"}};
        if (!run.empty()) {
            headers.emplace_back("X-Exhibit-Run-Id", run);
            headers.emplace_back("X-Exhibit-Context", kFacts);
        }
        const auto reply = must(m_server.request(
            "POST", stringMember(row, "path"), headers, printJson(row.at("request"))));
        EXPECT_GE(reply.status, 200);
        ++m_calls;
    }
    [[nodiscard]] std::int64_t waiting() const
    {
        const auto health = must(parseJson(must(m_server.request("GET", "/health")).body));
        return health.at_pointer("/dependencies/spool/waiting").to_number<std::int64_t>();
    }

    TempDir m_folder;
    SampleUpstream m_upstream;
    Exhibitd m_server;
    std::int64_t m_calls = 0;
};

void expectLimits(const Recorded& recorded, const std::string& draft)
{
    for (const auto* over : {"limit\":100001", "sample\":501", "limit\":0"}) {
        const auto refused
            = must(recorded.server().request("POST",
                                             "/api/v1/policies/backtest",
                                             {{"Content-Type", "application/json"}},
                                             R"({"policies":[)" + draft + "],\"" + over + "}"));
        EXPECT_EQ(refused.status, 400) << over;
    }
}

TEST(Backtest, decidesAgainWhatWasDecidedAndJudgesDrafts)
{
    const Recorded recorded;

    const auto same = recorded.backtest(recorded.path("all.json"));
    EXPECT_EQ(same.at("differences"), 0) << printJson(same.at("difference_sample"));
    EXPECT_GT(same.at("calls").as_int64(), 40) << printJson(same);
    EXPECT_EQ(same.at("calls").as_int64() + same.at("skipped").as_int64(), recorded.calls());
    EXPECT_EQ(same.at("compared").as_int64(), 12 * same.at("calls").as_int64());
    EXPECT_EQ(same.at("complete"), true);

    // What WORDS found in mode monitor it would have stopped in mode block.
    const std::string draft
        = R"({"policy_id":"WORDS","title":"Words","severity":"low","stage":["input","output"],)"
          R"("mode":"block","rule":{"type":"patterns","patterns":["(?i)\\bthe [a-z]{3}\\b"]}})";
    const auto blocking = recorded.backtest(recorded.write("draft.json", draft));
    const auto& counts = blocking.at_pointer("/policies/0");
    EXPECT_GT(counts.at("blocked").as_int64(), 0) << printJson(blocking);
    EXPECT_EQ(counts.at("warned"), 0);
    EXPECT_GT(blocking.at("runs_stopped").as_int64(), 0);
    EXPECT_GT(blocking.at("calls_prevented").as_int64(), 0) << "later calls of a stopped run";
    EXPECT_GT(blocking.at("incidents_prevented").as_int64(), 0) << "those of its own monitoring";
    EXPECT_EQ(blocking.at("compared"), 0) << "no call ran under the draft";

    // A draft that nothing speaks for.
    const auto unfounded = recorded.backtest(recorded.write(
        "vowels.json",
        R"({"policy_id":"VOWELS","title":"Vowels","severity":"low","stage":["output"],)"
        R"("mode":"block","rule":{"type":"patterns","patterns":["[aeiou]"]}})"));
    EXPECT_GT(unfounded.at("false_positives").as_int64(), 0);
    EXPECT_EQ(unfounded.at("false_positive_sample").as_array().size(),
              std::min<std::size_t>(
                  20, static_cast<std::size_t>(unfounded.at("false_positives").as_int64())));

    const auto some = recorded.backtest(recorded.path("draft.json"), {"--limit", "5"});
    EXPECT_EQ(some.at("calls").as_int64() + some.at("skipped").as_int64(), 5);
    EXPECT_EQ(some.at("complete"), false);
    EXPECT_EQ(some.at("policies").as_array().size(), 1U);
    const auto none
        = recorded.backtest(recorded.path("draft.json"), {"--to", "2020-01-01T00:00:00Z"});
    EXPECT_EQ(none.at("calls"), 0);

    const auto wrong = must(recorded.server().control(
        {"policy", "backtest", recorded.write("wrong.json", R"({"policy_id":"A"})")}));
    EXPECT_EQ(wrong.exitCode, 2) << "a draft is checked like any policy";

    expectLimits(recorded, draft);
    const auto words = recorded.write("words.json", draft);
    const auto diff = must(recorded.server().control({"policy", "diff", "WORDS", words}));
    EXPECT_EQ(diff.exitCode, 1);
    EXPECT_NE(diff.output.find("WORDS/mode\n  - \"monitor\"\n  + \"block\"\n"), std::string::npos)
        << diff.output;
    must(recorded.server().controlJson({"policy", "import", words}));
    EXPECT_EQ(must(recorded.server().control({"policy", "diff", "WORDS", "WORDS@2"})).exitCode, 0);
    // The file states less than what is stored of it, and the same.
    const auto unchanged = must(recorded.server().control({"policy", "diff", words, "WORDS"}));
    EXPECT_EQ(unchanged.exitCode, 0) << unchanged.output;
    EXPECT_EQ(must(recorded.server().control({"policy", "diff", "WORDS@1", "WORDS"})).exitCode, 1);
    EXPECT_EQ(must(recorded.server().control({"policy", "diff", "WORDS@9", "WORDS"})).exitCode, 1);
}

/// A report without what no two backtests have in common: times.
Json counted(Json report)
{
    for (const auto* name : {"evaluation_us", "slowest_us", "elapsed_us"}) {
        report.as_object().erase(name);
    }
    return report;
}

TEST(Backtest, goesOnUntilAllCallsAreJudgedAndSaysWhatOneAnswerWould)
{
    const Recorded recorded;
    // Stops runs whose later calls, and incidents, are in other rounds than the stop.
    const auto draft = recorded.write(
        "draft.json",
        R"([{"policy_id":"WORDS","title":"Words","severity":"low","stage":["input","output"],)"
        R"("mode":"block","rule":{"type":"patterns","patterns":["(?i)\\bthe [a-z]{3}\\b"]}},)"
        R"({"policy_id":"VOWELS","title":"Vowels","severity":"low","stage":["output"],)"
        R"("mode":"redact","rule":{"type":"patterns","patterns":["[aeiou]"]}}])");
    const auto whole = recorded.backtest(draft);
    ASSERT_GT(whole.at("calls_prevented").as_int64(), 0) << printJson(whole);
    for (const auto* step : {"3", "20"}) {
        EXPECT_EQ(printJson(counted(recorded.backtest(draft, {"--step", step}))),
                  printJson(counted(whole)))
            << step;
    }
    const auto some = recorded.backtest(draft, {"--step", "2", "--limit", "5"});
    EXPECT_EQ(some.at("calls").as_int64() + some.at("skipped").as_int64(), 5);
    EXPECT_EQ(some.at("complete"), false);

    // Ctrl-C: what was judged by then.
    const auto log = recorded.path("log");
    auto program = must(Process::start(
        programPath("exhibitctl"),
        {.arguments
         = {"--server", recorded.server().url(), "policy", "backtest", draft, "--step", "1"},
         .environment = {{"EXHIBIT_API_KEY", recorded.server().adminKey().expose()}},
         .standardErrorFile = log}));
    const auto soon = Deadline::after(30s);
    while (readText(log).find("1 calls judged") == std::string::npos && !soon.reached()) {
        std::this_thread::sleep_for(5ms);
    }
    program.signal(SIGINT);
    EXPECT_EQ(must(program.wait(soon)), 1) << readText(log);

    const auto ask = [&](const std::string& more) {
        return must(recorded.server().request("POST",
                                              "/api/v1/policies/backtest",
                                              {{"Content-Type", "application/json"}},
                                              R"({"policies":)" + readText(draft) + more + "}"));
    };
    const auto first = must(parseJson(ask(R"(,"limit":3)").body));
    const auto cursor = R"(,"cursor":")" + std::string(stringMember(first, "cursor")) + '"';
    EXPECT_EQ(ask(cursor).status, 200);
    for (const auto& other : {cursor + R"(,"to":"2100-01-01T00:00:00Z")",
                              std::string(R"(,"cursor":"bm9uZQ")"),
                              std::string(R"(,"cursor":"?")")}) {
        const auto refused = ask(other);
        EXPECT_EQ(refused.status, 400) << other;
        EXPECT_NE(refused.body.find(R"("param":"/cursor")"), std::string::npos) << refused.body;
    }
}

/// What exhibitctl says of a run at an instant.
Json explained(const Recorded& recorded, const std::string& run, const std::string& at)
{
    return must(recorded.server().controlJson({"explain", run, "--at", at})).at("explanation");
}

TEST(Explain, isPrintedForAnyInstantAndAnyDecision)
{
    const Recorded recorded;
    const auto report = recorded.backtest(recorded.path("all.json"));
    Json stopped;
    for (const auto& hit : report.at("blocked").as_array()) {
        stopped = hit.at("policy_id") == "CONTENT_ACCURACY" ? hit : stopped;
    }
    ASSERT_TRUE(stopped.is_object()) << printJson(report);
    const std::string run(stopped.at("run_id").as_string());
    const std::string opened(stopped.at("at").as_string());

    EXPECT_EQ(explained(recorded, run, "2020-01-01T00:00:00Z").at("phase"), "before");
    EXPECT_EQ(explained(recorded, run, opened).at("call").at("call_id"), stopped.at("call_id"));
    const auto ended = explained(recorded, run, "2100-01-01T00:00:00Z");
    EXPECT_EQ(ended.at("phase"), "ended");
    std::string decision;
    for (const auto& made : ended.at("decisions").as_array()) {
        if (made.at("policy_id") == "CONTENT_ACCURACY") {
            decision = made.at("decision_id").as_string();
        }
    }
    const auto traced = must(recorded.server().controlJson({"trace", decision}));
    EXPECT_EQ(traced.at("decision").at("reason"), stopped.at("reason"));
    EXPECT_EQ(traced.at("call_id"), stopped.at("call_id"));
    EXPECT_EQ(traced.at("explanation").at("at"), traced.at("decision").at("at"));

    const auto text = must(recorded.server().control({"explain", run}));
    EXPECT_EQ(text.exitCode, 0);
    EXPECT_NE(text.output.find("CONTENT_ACCURACY stopped the run"), std::string::npos)
        << text.output;
    EXPECT_NE(text.output.find("BUDGET: run.llm_calls"), std::string::npos) << text.output;
    const auto words = must(recorded.server().control({"trace", decision}));
    EXPECT_EQ(words.exitCode, 0);
    EXPECT_NE(words.output.find(decision), std::string::npos);
    EXPECT_EQ(must(recorded.server().control({"explain", run, "--at", "noon"})).exitCode, 2);
    EXPECT_EQ(must(recorded.server().control({"explain", RunId::generate().text()})).exitCode, 1);
    EXPECT_EQ(must(recorded.server().control({"trace", DecisionId::generate().text()})).exitCode,
              1);
}

} // namespace
} // namespace exhibit::test
