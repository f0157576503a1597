// SPDX-License-Identifier: Apache-2.0
// Exports as jobs: ordered, followed, fetched in ranges, broken off, cancelled, over real sockets.
#include "models/base/sha256.h"
#include "tests/integration/export_fixture.h"
#include "tests/support/cutting_relay.h"

#include <csignal>

namespace exhibit::test {
namespace {

Deadline soon()
{
    return Deadline::after(std::chrono::seconds(60));
}

class ExportJobs : public Export {
protected:
    static Reply ask(const std::string& method,
                     const std::string& path,
                     const HeaderList& headers = {},
                     const std::string& body = {})
    {
        const auto reply = s_server->request(method, path, headers, body);
        EXPECT_TRUE(reply) << path;
        return reply ? *reply : Reply{};
    }
    static std::string orders(const std::string& incident)
    {
        return "/api/v1/incidents/" + incident + "/export";
    }
    /// The path of a job.
    static std::string order(const std::string& body = R"({"format":"pdf","reason":"counsel"})")
    {
        const auto reply
            = ask("POST",
                  orders(s_incident),
                  {{"Content-Type", "application/json"}, {"Prefer", "wait=1, respond-async"}},
                  body);
        EXPECT_EQ(reply.status, 202) << reply.body;
        EXPECT_EQ(reply.header("Preference-Applied"), "respond-async");
        EXPECT_EQ(reply.header("Retry-After"), "1");
        return reply.header("Location").value_or("");
    }
    static Json look(const std::string& path)
    {
        const auto reply = ask("GET", path);
        EXPECT_EQ(reply.status, 200) << reply.body;
        auto job = parseJson(reply.body);
        return job ? *job : Json();
    }
    static Json waitFor(const std::string& path, const std::string& state)
    {
        auto job = look(path);
        const auto deadline = soon();
        while (stringMember(job, "state") != state && !deadline.reached()
               && (stringMember(job, "state") == "waiting"
                   || stringMember(job, "state") == "running")) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            job = look(path);
        }
        EXPECT_EQ(stringMember(job, "state"), state) << printJson(job);
        return job;
    }
    /// Once its entries are in the signed log: before that a job fails.
    static std::string done(const std::string& format)
    {
        exportAs("exhibit");
        std::string path = order(R"({"format":")" + format + R"(","reason":"counsel"})");
        waitFor(path, "done");
        return path;
    }
    /// Calls of one run, so many that a production of it has more steps than are made at once.
    static std::string makeLongRun(const std::string& name)
    {
        const std::string body
            = R"({"model":"gpt-4o","messages":[{"role":"user","content":"go on"}],)"
              R"("metadata":{"run_id":")"
            + name + R"("}})";
        const std::string last
            = R"({"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"go on"}],)"
              R"("metadata":{"run_id":")"
            + name + R"(","context":{"contract":{"auto_renew":null}}}})";
        for (int i = 0; i <= 30; ++i) {
            const auto reply
                = ask("POST",
                      "/v1/chat/completions",
                      {{"Content-Type", "application/json"},
                       {"x-sample-id", i == 30 ? "contract-2-answer" : "secret-2-safe"}},
                      i == 30 ? last : body);
            EXPECT_EQ(reply.status, 200) << reply.body;
        }
        std::string incident;
        const auto deadline = soon();
        while (incident.empty() && !deadline.reached()) {
            const auto found = s_server->controlJson({"search", "run:" + name});
            const Json* hits = found ? findMember(*found, "incidents") : nullptr;
            if (hits != nullptr && !hits->get_array().empty()) {
                incident = stringMember(hits->get_array()[0], "incident_id");
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        EXPECT_FALSE(incident.empty());
        return incident;
    }
    static std::string control(const std::string& order)
    {
        return "EXHIBIT_SERVER=" + s_server->url()
            + " EXHIBIT_API_KEY=" + s_server->adminKey().expose() + " " + order;
    }
};

TEST_F(ExportJobs, isFollowedFetchedAndDeleted)
{
    const auto path = done("pdf");
    const Json job = look(path);
    EXPECT_EQ(stringMember(job, "format"), "pdf");
    EXPECT_EQ(stringMember(job, "incident_id"), s_incident);
    const auto& file = job.at("file");
    const auto reply = ask("GET", std::string(stringMember(file, "href")));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("Content-Type"), "application/pdf");
    EXPECT_EQ(reply.header("Accept-Ranges"), "bytes");
    EXPECT_EQ(static_cast<std::int64_t>(reply.body.size()), file.at("bytes").as_int64());
    EXPECT_EQ(toHex(asView(sha256(reply.body))), stringMember(file, "sha256"));
    const std::string saved = (s_folder->path() / "job.pdf").string();
    std::ofstream(saved, std::ios::binary) << reply.body;
    EXPECT_EQ(stringMember(verify(saved, anchors()), "verdict"), "valid");
    const auto entries = ask("GET", "/api/v1/exports");
    EXPECT_NE(entries.body.find(path.substr(path.rfind('/') + 1)), std::string::npos);
    EXPECT_EQ(ask("DELETE", path).status, 204);
    EXPECT_EQ(ask("GET", path).status, 404);
    EXPECT_EQ(ask("GET", path + "/content").status, 404);
}

TEST_F(ExportJobs, rangesAreThePartsOfTheFile)
{
    const auto path = done("json") + "/content";
    const auto whole = ask("GET", path);
    const auto size = std::to_string(whole.body.size());
    const std::string etag = whole.header("ETag").value_or("");
    const auto part = ask("GET", path, {{"Range", "bytes=10-19"}, {"If-Range", etag}});
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(part.header("Content-Range"), "bytes 10-19/" + size);
    EXPECT_EQ(part.header("Content-Length"), "10");
    EXPECT_EQ(part.body, whole.body.substr(10, 10));
    const auto rest = ask("GET", path, {{"Range", "bytes=-7"}});
    EXPECT_EQ(rest.body, whole.body.substr(whole.body.size() - 7));
    const auto other = ask("GET", path, {{"Range", "bytes=10-19"}, {"If-Range", "\"other\""}});
    EXPECT_EQ(other.status, 200);
    EXPECT_EQ(other.body, whole.body);
    const auto behind = ask("GET", path, {{"Range", "bytes=" + size + "-"}});
    EXPECT_EQ(behind.status, 416);
    EXPECT_EQ(behind.header("Content-Range"), "bytes */" + size);
}

TEST_F(ExportJobs, aBrokenDownloadIsResumedByAProgramThatIsNotOurs)
{
    const auto path = done("pdf") + "/content";
    const auto whole = ask("GET", path);
    const std::string file = (s_folder->path() / "resumed.pdf").string();
    std::ofstream(file, std::ios::binary) << whole.body.substr(0, whole.body.size() / 3);
    outputOf("curl",
             {"-sS",
              "--fail",
              "-C",
              "-",
              "-o",
              file,
              "-H",
              "Authorization: Bearer " + s_server->adminKey().expose(),
              s_server->url() + path});
    EXPECT_EQ(contentOf(file), whole.body);
}

TEST_F(ExportJobs, onlyTheKeyThatOrderedItGetsIt)
{
    const auto path = done("json");
    const auto created = s_server->controlJson({"key",
                                                "create",
                                                "--project",
                                                "default",
                                                "--role",
                                                "service",
                                                "--scopes",
                                                "evidence:export"});
    ASSERT_TRUE(created) << created.error().message;
    const std::string key(stringMember(*created, "key"));
    ASSERT_FALSE(key.empty()) << printJson(*created);
    for (const auto& target : {path, path + "/content"}) {
        const auto reply
            = exchange(s_server->port(),
                       requestText("GET", target, {{"Authorization", "Bearer " + key}}),
                       soon());
        EXPECT_EQ(reply->status, 404) << reply->body;
        EXPECT_EQ(exchange(s_server->port(), requestText("GET", target), soon())->status, 401);
    }
    EXPECT_EQ(ask("GET", path).status, 200);
}

TEST_F(ExportJobs, whatCannotBeMadeFailsWithItsReason)
{
    exportAs("exhibit");
    const auto path = order(R"({"format":"legal_discovery","production":{"prefix":"exh"}})");
    const Json job = waitFor(path, "failed");
    EXPECT_EQ(stringMember(job.at("failure"), "code"), "invalid_input") << printJson(job);
    const auto content = ask("GET", path + "/content");
    EXPECT_EQ(content.status, 409);
    EXPECT_NE(content.body.find("export_has_no_file"), std::string::npos) << content.body;
}

TEST_F(ExportJobs, aLargeExportBecomesOneAndTheCommandLineFollowsIt)
{
    const std::string incident = makeLongRun("long");
    const std::string file = (s_folder->path() / "long").string();
    const std::string log = (s_folder->path() / "long.log").string();
    const auto wait = [&](const std::string& format) {
        // Until the run's entries are in the signed log.
        int code = -1;
        const auto deadline = Deadline::after(std::chrono::seconds(240));
        while (code != 0 && !deadline.reached()) {
            const auto done = run(
                "/bin/sh",
                {.arguments = {"-c",
                               control(programPath("exhibitctl") + " export " + incident
                                       + " --format " + format + " -o " + file + " 2> " + log)}},
                deadline);
            code = done ? done->exitCode : -1;
        }
        EXPECT_EQ(code, 0) << contentOf(log);
    };
    wait("legal_discovery");
    const std::string said = contentOf(log);
    for (const auto* phase : {": pages", ": fetching"}) {
        EXPECT_NE(said.find(phase), std::string::npos) << phase << said;
    }
    outputOf("unzip", {"-tq", file});
    const auto left = ask("GET", "/api/v1/exports");
    EXPECT_EQ(left.body.find("legal_discovery\",\"state\":\"done"), std::string::npos)
        << "it is deleted once it was fetched: " << left.body;
    wait("exhibit");
    EXPECT_NE(contentOf(file).find("bates_first"), std::string::npos)
        << "the log says which numbers left";

    // Ctrl-C cancels it on the server.
    auto program
        = Process::start(programPath("exhibitctl"),
                         {.arguments = {"--server",
                                        s_server->url(),
                                        "export",
                                        incident,
                                        "--format",
                                        "legal_discovery",
                                        "-o",
                                        file + "2"},
                          .environment = {{"EXHIBIT_API_KEY", s_server->adminKey().expose()}},
                          .standardErrorFile = log});
    ASSERT_TRUE(program);
    const auto deadline = soon();
    while (contentOf(log).find("export exp_") == std::string::npos && !deadline.reached()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    program->signal(SIGINT);
    EXPECT_EQ(program->wait(soon()).value_or(-1), 3) << contentOf(log);
    EXPECT_NE(contentOf(log).find("cancelled"), std::string::npos) << contentOf(log);
    EXPECT_FALSE(std::ifstream(file + "2").good());
    const auto jobs = ask("GET", "/api/v1/exports");
    EXPECT_EQ(jobs.body.find("\"running\""), std::string::npos) << jobs.body;
}

TEST_F(ExportJobs, theCommandLineGoesOnWhereTheConnectionBroke)
{
    const std::string incident = makeLongRun("broken");
    const std::string file = (s_folder->path() / "broken").string();
    const std::string log = file + ".log";
    const auto exportOver = [&](const std::string& url) {
        const auto done
            = run("/bin/sh",
                  {.arguments
                   = {"-c",
                      "EXHIBIT_SERVER=" + url + " EXHIBIT_API_KEY=" + s_server->adminKey().expose()
                          + " " + programPath("exhibitctl") + " export " + incident
                          + " --format legal_discovery -o " + file + " 2> " + log}},
                  Deadline::after(std::chrono::seconds(120)));
        return done ? done->exitCode : -1;
    };
    const auto deadline = soon(); // Until the run's entries are in the signed log.
    while (exportOver(s_server->url()) != 0 && !deadline.reached()) { }
    {
        const CuttingRelay relay(s_server->port(), {"/content ", 20'000, 2});
        ASSERT_EQ(exportOver(relay.url()), 0) << contentOf(log);
        EXPECT_EQ(relay.cuts(), 2);
        outputOf("unzip", {"-tq", file});
    }
    std::filesystem::remove(file);
    { // A file that never arrives is none, and somebody is told.
        const CuttingRelay relay(s_server->port(), {"/content ", 20'000, 1000});
        EXPECT_EQ(exportOver(relay.url()), 3) << contentOf(log);
        EXPECT_GT(relay.cuts(), 2);
        EXPECT_FALSE(std::filesystem::exists(file));
    }
}

TEST_F(ExportJobs, aServerThatDiedLeavesAFailedJobAndAFileThatIsWhole)
{
    const auto kept = done("json");
    const auto whole = ask("GET", kept + "/content");
    const auto open = order();
    s_server->kill();
    auto again = Exhibitd::start({.dataDir = s_folder->path() / "data"});
    ASSERT_TRUE(again) << again.error().message;
    s_server = std::make_unique<Exhibitd>(*std::move(again));
    const Json job = look(open);
    const std::string state(stringMember(job, "state"));
    if (state == "failed") {
        EXPECT_EQ(stringMember(job.at("failure"), "code"), "export_interrupted");
    } else {
        EXPECT_EQ(state, "done") << "it was faster than the signal: " << printJson(job);
    }
    EXPECT_EQ(ask("GET", kept + "/content").body, whole.body);
    waitFor(order(), "done");
}

} // namespace
} // namespace exhibit::test
