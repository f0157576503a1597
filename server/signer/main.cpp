// SPDX-License-Identifier: Apache-2.0
// exhibit-signer: holds the private keys. Everything it needs is opened first; then it shuts itself
// in and answers typed requests on one Unix socket.
#include "models/base/base64.h"
#include "server/signer/key_sources.h"
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

/// What is done to the keys while no signer serves from their folder.
using KeyChange = Result<void> (*)(const std::filesystem::path& folder,
                                   const std::filesystem::path& unlockFile);

struct Options {
    std::string folder;
    std::string unlockFile;
    std::string socket;
    KeyChange change = nullptr;
    TokenSource token;
    VaultSource vault;
    KeyNames names;
    std::string tokenKeyToMake;
    std::uint32_t requestsPerMinute = limits::kSignerRequestsPerMinuteDefault;
};

Result<int> listenOn(const std::filesystem::path& path)
{
    EXHIBIT_TRY(const auto address, SocketAddress::of(path));
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0) {
        return fail(ErrorCode::Unavailable, std::strerror(errno), path.string());
    }
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

Result<Signer> makeSigner(const Options& options, SignerKeys keys, HeadsFile heads)
{
    const bool onToken = !options.token.module.empty();
    if (!onToken && options.vault.socket.empty()) {
        return Signer::create(std::move(keys), std::move(heads));
    }
    EXHIBIT_TRY(auto signing,
                onToken ? keysOnToken(options.token, options.names)
                        : keysInVault(options.vault, options.names));
    return Signer::create(std::move(signing), std::move(keys), std::move(heads));
}

Result<void> serve(const Options& options)
{
    if (!options.tokenKeyToMake.empty()) {
        return makeKeyOnToken(options.token, options.tokenKeyToMake);
    }
    const std::filesystem::path folder = options.folder;
    std::filesystem::create_directories(folder);
    EXHIBIT_TRY(const auto lock, spool::lockFile(folder / "lock"));
    const auto unlock = options.unlockFile.empty() ? folder / "unlock.key"
                                                   : std::filesystem::path(options.unlockFile);
    if (options.change != nullptr) {
        return options.change(folder, unlock);
    }
    EXHIBIT_TRY(auto keys, loadOrCreateKeys(folder, unlock));
    EXHIBIT_TRY(auto heads, HeadsFile::open(folder / "heads"));
    EXHIBIT_TRY(auto signer, makeSigner(options, std::move(keys), std::move(heads)));
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
    EXHIBIT_TRY(service.sandbox, shutIn(options.token.folders));
    Service(std::move(signer), std::move(service)).run();
    return {};
}

struct KeyChangeFlag {
    const char* name;
    const char* help;
    KeyChange change;
};

CLI::Option* addKeyChange(CLI::App& app, Options& options, const KeyChangeFlag& flag)
{
    const auto choose = [&options, change = flag.change](std::int64_t) { options.change = change; };
    return app.add_flag_function(flag.name, choose, flag.help);
}

void addTokenOptions(CLI::App& app, Options& options)
{
    auto& token = options.token;
    auto* const module = app.add_option(
        "--pkcs11-module", token.module, "Library of a token that holds the signing keys");
    const auto add = [&](const char* name, std::string& value, const char* help) {
        return app.add_option(name, value, help)->needs(module);
    };
    module->needs(add("--pkcs11-token", token.token, "Label of the token"));
    module->needs(add("--pkcs11-pin-file", token.pinFile, "File with its PIN, mode 0600"));
    add("--make-token-key", options.tokenKeyToMake, "Make an Ed25519 key of that label, and end");
    app.add_option("--token-folder", token.folders, "Folder that the module opens files in")
        ->needs(module);
    auto& vault = options.vault;
    auto* const socket = app.add_option(
        "--vault-socket", vault.socket, "Unix socket of a Vault agent; transit holds the keys");
    socket->excludes(module);
    app.add_option("--vault-mount", vault.mount, "Where transit is mounted")
        ->needs(socket)
        ->capture_default_str();
    app.add_option("--vault-token-file", vault.tokenFile, "File with the token, mode 0600")
        ->needs(socket);
    auto& names = options.names;
    app.add_option("--log-key", names.log, "Its key for the logs")->capture_default_str();
    app.add_option("--previous-log-key", names.previousLog, "The one before it, which signs too");
    app.add_option("--certificate-key", names.certificate, "Its key for certificates and packs")
        ->capture_default_str();
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
    addKeyChange(app,
                 options,
                 {"--rotate-log-key",
                  "Make a new key for the logs and end; the old one goes on signing beside it",
                  rotateLogKey})
        ->excludes(socket);
    addKeyChange(app,
                 options,
                 {"--end-previous-log-key",
                  "Let the old key of the logs sign no more, and end",
                  endPreviousLogKey})
        ->excludes(socket);
    addKeyChange(app,
                 options,
                 {"--rotate-certificate-key",
                  "Make a new key for certificates and packs, and end",
                  rotateCertificateKey})
        ->excludes(socket);
    app.add_option(
           "--requests-per-minute", options.requestsPerMinute, "For callers that are not exhibitd")
        ->capture_default_str();
    addTokenOptions(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (options.socket.empty() && options.change == nullptr && options.tokenKeyToMake.empty()) {
        std::cerr << "exhibit-signer: --socket or a change of the keys is required\n";
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
