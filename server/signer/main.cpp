// SPDX-License-Identifier: Apache-2.0
// exhibit-signer: holds the private keys. Everything it needs is opened first; then it shuts itself
// in and answers typed requests on one Unix socket.
#include "models/base/base64.h"
#include "server/signer/sandbox.h"
#include "server/signer/service.h"
#include "server/signer/socket_address.h"

#include <CLI/CLI.hpp>

#include <cstring>
#include <iostream>

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace exhibit::signer {
namespace {

struct Options {
    std::string folder;
    std::string unlockFile;
    std::string socket;
    bool rotateLogKey = false;
    std::uint32_t requestsPerMinute = limits::kSignerRequestsPerMinuteDefault;
};

Result<int> listenOn(const std::filesystem::path& path)
{
    EXHIBIT_TRY(const auto address, SocketAddress::of(path));
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ::unlink(path.c_str());
    const mode_t before = ::umask(0077);
    const bool bound = ::bind(listener, address.get(), sizeof address.address) == 0
        && ::listen(listener, 64) == 0;
    ::umask(before);
    if (!bound) {
        return fail(ErrorCode::Unavailable, std::strerror(errno), path.string());
    }
    return listener;
}

Result<void> serve(const Options& options)
{
    const std::filesystem::path folder = options.folder;
    std::filesystem::create_directories(folder);
    EXHIBIT_TRY(const auto lock, spool::lockFile(folder / "lock"));
    const auto unlock = options.unlockFile.empty() ? folder / "unlock.key"
                                                   : std::filesystem::path(options.unlockFile);
    if (options.rotateLogKey) {
        return rotateLogKey(folder, unlock);
    }
    EXHIBIT_TRY(auto keys, loadOrCreateKeys(folder, unlock));
    EXHIBIT_TRY(auto heads, HeadsFile::open(folder / "heads"));
    EXHIBIT_TRY(auto signer, Signer::create(std::move(keys), std::move(heads)));
    EXHIBIT_TRY(auto pdfKey, PdfKey::loadOrCreate(folder, unlock));
    signer.usePdfKey(std::move(pdfKey));
    EXHIBIT_TRY(const int listener, listenOn(options.socket));
    ServiceOptions service;
    service.listener = listener;
    service.owner = ::getppid();
    service.uid = ::geteuid();
    service.requestsPerMinute = options.requestsPerMinute;
    // OpenSSL looks up algorithms at their first use; afterwards it could not read its files.
    for (const auto* call : {"public-keys", "sign-pdf"}) {
        [[maybe_unused]] const auto warm
            = signer.handle(JsonObject{{"call", call}, {"document", toBase64(asView(Digest{}))}});
    }
    EXHIBIT_TRY(service.sandbox, shutIn());
    Service(std::move(signer), std::move(service)).run();
    return {};
}

int run(int argc, char** argv)
{
    Options options;
    CLI::App app("Holds the signing keys of exhibitd", "exhibit-signer");
    app.set_version_flag("--version", EXHIBIT_VERSION);
    app.add_option("--dir", options.folder, "Folder of the keys and of the last heads")->required();
    app.add_option(
        "--unlock-file", options.unlockFile, "32 bytes that open the keys (DIR/unlock.key)");
    auto* const socket = app.add_option("--socket", options.socket, "Unix socket to answer on");
    app.add_flag("--rotate-log-key",
                 options.rotateLogKey,
                 "Make a new key for the logs and end; the old one goes on signing beside it")
        ->excludes(socket);
    app.add_option(
           "--requests-per-minute", options.requestsPerMinute, "For callers that are not exhibitd")
        ->capture_default_str();
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (options.socket.empty() && !options.rotateLogKey) {
        std::cerr << "exhibit-signer: --socket or --rotate-log-key is required\n";
        return 2;
    }
    if (const auto served = serve(options); !served) {
        std::cerr << "exhibit-signer: " << served.error().message << " (" << served.error().subject
                  << ")\n";
        return 3;
    }
    return 0;
}

} // namespace
} // namespace exhibit::signer

int main(int argc, char** argv)
{
    try {
        return exhibit::signer::run(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "exhibit-signer: " << error.what() << "\n";
        return 3;
    }
}
