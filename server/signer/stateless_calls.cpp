// SPDX-License-Identifier: Apache-2.0
// For other programs: what a log does, without a key and without a memory.
#include "models/base/base64.h"
#include "models/base/time.h"
#include "models/evidence/entry.h"
#include "models/evidence/merkle.h"
#include "server/signer/signer.h"

namespace exhibit::signer {
namespace {

Result<Bytes> bytesOf(const Json& request, std::string_view name)
{
    const Json* member = findMember(request, name);
    if (member == nullptr || !member->is_string()) {
        return fail(ErrorCode::InvalidInput, "the request lacks " + std::string(name));
    }
    return fromBase64(member->get_string());
}

Result<std::vector<Bytes>> entriesOf(const Json& request)
{
    const Json* list = findMember(request, "entries");
    if (list == nullptr || !list->is_array()) {
        return fail(ErrorCode::InvalidInput, "the request lacks entries");
    }
    std::vector<Bytes> entries;
    for (const auto& element : list->get_array()) {
        const auto* text = element.if_string();
        EXHIBIT_TRY(Bytes entry, fromBase64(text == nullptr ? "!" : std::string_view(*text)));
        entries.push_back(std::move(entry));
    }
    return entries;
}

Result<Json> hash(const Json& request)
{
    EXHIBIT_TRY(const Bytes data, bytesOf(request, "data"));
    return Json(JsonObject{{"sha256", toHex(asView(sha256(data)))}});
}

Result<Json> verifyChain(const Json& request)
{
    EXHIBIT_TRY(const auto entries, entriesOf(request));
    std::optional<Digest> previous;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto head = evidence::parseEntryHead(entries[i]);
        if (!head || (previous && head->previous != *previous)) {
            return Json(JsonObject{{"valid", false}, {"broken_at", i}});
        }
        previous = evidence::entryHash(entries[i]);
    }
    return Json(JsonObject{{"valid", true}, {"entries", entries.size()}});
}

Result<Json> merkleRoot(const Json& request)
{
    EXHIBIT_TRY(const auto entries, entriesOf(request));
    evidence::TreeEdge tree;
    for (const auto& entry : entries) {
        tree.append(evidence::leafHash(entry));
    }
    return Json(JsonObject{{"root", toBase64(asView(tree.root()))}, {"size", tree.size()}});
}

/// Chains a typed entry: {"log","seq","previous","type","fields":[{"path","digest"}]}.
Result<Json> signEntry(const Json& request)
{
    evidence::Entry entry;
    entry.log = stringMember(request, "log");
    entry.type = stringMember(request, "type");
    entry.time = formatTime(utcNow());
    const Json* sequence = findMember(request, "seq");
    const auto previous = fromHex(stringMember(request, "previous"));
    if (sequence == nullptr || !sequence->is_int64() || sequence->get_int64() < 0 || !previous
        || previous->size() != 32) {
        return fail(ErrorCode::InvalidInput, "the request lacks seq or previous");
    }
    entry.sequence = static_cast<std::uint64_t>(sequence->get_int64());
    std::copy(previous->begin(), previous->end(), entry.previous.begin());
    const Json* fields = findMember(request, "fields");
    for (const auto& field :
         fields != nullptr && fields->is_array() ? fields->get_array() : JsonArray{}) {
        const auto digest = fromHex(stringMember(field, "digest"));
        if (!digest || digest->size() != 32) {
            return fail(ErrorCode::InvalidInput, "a field lacks its digest");
        }
        evidence::FieldCommitment commitment{{}, std::string(stringMember(field, "path"))};
        std::copy(digest->begin(), digest->end(), commitment.digest.begin());
        entry.fields.push_back(std::move(commitment));
    }
    EXHIBIT_TRY(const Bytes bytes, evidence::writeEntry(entry));
    return Json(JsonObject{{"eventHash", toHex(asView(evidence::entryHash(bytes)))},
                           {"hashInput", bytes},
                           {"signedAt", entry.time}});
}

} // namespace

std::optional<Result<Json>> handleStateless(const Json& request)
{
    const auto call = stringMember(request, "call");
    if (call == "hash") {
        return hash(request);
    }
    if (call == "verify-chain") {
        return verifyChain(request);
    }
    if (call == "merkle-root") {
        return merkleRoot(request);
    }
    if (call == "sign-entry") {
        return signEntry(request);
    }
    return std::nullopt;
}

} // namespace exhibit::signer
