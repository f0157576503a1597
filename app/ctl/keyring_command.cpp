// SPDX-License-Identifier: Apache-2.0
// The keyring: drafted by the server, signed offline with the root key, published.
#include "app/ctl/commands.h"
#include "app/ctl/failure_report.h"
#include "app/ctl/output_file.h"
#include "app/ctl/table.h"
#include "models/evidence/checkpoint.h"
#include "models/evidence/keyring.h"
#include "models/evidence/mapped_file.h"
#include "models/evidence/note_signer.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace exhibit::ctl {
namespace {

struct KeyringOptions {
    std::string name; ///< Of a new root key.
    std::string file;
    std::string output;
    std::string rootFile;
    std::string rootKey;
    std::vector<std::string> revocations; ///< VKEY@SIZE
};

Result<Bytes> readNote(const std::string& file)
{
    EXHIBIT_TRY(const auto mapped, evidence::MappedFile::open(file));
    if (mapped.bytes().size() > limits::kNoteBytesMax) {
        return fail(ErrorCode::TooLarge, "The file is too large for a keyring.", file);
    }
    return Bytes(mapped.bytes());
}

/// A new file that its owner alone may read.
Result<void> writePrivate(const std::string& file, const Secret& text)
{
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return fail(ErrorCode::InvalidInput, std::strerror(errno), file);
    }
    const std::string line = text.expose() + "\n";
    const bool written
        = ::write(descriptor, line.data(), line.size()) == static_cast<ssize_t>(line.size())
        && ::fsync(descriptor) == 0;
    ::close(descriptor);
    if (!written) {
        return fail(ErrorCode::Unavailable, "The key cannot be written.", file);
    }
    return {};
}

Result<evidence::NoteSigner> readRoot(const std::string& file)
{
    struct stat status { };
    if (::stat(file.c_str(), &status) == 0 && (status.st_mode & 0077U) != 0) {
        return fail(ErrorCode::Forbidden, "Others may read the root key: chmod 600.", file);
    }
    EXHIBIT_TRY(const Bytes text, readNote(file));
    return evidence::NoteSigner::parse(Secret(text));
}

Result<void> writeText(Session& session, const std::string& file, const std::string& text)
{
    if (file.empty()) {
        session.out().stream << text;
        return {};
    }
    return writeFile(file, text);
}

Result<void> revoke(std::vector<evidence::KeyringLine>& lines, const std::string& revocation)
{
    const std::size_t at = revocation.rfind('@');
    if (at == revocation.npos) {
        return fail(ErrorCode::InvalidInput, "A revocation reads VKEY@SIZE.", revocation);
    }
    EXHIBIT_TRY(const auto size, evidence::parseTreeNumber(revocation.substr(at + 1)));
    bool found = false;
    for (auto& line : lines) {
        if (line.key.text() == revocation.substr(0, at)) {
            line.status = evidence::KeyStatus::Revoked;
            line.toSize = size;
            found = true;
        }
    }
    if (!found) {
        return fail(ErrorCode::NotFound, "The keyring does not list that key.", revocation);
    }
    return {};
}

/// Text, or a note whose signatures are left behind.
Result<std::string> signKeyring(const KeyringOptions& options)
{
    EXHIBIT_TRY(const auto root, readRoot(options.rootFile));
    EXHIBIT_TRY(Bytes text, readNote(options.file));
    if (const auto note = evidence::parseNote(text)) {
        text = note->text;
    }
    EXHIBIT_TRY(auto lines, evidence::parseKeyring(text));
    for (const auto& revocation : options.revocations) {
        EXHIBIT_CHECK(revoke(lines, revocation));
    }
    return root.sign(evidence::writeKeyring(lines));
}

int makeRoot(Session& session, const KeyringOptions& options)
{
    const auto root = evidence::NoteSigner::generate(options.name);
    const auto written
        = root ? writePrivate(options.output, root->text()) : tl::make_unexpected(root.error());
    if (!written) {
        return report(written.error(), session.json());
    }
    if (session.json()) {
        session.printJsonLine(JsonObject{{"root", root->key().text()}, {"file", options.output}});
    } else {
        session.out().stream << root->key().text() << "\n";
    }
    return kDone;
}

int draft(Session& session, const KeyringOptions& options)
{
    const auto text = session.wait(session.client().keyringDraft());
    if (!text) {
        return report(text.error(), session.json());
    }
    const auto written = writeText(session, options.output, *text);
    return written ? kDone : report(written.error(), session.json());
}

int sign(Session& session, const KeyringOptions& options)
{
    const auto note = signKeyring(options);
    const auto written
        = note ? writeText(session, options.output, *note) : tl::make_unexpected(note.error());
    return written ? kDone : report(written.error(), session.json());
}

int publish(Session& session, const KeyringOptions& options)
{
    const auto note = readNote(options.file);
    if (!note) {
        return report(note.error(), session.json());
    }
    const auto done = session.wait(session.client().publishKeyring(options.rootKey, *note));
    if (!done) {
        return report(done.error(), session.json());
    }
    if (session.json()) {
        session.printJsonLine(*done);
    } else {
        session.out().stream << "published as version " << printJson(done->at("version")) << "\n";
    }
    return kDone;
}

int show(Session& session)
{
    const auto keyring = session.wait(session.client().keyring());
    if (!keyring) {
        return report(keyring.error(), session.json());
    }
    if (session.json()) {
        session.printJsonLine(*keyring);
    } else {
        session.out().stream << stringMember(*keyring, "note");
    }
    return kDone;
}

using Action = int (*)(Session&, const KeyringOptions&);
void runs(CLI::App* command,
          Invocation& invocation,
          const std::shared_ptr<KeyringOptions>& options,
          Action action,
          bool keyNeeded)
{
    command->callback([options, action, keyNeeded, &invocation] {
        invocation.keyNeeded = keyNeeded;
        invocation.run = [options, action](Session& session) { return action(session, *options); };
    });
}

} // namespace

void addKeyringCommand(CLI::App& app, Invocation& invocation)
{
    auto* group = app.add_subcommand("keyring", "The keys of the log, as an offline root vouches");
    group->require_subcommand(1);
    const auto options = std::make_shared<KeyringOptions>();
    auto* root = group->add_subcommand("root", "Make a root key; keep the file offline");
    root->add_option("name", options->name, "Name of the key, e.g. example.com/root")->required();
    root->add_option("-o,--output", options->output, "New file for the private key")
        ->required()
        ->type_name("FILE");
    runs(root, invocation, options, makeRoot, false);

    auto* drafted = group->add_subcommand("draft", "What is to be signed, as the server knows it");
    drafted->add_option("-o,--output", options->output)->type_name("FILE");
    runs(drafted, invocation, options, draft, true);

    auto* signing = group->add_subcommand("sign", "Sign a draft with the root key, offline");
    signing->add_option("file", options->file, "The draft, or a keyring")->required();
    signing->add_option("--root", options->rootFile, "The root's private key")
        ->required()
        ->type_name("FILE");
    signing
        ->add_option("--revoke",
                     options->revocations,
                     "Revoke a key; what the log held up to that size stays good")
        ->type_name("VKEY@SIZE");
    signing->add_option("-o,--output", options->output)->type_name("FILE");
    runs(signing, invocation, options, sign, false);

    auto* published = group->add_subcommand("publish", "Publish a signed keyring");
    published->add_option("file", options->file, "The keyring note")->required();
    published->add_option("--root-key", options->rootKey, "The root that signed it")
        ->required()
        ->type_name("VKEY");
    runs(published, invocation, options, publish, true);

    group->add_subcommand("show", "The keyring that was published last")->callback([&invocation] {
        invocation.run = show;
    });
}

} // namespace exhibit::ctl
