// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/pack.h"

#include "models/base/canonical_json.h"
#include "models/base/limits.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::evidence {
namespace {

constexpr std::string_view kBagDeclaration
    = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

std::string hexDigest(BytesView bytes)
{
    return toHex(asView(sha256(bytes)));
}

Result<Redaction> parseRedaction(const Json& json)
{
    const auto malformed
        = [] { return fail(ErrorCode::InvalidInput, "a redaction lacks seq, p or d"); };
    const auto number = [&json](std::string_view name) -> std::optional<std::uint64_t> {
        const Json* member = findMember(json, name);
        const bool whole = member != nullptr && member->is_int64() && member->get_int64() >= 0;
        return whole ? std::optional(static_cast<std::uint64_t>(member->get_int64()))
                     : std::nullopt;
    };
    Redaction redaction;
    const auto sequence = number("seq");
    const auto digest = fromHex(stringMember(json, "d"));
    redaction.path = stringMember(json, "p");
    redaction.reason = stringMember(json, "reason");
    redaction.by = stringMember(json, "by");
    redaction.erasedBy = number("erased");
    if (!sequence || !digest || digest->size() != redaction.digest.size()
        || redaction.path.empty()) {
        return malformed();
    }
    redaction.sequence = *sequence;
    std::copy(digest->begin(), digest->end(), redaction.digest.begin());
    return redaction;
}

} // namespace

std::string entryPath(std::uint64_t sequence)
{
    return fmt::format("data/entries/{:010}.json", sequence);
}

std::string fieldPath(std::uint64_t sequence, std::size_t position)
{
    return fmt::format("data/fields/{:010}/{:02}.json", sequence, position);
}

std::string blobPath(std::uint64_t sequence, std::size_t position)
{
    return fmt::format("data/fields/{:010}/{:02}.blob", sequence, position);
}

std::string proofPath(std::uint64_t sequence)
{
    return fmt::format("data/proofs/{:010}.tlog-proof", sequence);
}

std::string checkpointPath(std::uint64_t size)
{
    return fmt::format("data/checkpoints/{}.note", size);
}

std::string tokenPath(std::uint64_t size)
{
    return fmt::format("data/checkpoints/{}.tsr", size);
}

std::string consistencyPath(std::uint64_t first, std::uint64_t second)
{
    return fmt::format("data/consistency/{}-{}.txt", first, second);
}

std::string openingPath(std::int32_t epoch, std::string_view file)
{
    return fmt::format("{}{}/{}", kLogsFolder, epoch, file);
}

std::string openingFieldPath(std::int32_t epoch, std::size_t position)
{
    return fmt::format("{}{}/fields/{:02}.json", kLogsFolder, epoch, position);
}

std::string certificatePath(std::string_view id)
{
    return fmt::format("data/certificates/{}.dsse.json", id);
}

std::string certificatePayloadPath(std::string_view id)
{
    return fmt::format("data/certificates/{}.payload.json", id);
}

Result<Bytes> writeRedactions(std::vector<Redaction> redactions)
{
    std::sort(redactions.begin(), redactions.end(), [](const auto& a, const auto& b) {
        return std::tie(a.sequence, a.path) < std::tie(b.sequence, b.path);
    });
    JsonArray array;
    for (const auto& redaction : redactions) {
        JsonObject object{{"d", toHex(asView(redaction.digest))},
                          {"p", redaction.path},
                          {"reason", redaction.reason},
                          {"seq", redaction.sequence}};
        if (!redaction.by.empty()) {
            object.emplace("by", redaction.by);
        }
        if (redaction.erasedBy) {
            object.emplace("erased", *redaction.erasedBy);
        }
        array.push_back(std::move(object));
    }
    return canonicalJson(Json(std::move(array)));
}

Result<std::vector<Redaction>> parseRedactions(BytesView text)
{
    EXHIBIT_TRY(const Json json, parseCanonicalJson(text));
    if (!json.is_array()) {
        return fail(ErrorCode::InvalidInput, "redactions.json is no array");
    }
    std::vector<Redaction> redactions;
    for (const auto& element : json.get_array()) {
        EXHIBIT_TRY(auto redaction, parseRedaction(element));
        redactions.push_back(std::move(redaction));
    }
    return redactions;
}

Result<Bytes> writePackStatement(const PackStatement& statement, const Digest& tagManifest)
{
    JsonObject predicate{{"logOrigin", statement.origin},
                         {"pack", statement.id},
                         {"treeSize", statement.treeSize},
                         {"withheld", statement.withheld}};
    if (!statement.exporter.empty()) {
        predicate.emplace("exporter", statement.exporter);
    }
    if (!statement.caseId.empty()) {
        predicate.emplace("case", statement.caseId);
    }
    return writeStatement({{{std::string(kTagManifest), tagManifest}},
                           std::string(kPackPredicate),
                           Json(std::move(predicate))});
}

Result<std::map<std::string, Bytes>> makeBag(const PackStatement& statement,
                                             const std::string& date,
                                             PackPayload payload,
                                             const PackSigner& signer)
{
    std::vector<ManifestLine> manifest;
    std::uint64_t bytes = 0;
    for (const auto& [path, content] : payload) {
        manifest.push_back({hexDigest(content), path});
        bytes += content.size();
    }
    const std::size_t count = payload.size();
    auto bag = std::move(payload);
    bag["bagit.txt"] = kBagDeclaration;
    bag["bag-info.txt"]
        = fmt::format("Payload-Oxum: {}.{}\nBagging-Date: {}\nExternal-Identifier: {}\n",
                      bytes,
                      count,
                      date,
                      statement.id);
    bag["manifest-sha256.txt"] = writeManifest(std::move(manifest));
    std::vector<ManifestLine> tags;
    for (const auto* name : {"bag-info.txt", "bagit.txt", "manifest-sha256.txt"}) {
        tags.push_back({hexDigest(bag[name]), name});
    }
    const Bytes tagManifest = writeManifest(std::move(tags));
    bag[std::string(kTagManifest)] = tagManifest;
    EXHIBIT_TRY(const Envelope envelope, signer(statement, sha256(tagManifest)));
    bag[std::string(kPackSignature)] = writeEnvelope(envelope);
    return bag;
}

Result<void> writePack(const std::string& id,
                       const std::map<std::string, Bytes>& bag,
                       const ZipWriter::Sink& sink)
{
    ZipWriter writer(sink);
    EXHIBIT_CHECK(writer.add("mimetype", kPackMimetype));
    for (const auto& [path, content] : bag) {
        EXHIBIT_CHECK(writer.add(fmt::format("exhibit-{}/{}", id, path), content));
    }
    return writer.finish();
}

Pack::Pack(ZipArchive archive, std::string top)
    : m_archive(std::move(archive))
    , m_top(std::move(top))
{
    for (const auto& file : m_archive.files()) {
        if (file.name.starts_with(m_top)) {
            m_names.push_back(file.name.substr(m_top.size()));
        }
    }
    std::sort(m_names.begin(), m_names.end());
}

Result<Pack> Pack::open(BytesView bytes)
{
    EXHIBIT_TRY(ZipArchive archive, ZipArchive::open(bytes));
    const auto& files = archive.files();
    std::string top;
    if (!files.empty()) {
        const std::string& last = files.back().name;
        top = last.substr(0, last.find('/') == last.npos ? 0 : last.find('/') + 1);
    }
    if (files.empty() || top.empty()) {
        return fail(ErrorCode::InvalidInput, "the archive holds no bag");
    }
    if (files.front().name == "mimetype") {
        EXHIBIT_TRY(const ZipContent content, archive.read(files.front()));
        if (files.front().method != 0 || content.view() != kPackMimetype) {
            return fail(ErrorCode::InvalidInput, "the mimetype is not that of a pack");
        }
    }
    return Pack(std::move(archive), std::move(top));
}

const ZipFile* Pack::file(const std::string& name) const
{
    return m_archive.find(m_top + name);
}

bool Pack::has(const std::string& name) const
{
    return file(name) != nullptr;
}

std::uint64_t Pack::size(const std::string& name) const
{
    const auto* found = file(name);
    return found == nullptr ? 0 : found->bytes;
}

Result<ZipContent> Pack::content(const std::string& name) const
{
    const auto* found = file(name);
    if (found == nullptr) {
        return fail(ErrorCode::NotFound, "the pack has no such file", name);
    }
    return m_archive.readAgain(*found);
}

Result<Bytes> Pack::read(const std::string& name) const
{
    if (size(name) > limits::kBagTagFileBytesMax) {
        return fail(ErrorCode::TooLarge, "the tag file is too large", name);
    }
    EXHIBIT_TRY(const ZipContent found, content(name));
    return Bytes(found.view());
}

Result<std::string> Pack::digest(const std::string& name, const std::string& algorithm) const
{
    const auto* found = file(name);
    if (algorithm != "sha256" || found == nullptr) {
        return fail(ErrorCode::InvalidInput, "packs have SHA-256 manifests alone", name);
    }
    EXHIBIT_TRY(const ZipContent whole, m_archive.read(*found));
    return hexDigest(whole.view());
}

std::vector<std::string> Pack::under(std::string_view prefix) const
{
    std::vector<std::string> found;
    for (auto it = std::lower_bound(m_names.begin(), m_names.end(), prefix);
         it != m_names.end() && it->starts_with(prefix);
         ++it) {
        found.push_back(*it);
    }
    return found;
}

} // namespace exhibit::evidence
