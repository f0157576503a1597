// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "tests/support/exhibitd_process.h"
#include "tests/support/sample_upstream_process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <thread>

namespace exhibit::test {

[[nodiscard]] inline std::string source()
{
    const char* const folder = std::getenv("EXHIBIT_SOURCE_DIR");
    return folder == nullptr ? "." : folder;
}

[[nodiscard]] inline std::string contentOf(const std::string& file)
{
    std::ostringstream content;
    content << std::ifstream(file, std::ios::binary).rdbuf();
    return content.str();
}

/// One server for all tests of the file: an export changes nothing that another looks at.
class Export : public ::testing::Test {
protected:
    static void SetUpTestSuite()
    {
        s_folder = std::make_unique<TempDir>();
        auto upstream = SampleUpstream::start();
        ASSERT_TRUE(upstream) << upstream.error().message;
        s_upstream = std::make_unique<SampleUpstream>(*std::move(upstream));
        startServer();
        if (!HasFatalFailure()) {
            makeIncident();
        }
    }
    static void TearDownTestSuite()
    {
        s_server.reset();
        s_upstream.reset();
        s_folder.reset();
    }

    /// In front of s_upstream.
    static void startServer()
    {
        auto server = Exhibitd::start({.dataDir = s_folder->path() / "data"});
        ASSERT_TRUE(server) << server.error().message;
        s_server = std::make_unique<Exhibitd>(*std::move(server));
        ASSERT_TRUE(s_server->controlJson(
            {"upstream", "add", "sample", "--base-url", s_upstream->baseUrl()}));
        ASSERT_TRUE(s_server->controlJson(
            {"policy", "import", source() + "/resources/policies/content_accuracy.json"}));
    }

    /// `metadata` begins that of the call, with a comma behind it.
    static void makeIncident(const std::string& metadata = {})
    {
        const std::string body
            = R"({"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"go on"}],)"
              R"("user_id":"ada@example.com","metadata":{)"
            + metadata + R"("context":{"contract":{"auto_renew":null}}}})";
        const auto reply = s_server->request(
            "POST",
            "/v1/chat/completions",
            {{"Content-Type", "application/json"}, {"x-sample-id", "contract-2-answer"}},
            body);
        ASSERT_TRUE(reply) << reply.error().message;
        const auto deadline = Deadline::after(std::chrono::seconds(30));
        while (s_incident.empty() && !deadline.reached()) {
            const auto found = s_server->controlJson({"search", ""});
            const Json* hits = found ? findMember(*found, "incidents") : nullptr;
            if (hits != nullptr && !hits->get_array().empty()) {
                s_incident = stringMember(hits->get_array()[0], "incident_id");
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        ASSERT_FALSE(s_incident.empty()) << reply->body;
    }

    /// The file, once the incident's entries are in the signed log.
    static std::string exportAs(const std::string& format,
                                const std::vector<std::string>& more = {})
    {
        std::string file = (s_folder->path() / ("case." + format)).string();
        std::vector<std::string> command{"export", s_incident, "--format", format, "-o", file};
        command.insert(command.end(), more.begin(), more.end());
        const auto deadline = Deadline::after(std::chrono::seconds(30));
        auto done = s_server->controlJson(command);
        while (!done && !deadline.reached()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            done = s_server->controlJson(command);
        }
        EXPECT_TRUE(done) << done.error().message;
        return file;
    }

    static std::string outputOf(const std::string& program, std::vector<std::string> arguments)
    {
        const auto done = run("/usr/bin/" + program,
                              {.arguments = std::move(arguments)},
                              Deadline::after(std::chrono::seconds(60)));
        EXPECT_TRUE(done) << program;
        EXPECT_EQ(done->exitCode, 0) << program << ": " << done->output;
        return done ? done->output : std::string();
    }

    /// The options that pin every key of the server.
    static std::vector<std::string> anchors()
    {
        const std::string certificate = (s_folder->path() / "pdf-ca.pem").string();
        const auto keys = s_server->controlJson({"ledger", "keys"});
        EXPECT_TRUE(keys);
        std::ofstream(certificate) << stringMember(*keys, "pdf_certificate");
        return {"--trust-log",
                std::string(stringMember(keys->at("logs").at(0), "vkey")),
                "--trust-certificate",
                std::string(stringMember(*keys, "certificate")),
                "--pdf-ca",
                certificate};
    }

    static Json verify(const std::string& file,
                       const std::vector<std::string>& with,
                       const std::map<std::string, std::string>& environment = {})
    {
        std::vector<std::string> arguments{"verify", file, "--json"};
        arguments.insert(arguments.end(), with.begin(), with.end());
        const auto done = run(programPath("exhibitctl"),
                              {.arguments = arguments, .environment = environment},
                              Deadline::after(std::chrono::seconds(60)));
        EXPECT_TRUE(done);
        return parseJson(done->output).value();
    }

    /// By a library of others.
    static void validate(const std::string& schema, const std::string& file)
    {
        outputOf("python3",
                 {"-c",
                  "import json,sys,jsonschema\n"
                  "schema=json.load(open(sys.argv[1]))\n"
                  "jsonschema.Draft202012Validator.check_schema(schema)\n"
                  "jsonschema.Draft202012Validator(schema).validate(json.load(open(sys.argv[2])))",
                  source() + "/resources/schemas/" + schema,
                  file});
    }

    static std::string resultOf(const Json& report, std::string_view subject)
    {
        for (const auto& check : report.at("checks").as_array()) {
            if (stringMember(check, "id") == "report"
                && stringMember(check, "subject") == subject) {
                return std::string(stringMember(check, "result"));
            }
        }
        return "";
    }

    static inline std::unique_ptr<TempDir> s_folder;
    static inline std::unique_ptr<SampleUpstream> s_upstream;
    static inline std::unique_ptr<Exhibitd> s_server;
    static inline std::string s_incident;
};

} // namespace exhibit::test
