// SPDX-License-Identifier: Apache-2.0
// Plumbing: one format each, for scripts and other people's tests.
#include "app/ctl/commands.h"
#include "app/ctl/failure_report.h"
#include "models/base/base64.h"
#include "models/base/canonical_json.h"
#include "models/evidence/bag.h"
#include "models/evidence/checkpoint.h"
#include "models/evidence/dsse.h"
#include "models/evidence/jcs.h"
#include "models/evidence/mapped_file.h"
#include "models/evidence/zip_reader.h"

#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

namespace exhibit::ctl {
namespace {

struct PlumbingOptions {
    std::string file;
    std::string profile = "restricted";
    std::string key; ///< A note key, or a public key in hexadecimal or PEM.
    std::string entry;
    std::string leafHash;
    std::string firstRoot;
    std::string root;
    std::string proof;
    std::uint64_t index = 0;
    std::uint64_t firstSize = 0;
    std::uint64_t size = 0;
};

/// What a command found: exit code 0 or 1, and what it prints beside "valid".
struct Finding {
    bool good = false;
    JsonObject details;
};
using Plumbing = Result<Finding> (*)(const PlumbingOptions&);

/// A file, or standard input for "-".
Result<Bytes> readInput(const std::string& file)
{
    if (file != "-") {
        EXHIBIT_TRY(const auto mapped, evidence::MappedFile::open(file));
        return Bytes(mapped.bytes());
    }
    Bytes bytes;
    std::array<char, 65536> buffer{};
    while (std::cin.read(buffer.data(), buffer.size()) || std::cin.gcount() > 0) {
        bytes.append(buffer.data(), static_cast<std::size_t>(std::cin.gcount()));
        if (bytes.size() > limits::kPackFileBytesMax) {
            return fail(ErrorCode::TooLarge, "The input is too large.");
        }
    }
    return bytes;
}

/// Hexadecimal or base64.
Result<Digest> readHash(std::string_view text)
{
    if (const auto bytes = fromHex(text); bytes && bytes->size() == Digest{}.size()) {
        Digest digest{};
        std::copy(bytes->begin(), bytes->end(), digest.begin());
        return digest;
    }
    return evidence::parseTreeHash(text);
}

Result<evidence::Proof> readProof(const std::string& list)
{
    evidence::Proof proof;
    std::istringstream stream(list);
    for (std::string hash; std::getline(stream, hash, ',');) {
        EXHIBIT_TRY(const Digest digest, readHash(hash));
        proof.push_back(digest);
    }
    return proof;
}

Result<Finding> checkNote(const PlumbingOptions& options)
{
    EXHIBIT_TRY(const Bytes bytes, readInput(options.file));
    EXHIBIT_TRY(const auto key, evidence::NoteKey::parse(options.key));
    EXHIBIT_TRY(const auto note, evidence::parseNote(bytes));
    const auto verified = evidence::verifyNote(note, {&key, 1});
    return Finding{verified && !verified->empty(), JsonObject{{"key", key.text()}}};
}

Result<Finding> checkInclusion(const PlumbingOptions& options)
{
    EXHIBIT_TRY(const Digest leaf, readHash(options.leafHash));
    EXHIBIT_TRY(const Digest root, readHash(options.root));
    EXHIBIT_TRY(const auto proof, readProof(options.proof));
    return Finding{evidence::verifyInclusion(leaf, options.index, options.size, root, proof), {}};
}

Result<Finding> checkConsistency(const PlumbingOptions& options)
{
    EXHIBIT_TRY(const Digest first, readHash(options.firstRoot));
    EXHIBIT_TRY(const Digest second, readHash(options.root));
    EXHIBIT_TRY(const auto proof, readProof(options.proof));
    return Finding{
        evidence::verifyConsistency({options.firstSize, first}, {options.size, second}, proof), {}};
}

Result<Finding> checkProof(const PlumbingOptions& options)
{
    EXHIBIT_TRY(const Bytes bytes, readInput(options.file));
    EXHIBIT_TRY(const Bytes entry, readInput(options.entry));
    EXHIBIT_TRY(const auto key, evidence::NoteKey::parse(options.key));
    EXHIBIT_TRY(const auto proof, evidence::parseTlogProof(bytes));
    EXHIBIT_TRY(const auto checkpoint, evidence::parseSignedCheckpoint(proof.checkpoint));
    const auto verified = evidence::verifyNote(checkpoint.note, {&key, 1});
    const auto& [origin, head] = checkpoint.checkpoint;
    const bool isSigned = verified && !verified->empty();
    const bool included = evidence::verifyInclusion(
        evidence::leafHash(entry), proof.index, head.size, head.root, proof.hashes);
    return Finding{isSigned && included,
                   JsonObject{{"signed", isSigned},
                              {"included", included},
                              {"origin", origin},
                              {"index", proof.index},
                              {"size", head.size}}};
}

Result<Finding> checkDsse(const PlumbingOptions& options)
{
    EXHIBIT_TRY(const Bytes bytes, readInput(options.file));
    auto key = evidence::PublicKey::fromText(options.key);
    if (!key) {
        EXHIBIT_TRY(const Bytes pem, readInput(options.key));
        EXHIBIT_TRY(key, evidence::PublicKey::fromText(pem));
    }
    EXHIBIT_TRY(const auto envelope, evidence::parseEnvelope(bytes));
    return Finding{!evidence::verifyEnvelope(envelope, {&*key, 1}).empty(),
                   JsonObject{{"payload_type", envelope.payloadType},
                              {"payload_sha256", toHex(asView(sha256(envelope.payload)))}}};
}

Result<Finding> checkBag(const PlumbingOptions& options)
{
    EXHIBIT_TRY(const auto files, evidence::openBagFolder(options.file));
    EXHIBIT_TRY(const auto bag, evidence::checkBag(*files));
    JsonArray failures;
    for (const auto& finding : bag.failures) {
        failures.push_back(JsonObject{{"file", finding.subject}, {"detail", finding.detail}});
    }
    return Finding{bag.failures.empty(),
                   JsonObject{{"version", bag.version},
                              {"payload_files", bag.payloadFiles},
                              {"failures", std::move(failures)}}};
}

Result<Finding> checkZip(const PlumbingOptions& options)
{
    EXHIBIT_TRY(const auto mapped, evidence::MappedFile::open(options.file));
    EXHIBIT_TRY(const auto archive, evidence::ZipArchive::open(mapped.bytes()));
    for (const auto& file : archive.files()) {
        EXHIBIT_CHECK(archive.read(file));
    }
    const auto headers = archive.headers();
    return Finding{headers != evidence::ZipHeaders::Mixed,
                   JsonObject{{"files", archive.files().size()}, {"headers", wireName(headers)}}};
}

int runPlumbing(Session& session, const PlumbingOptions& options, Plumbing command)
{
    auto finding = command(options);
    if (!finding) {
        (void)report(finding.error(), session.json());
        return kWrongUsage;
    }
    JsonObject line{{"valid", finding->good}};
    for (auto& member : finding->details) {
        line.emplace(member.key(), std::move(member.value()));
    }
    session.printJsonLine(Json(std::move(line)));
    return finding->good ? kDone : kNo;
}

int canonicalise(Session& session, const PlumbingOptions& options)
{
    const auto canonical = [&options]() -> Result<std::string> {
        EXHIBIT_TRY(const Bytes bytes, readInput(options.file));
        if (options.profile == "rfc8785") {
            return evidence::canonicaliseRfc8785(bytes);
        }
        // What is no I-JSON, a name that stands twice say, has no restricted form either.
        EXHIBIT_CHECK(evidence::canonicaliseRfc8785(bytes));
        EXHIBIT_TRY(const Json json, parseJson(bytes));
        return canonicalJson(json);
    }();
    if (!canonical) {
        (void)report(canonical.error(), session.json());
        return kWrongUsage;
    }
    session.out().stream << *canonical;
    return kDone;
}

} // namespace

void addEvidenceCommand(CLI::App& app, Invocation& invocation)
{
    auto options = std::make_shared<PlumbingOptions>();
    auto* group = app.add_subcommand("evidence", "Plumbing: one format of evidence each");
    group->require_subcommand(1);
    const auto add = [&](const char* name, const char* help, Plumbing run) {
        auto* command = group->add_subcommand(name, help);
        command->callback([options, run, &invocation] {
            invocation.keyNeeded = false;
            invocation.run
                = [options, run](Session& session) { return runPlumbing(session, *options, run); };
        });
        return command;
    };
    const auto file = [&](CLI::App* command) {
        command->add_option("file", options->file, "- reads standard input")->required();
        return command;
    };
    auto* jcs = file(group->add_subcommand("jcs", "Print the canonical form of a JSON text"));
    jcs->add_option("--profile", options->profile)
        ->check(CLI::IsMember({"rfc8785", "restricted"}))
        ->capture_default_str();
    jcs->callback([options, &invocation] {
        invocation.keyNeeded = false;
        invocation.run = [options](Session& session) { return canonicalise(session, *options); };
    });
    file(add("note", "Check a signed note", checkNote))
        ->add_option("--vkey", options->key)
        ->required();
    auto* inclusion = add("inclusion", "Check an inclusion proof", checkInclusion);
    inclusion->add_option("--leaf-hash", options->leafHash)->required();
    inclusion->add_option("--index", options->index)->required();
    inclusion->add_option("--size", options->size)->required();
    inclusion->add_option("--root", options->root)->required();
    inclusion->add_option("--proof", options->proof, "Hashes, separated by commas");
    auto* consistency = add("consistency", "Check a consistency proof", checkConsistency);
    consistency->add_option("--size1", options->firstSize)->required();
    consistency->add_option("--root1", options->firstRoot)->required();
    consistency->add_option("--size2", options->size)->required();
    consistency->add_option("--root2", options->root)->required();
    consistency->add_option("--proof", options->proof, "Hashes, separated by commas");
    auto* proof = file(add("proof", "Check a C2SP tlog-proof of an entry", checkProof));
    proof->add_option("--entry", options->entry)->required();
    proof->add_option("--vkey", options->key)->required();
    file(add("dsse", "Check a DSSE envelope", checkDsse))
        ->add_option("--key", options->key, "Hexadecimal or a PEM file")
        ->required();
    file(add("bag", "Check a folder as a BagIt bag", checkBag));
    file(add("zip", "Check a ZIP file against the profile of packs", checkZip));
}

} // namespace exhibit::ctl
