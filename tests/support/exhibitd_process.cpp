// SPDX-License-Identifier: Apache-2.0
#include "tests/support/exhibitd_process.h"

#include "tests/support/unsynced_postgres.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

namespace exhibit::test {
namespace {

using namespace std::chrono_literals;

std::string readText(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::string withoutLineEnd(std::string text)
{
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) {
        text.pop_back();
    }
    return text;
}

} // namespace

Result<std::uint16_t> readListeningPort(Process& process, Deadline deadline)
{
    for (;;) {
        EXHIBIT_TRY(const std::string line, process.readLine(deadline));
        const auto said = parseJson(line);
        const std::string_view address = said ? stringMember(*said, "listening") : "";
        if (const auto colon = address.rfind(':'); colon != std::string_view::npos) {
            return static_cast<std::uint16_t>(std::stoi(std::string(address.substr(colon + 1))));
        }
    }
}

Exhibitd::Exhibitd(Process process, ExhibitdOptions options, std::uint16_t port, Secret adminKey)
    : m_process(std::move(process))
    , m_options(std::move(options))
    , m_port(port)
    , m_adminKey(std::move(adminKey))
{
}

Result<Exhibitd> Exhibitd::start(ExhibitdOptions options)
{
    ProcessOptions process;
    process.arguments
        = {"serve", "--data-dir", options.dataDir.string(), "--listen", "127.0.0.1:0"};
    process.arguments.insert(
        process.arguments.end(), options.arguments.begin(), options.arguments.end());
    process.environment = options.environment;
    // Tests ask far more often than people; those about rates set their own.
    process.environment.try_emplace("EXHIBIT_RATE_ADDRESS_PER_MINUTE", "0");
    process.environment.try_emplace("EXHIBIT_RATE_PERSON_PER_MINUTE", "0");
    if (const auto programs = unsyncedPostgres()) {
        process.environment.try_emplace("EXHIBIT_PG_BIN", programs->string());
    }
    process.standardErrorFile = options.dataDir / "exhibitd.log";
    EXHIBIT_TRY(auto running, Process::start(programPath("exhibitd"), std::move(process)));
    const auto port = readListeningPort(running, Deadline::after(60s));
    if (!port) {
        return fail(ErrorCode::Unavailable,
                    "exhibitd did not start:\n" + readText(options.dataDir / "exhibitd.log"));
    }
    Secret key(withoutLineEnd(readText(options.dataDir / "admin.key")));
    return Exhibitd(std::move(running), std::move(options), *port, std::move(key));
}

std::string Exhibitd::url() const
{
    return fmt::format("http://127.0.0.1:{}", m_port);
}

Result<void> Exhibitd::stop(Deadline deadline)
{
    m_process.terminate();
    EXHIBIT_TRY(const int code, m_process.wait(deadline));
    if (code != 0) {
        return fail(ErrorCode::Internal,
                    fmt::format("exhibitd ended with {}:\n{}", code, readText(logFile())));
    }
    return {};
}

void Exhibitd::kill()
{
    m_process.kill();
    (void)m_process.wait(Deadline::after(10s));
}

Result<Finished> Exhibitd::control(std::vector<std::string> arguments) const
{
    ProcessOptions options;
    options.arguments = std::move(arguments);
    options.environment = {{"EXHIBIT_SERVER", url()}, {"EXHIBIT_API_KEY", m_adminKey.expose()}};
    return run(programPath("exhibitctl"), std::move(options), Deadline::after(30s));
}

Result<Json> Exhibitd::controlJson(std::vector<std::string> arguments) const
{
    arguments.insert(arguments.begin(), "--json");
    EXHIBIT_TRY(const Finished finished, control(std::move(arguments)));
    if (finished.exitCode != 0) {
        return fail(ErrorCode::Internal,
                    fmt::format("exhibitctl ended with {}", finished.exitCode));
    }
    return parseJson(finished.output);
}

Result<Reply> Exhibitd::request(std::string_view method,
                                std::string_view target,
                                HeaderList headers,
                                BytesView body) const
{
    headers.emplace_back("Authorization", "Bearer " + m_adminKey.expose());
    return exchange(m_port, requestText(method, target, headers, body), Deadline::after(30s));
}

} // namespace exhibit::test
