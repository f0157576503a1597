// SPDX-License-Identifier: Apache-2.0
// Every instant of a run names the ledger entries that record it (INV-4), through the commands.
#include "models/base/sha256.h"
#include "tests/support/exhibitd_process.h"
#include "tests/support/must.h"
#include "tests/support/sample_upstream_process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <thread>

namespace exhibit::test {
namespace {

using namespace std::chrono_literals;

const std::string kPolicy
    = R"({"policy_id":"NO_RIDDLES","title":"No riddles","severity":"low","stage":["input"],)"
      R"("mode":"block","rule":{"type":"patterns","patterns":["riddle"]}})";

class Explained {
public:
    Explained()
        : m_upstream(must(SampleUpstream::start()))
        , m_server(must(Exhibitd::start({.dataDir = m_folder.path() / "data"})))
    {
        must(m_server.controlJson(
            {"upstream", "add", "sample", "--base-url", m_upstream.baseUrl()}));
        const auto file = m_folder.file("policy.json");
        std::ofstream(file) << kPolicy;
        must(m_server.control({"policy", "import", file}));
    }

    /// The run's id.
    std::string call(const std::string& run, const std::string& text, int status)
    {
        const auto reply = must(m_server.request(
            "POST",
            "/v1/chat/completions",
            {{"Content-Type", "application/json"}, {"X-Exhibit-Run-Id", run}},
            R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":")" + text + "\"}]}"));
        EXPECT_EQ(reply.status, status) << reply.body;
        return std::string(reply.header("X-Exhibit-Run-Id").value_or(""));
    }
    /// What `exhibitctl explain` says once `enough` finds it complete, and a signed head covers it.
    Json explain(const std::string& run, const std::function<bool(const Json&)>& enough)
    {
        const auto deadline = Deadline::after(30s);
        Json said;
        while (!deadline.reached()) {
            static_cast<void>(get("/api/v1/ledger/" + tenant() + "/checkpoint"));
            const auto reply = m_server.controlJson({"explain", run});
            said = reply ? reply->at("explanation") : Json{};
            const bool complete = reply && enough(said)
                && std::ranges::all_of(said.at("ledger").as_array(), [](const Json& link) {
                                      return findMember(link, "checkpoint") != nullptr;
                                  });
            if (complete) {
                return said;
            }
            std::this_thread::sleep_for(50ms);
        }
        ADD_FAILURE() << printJson(said);
        return said;
    }
    std::string get(const std::string& path)
    {
        const auto reply = must(m_server.request("GET", path));
        EXPECT_EQ(reply.status, 200) << path << ' ' << reply.body;
        return reply.body;
    }
    std::string tenant()
    {
        return std::string(must(parseJson(get("/api/v1/ledger/keys"))).at("tenant").as_string());
    }
    std::string entryAt(const Json& link)
    {
        const auto page = must(parseJson(get("/api/v1/ledger/" + tenant() + "/entries?limit=1&from="
                                             + std::to_string(link.at("index").as_int64()))));
        EXPECT_EQ(page.at("origin"), link.at("log"));
        return std::string(page.at_pointer("/entries/0/entry").as_string());
    }
    std::string text(std::vector<std::string> arguments)
    {
        const auto done = must(m_server.control(std::move(arguments)));
        EXPECT_EQ(done.exitCode, 0) << done.output;
        return done.output;
    }
    /// 0 when the entry is proven by the tlog-proof.
    int provenWith(const std::string& proof, const std::string& entry)
    {
        const auto keys = must(parseJson(get("/api/v1/ledger/keys")));
        std::ofstream(m_folder.file("e.tlog-proof")) << proof;
        std::ofstream(m_folder.file("e.json")) << entry;
        return must(m_server.control({"evidence",
                                      "proof",
                                      m_folder.file("e.tlog-proof"),
                                      "--entry",
                                      m_folder.file("e.json"),
                                      "--vkey",
                                      std::string(keys.at_pointer("/logs/0/vkey").as_string())}))
            .exitCode;
    }
    Exhibitd& server() { return m_server; }

private:
    TempDir m_folder;
    SampleUpstream m_upstream;
    Exhibitd m_server;
};

const Json* linkOf(const Json& explanation, const std::string& type)
{
    const auto& links = explanation.at("ledger").as_array();
    const auto found = std::ranges::find_if(
        links, [&type](const Json& link) { return stringMember(link, "type") == type; });
    return found == links.end() ? nullptr : &*found;
}

TEST(Explain, namesTheEntriesOfDecisionsCallsAndKills)
{
    Explained it;
    const auto run = it.call("explained", "Where is my parcel?", 200);
    EXPECT_EQ(it.call("explained", "Tell me a riddle", 403), run);
    const auto said = it.explain(run, [](const Json& explanation) {
        return linkOf(explanation, "decision.recorded") != nullptr
            && linkOf(explanation, "llm.call") != nullptr;
    });
    const auto& decided = *linkOf(said, "decision.recorded");
    EXPECT_EQ(decided.at("about"), said.at_pointer("/decisions/0/decision_id"));
    const auto entry = it.entryAt(decided);
    EXPECT_EQ(toHex(asView(sha256(entry))), decided.at("hash").as_string());
    EXPECT_GT(decided.at_pointer("/checkpoint/tree_size").as_int64(),
              decided.at("index").as_int64());

    const std::string decision(decided.at("about").as_string());
    const auto traced = must(it.server().controlJson({"trace", decision}));
    EXPECT_EQ(traced.at("ledger"), decided);
    EXPECT_EQ(it.provenWith(std::string(traced.at("proof").as_string()), entry), 0);
    EXPECT_NE(it.provenWith(std::string(traced.at("proof").as_string()), entry + " "), 0);

    const auto& called = *linkOf(said, "llm.call");
    EXPECT_EQ(called.at("about"), said.at_pointer("/call/call_id"));
    EXPECT_NE(it.entryAt(called).find("\"/passes\""), std::string::npos)
        << "the entry of a call commits to what passed in it";
}

TEST(Explain, tellsBeforeInBetweenAndBehindTheCallsOfARun)
{
    Explained it;
    const auto before = formatTime(utcNow());
    const auto run = it.call("explained", "Where is my parcel?", 200);
    std::this_thread::sleep_for(20ms);
    const auto between = formatTime(utcNow());
    std::this_thread::sleep_for(20ms);
    EXPECT_EQ(it.call("explained", "And the other one?", 200), run);
    const auto second = it.explain(run, [&between](const Json& explanation) {
        const Json* call = findMember(explanation, "call");
        return linkOf(explanation, "llm.call") != nullptr && call != nullptr
            && stringMember(*call, "opened_at") > between;
    });
    const auto at = [&](const std::string& time) {
        return must(it.server().controlJson({"explain", run, "--at", time})).at("explanation");
    };
    EXPECT_EQ(at(before).at("phase"), "before");
    EXPECT_EQ(at(std::string(second.at_pointer("/call/opened_at").as_string())).at("phase"),
              "in_call");
    const auto paused = at(between);
    EXPECT_EQ(paused.at("phase"), "between_calls") << printJson(paused);
    EXPECT_NE(paused.at_pointer("/call/call_id"), second.at_pointer("/call/call_id"))
        << "of the last call before it";
    EXPECT_EQ(paused.at("passes").as_array().size(), 1U) << "what the second decided was not known";
}

TEST(Explain, tracesAPassToTheEntryOfItsCallAndAKillToItsOwn)
{
    Explained it;
    const auto run = it.call("killed", "Where is my parcel?", 200);
    const auto before = it.explain(
        run, [](const Json& explanation) { return linkOf(explanation, "llm.call") != nullptr; });
    const std::string pass(before.at_pointer("/passes/0/decision_id").as_string());
    const auto traced = must(it.server().controlJson({"trace", pass + "/NO_RIDDLES"}));
    EXPECT_EQ(traced.at_pointer("/decision/result"), "PASS");
    EXPECT_EQ(traced.at_pointer("/ledger/type"), "llm.call");
    EXPECT_EQ(
        it.provenWith(std::string(traced.at("proof").as_string()), it.entryAt(traced.at("ledger"))),
        0);

    must(it.server().control({"kill", run, "--reason", "admin_kill"}));
    const auto after = it.explain(
        run, [](const Json& explanation) { return linkOf(explanation, "run.killed") != nullptr; });
    EXPECT_EQ(linkOf(after, "run.killed")->at("about"), run.c_str());
    EXPECT_EQ(after.at("phase"), "ended");

    const auto early
        = must(it.server().controlJson({"explain", run, "--at", "2020-01-01T00:00:00Z"}));
    EXPECT_EQ(early.at_pointer("/explanation/phase"), "before");
    EXPECT_TRUE(early.at_pointer("/explanation/ledger").as_array().empty());
    const auto shown = it.text({"explain", run});
    EXPECT_NE(shown.find(run + " is entry "), std::string::npos) << shown;
    EXPECT_NE(shown.find("entries signed "), std::string::npos) << shown;
    EXPECT_NE(it.text({"trace", pass + "/NO_RIDDLES"}).find("(llm.call), SHA-256 "),
              std::string::npos);
    EXPECT_NE(must(it.server().control({"trace", "dec_unknown"})).exitCode, 0);
}

} // namespace
} // namespace exhibit::test
