// SPDX-License-Identifier: Apache-2.0
// A run of ten thousand steps through the public door: recorded by calls through the gateway,
// exported and verified with the command line.
#include "tests/integration/export_fixture.h"

namespace exhibit::test {
namespace {

constexpr int kCalls = 40;
constexpr int kToolsOfEach = 250; ///< Each is a step.

/// Of an agent that calls many tools at once.
std::string manyToolCalls()
{
    JsonArray calls;
    for (int i = 0; i < kToolsOfEach; ++i) {
        calls.push_back(JsonObject{
            {"id", "call_" + std::to_string(i)},
            {"type", "function"},
            {"function",
             JsonObject{{"name", "find_trains"},
                        {"arguments", R"({"origin":"Tarnby","day":)" + std::to_string(i) + "}"}}}});
    }
    const JsonObject message{
        {"role", "assistant"}, {"content", nullptr}, {"tool_calls", std::move(calls)}};
    return printJson(JsonObject{
        {"id", "many-tools"},
        {"endpoint", "chat.completions"},
        {"request", JsonObject{{"model", "gpt-4o"}}},
        {"status", 200},
        {"response",
         JsonObject{
             {"id", "chatcmpl-1"},
             {"object", "chat.completion"},
             {"model", "gpt-4o"},
             {"choices",
              JsonArray{
                  JsonObject{{"index", 0}, {"message", message}, {"finish_reason", "tool_calls"}}}},
             {"usage",
              JsonObject{{"prompt_tokens", 9}, {"completion_tokens", 9}, {"total_tokens", 18}}}}}});
}

class LongExport : public Export {
protected:
    static void SetUpTestSuite()
    {
        s_folder = std::make_unique<TempDir>();
        const auto recordings = s_folder->path() / "recordings";
        std::filesystem::create_directory(recordings);
        std::filesystem::copy_file(source() + "/tests/support/recordings/contract_renewal.jsonl",
                                   recordings / "contract_renewal.jsonl");
        std::ofstream(recordings / "many_tools.jsonl") << manyToolCalls() << "\n";
        auto upstream = SampleUpstream::start({"--recordings", recordings.string()});
        ASSERT_TRUE(upstream) << upstream.error().message;
        s_upstream = std::make_unique<SampleUpstream>(*std::move(upstream));
        startServer();
        for (int i = 0; i < kCalls && !HasFatalFailure(); ++i) {
            const auto reply = s_server->request(
                "POST",
                "/v1/chat/completions",
                {{"Content-Type", "application/json"}, {"x-sample-id", "many-tools"}},
                R"({"model":"gpt-4o","messages":[{"role":"user","content":)"
                R"("go on"}],"metadata":{"run_id":"long"}})");
            ASSERT_TRUE(reply && reply->status == 200) << (reply ? reply->body : "");
        }
        if (!HasFatalFailure()) {
            makeIncident(R"("run_id":"long",)");
        }
    }

    /// The file of the large export, which is a job.
    static std::string exportLong(const std::string& format)
    {
        const std::string file = (s_folder->path() / ("long." + format)).string();
        const auto deadline = Deadline::after(std::chrono::seconds(240));
        Finished last{-1, ""};
        while (last.exitCode != 0 && !deadline.reached()) { // Until its entries are signed.
            const auto done = run(
                programPath("exhibitctl"),
                {.arguments = {"export", s_incident, "--format", format, "-o", file},
                 .environment = {{"EXHIBIT_SERVER", s_server->url()},
                                 {"EXHIBIT_API_KEY", std::string(s_server->adminKey().expose())}}},
                deadline);
            last = done.value_or(last);
        }
        EXPECT_EQ(last.exitCode, 0) << last.output;
        return file;
    }
};

TEST_F(LongExport, ofTenThousandStepsHoldsEachAndIsVerified)
{
    const std::string pack = exportLong("exhibit");
    const Json checks = verify(pack, anchors());
    EXPECT_EQ(stringMember(checks, "verdict"), "valid") << printJson(checks);
    const auto text
        = outputOf("sh", {"-c", "unzip -p " + pack + " '*/data/exports/evidence.json'"});
    const Json bundle = parseJson(text).value();
    const auto& steps = bundle.at("steps").as_array();
    EXPECT_GT(steps.size(), std::size_t{kCalls} * kToolsOfEach);
    for (std::size_t i = 0; i < steps.size(); ++i) {
        ASSERT_EQ(steps[i].at("step_index").to_number<std::size_t>(), i);
    }

    const std::string pdf = exportLong("pdf");
    const Json report = verify(pdf, anchors());
    EXPECT_EQ(stringMember(report, "verdict"), "valid") << printJson(report);
    for (const auto* subject : {"signature", "attachment", "pages"}) {
        EXPECT_EQ(resultOf(report, subject), "passed") << subject << printJson(report);
    }
    const std::string about = outputOf("pdfinfo", {pdf});
    const int pages = std::stoi(about.substr(about.find("Pages:") + 6));
    EXPECT_GT(pages, 200);
    const std::string end = outputOf("pdftotext", {"-f", std::to_string(pages - 1), pdf, "-"});
    EXPECT_NE(end.find(std::to_string(steps.size() - 1)), std::string::npos)
        << "the last step: " << end;
}

} // namespace
} // namespace exhibit::test
