// SPDX-License-Identifier: Apache-2.0
// exhibit-sample-upstream: a provider that answers from recordings (commands.md).
#include "tests/support/sample_upstream/upstream_server.h"

#include <CLI/CLI.hpp>

#include <charconv>
#include <csignal>
#include <cstdio>

#include <fmt/format.h>

namespace {

using namespace exhibit;
using namespace exhibit::sample;

constexpr int kWrongUsage = 2;
constexpr int kUnavailable = 3;

struct Arguments {
    std::string listen = "127.0.0.1:0";
    std::string recordings;
    unsigned latencyMs = 0;
    unsigned eventGapMs = 0;
    std::size_t chunkBytes = 0;
    std::string fault;
    std::vector<std::string> tls;
};

int complain(const Error& error, int exitCode)
{
    fmt::print(stderr, "exhibit-sample-upstream: {} {}\n", error.message, error.subject);
    return exitCode;
}

Result<UpstreamOptions> optionsOf(const Arguments& arguments)
{
    const std::size_t colon = arguments.listen.rfind(':');
    UpstreamOptions options;
    const char* end = arguments.listen.data() + arguments.listen.size();
    const char* begin = arguments.listen.data() + std::min(colon + 1, arguments.listen.size());
    const auto [read, error] = std::from_chars(begin, end, options.port);
    if (colon == std::string::npos || error != std::errc{} || read != end) {
        return fail(ErrorCode::InvalidInput, "--listen needs HOST:PORT, not", arguments.listen);
    }
    options.address = arguments.listen.substr(0, colon);
    if (options.address == "localhost") {
        options.address = "127.0.0.1";
    }
    if (!arguments.tls.empty()) {
        options.tlsFiles.emplace(arguments.tls[0], arguments.tls[1]);
    }
    return options;
}

int serve(const Arguments& arguments)
{
    const auto options = optionsOf(arguments);
    if (!options) {
        return complain(options.error(), kWrongUsage);
    }
    const auto fault
        = arguments.fault.empty() ? Result<Fault>(Fault::None) : parseFault(arguments.fault);
    if (!fault) {
        return complain(fault.error(), kWrongUsage);
    }
    const auto recordings = Recordings::load(arguments.recordings);
    if (!recordings) {
        return complain(recordings.error(), kWrongUsage);
    }
    const Pace pace{std::chrono::milliseconds(arguments.latencyMs),
                    std::chrono::milliseconds(arguments.eventGapMs),
                    arguments.chunkBytes};
    Provider provider(*recordings, *fault, pace);
    UpstreamServer server(provider, *options);
    const auto port = server.start();
    if (!port) {
        return complain(port.error(), kUnavailable);
    }
    fmt::print(
        stderr, "{} recordings, {} lines skipped\n", recordings->size(), recordings->skipped());
    fmt::print("{{\"listening\":\"{}:{}\"}}\n", options->address, *port);
    std::fflush(stdout);
    server.run();
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    Arguments arguments;
    CLI::App app("A provider that answers from recordings, with faults on demand.");
    app.set_version_flag("--version", EXHIBIT_VERSION);
    app.add_option("--listen", arguments.listen, "HOST:PORT; port 0 takes a free one");
    app.add_option("--recordings", arguments.recordings, "folder or FILE.jsonl[.gz]")->required();
    app.add_option("--latency-ms", arguments.latencyMs, "wait before the first byte");
    app.add_option("--event-gap-ms", arguments.eventGapMs, "wait between the events of a stream");
    app.add_option("--chunk-bytes", arguments.chunkBytes, "send bodies in pieces of this size");
    app.add_option("--fault",
                   arguments.fault,
                   "slow, cut, cut_before, 429, 500, malformed, wrong_content_type, huge, "
                   "one_byte, no_done or stall");
    app.add_option("--tls", arguments.tls, "CERT KEY (PEM files)")->expected(2);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : kWrongUsage;
    }
    return serve(arguments);
}
