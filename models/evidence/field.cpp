// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/field.h"

#include "models/base/assert.h"
#include "models/base/base64.h"
#include "models/base/canonical_json.h"
#include "models/base/json_walk.h"
#include "models/evidence/keys.h"

#include <openssl/rand.h>

#include <algorithm>

namespace exhibit::evidence {
namespace {

constexpr std::string_view kVersion = "exhibit/field/v1";

tl::unexpected<Error> malformed(std::string why)
{
    return fail(ErrorCode::InvalidInput, "the field file is malformed: " + std::move(why));
}

/// What the raw text of a string says; nullopt when that is not its canonical spelling.
std::optional<std::string> canonicalText(BytesView raw)
{
    if (!isValidUtf8(raw)) {
        return std::nullopt;
    }
    const bool plain = std::all_of(raw.begin(), raw.end(), [](char c) {
        return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
    });
    if (plain) {
        return std::string(raw);
    }
    const std::string quoted = '"' + std::string(raw) + '"';
    const auto walk = JsonWalk::parse(quoted);
    auto text = walk ? std::optional(walk->string(0)) : std::nullopt;
    return text && quoteJson(*text) == quoted ? std::move(text) : std::nullopt;
}

/// Where the string that begins at `text` ends: at its closing quote, or npos.
std::size_t endOfString(BytesView text)
{
    std::size_t at = text.find_first_of("\"\\");
    while (at < text.size() && text[at] == '\\') {
        at = text.find_first_of("\"\\", at + 2);
    }
    return at;
}

/// The field of a file whose value is a text, read where it stands: that is a tenth of the work.
/// nullopt says nothing about the file.
std::optional<Field> parseText(BytesView file)
{
    constexpr std::string_view kBegin = R"(["exhibit/field/v1",")";
    constexpr std::string_view kBetween = R"(",")";
    constexpr std::size_t kSaltText = 43;
    if (!file.starts_with(kBegin)) {
        return std::nullopt;
    }
    file.remove_prefix(kBegin.size());
    if (file.size() < kSaltText || file.substr(kSaltText, kBetween.size()) != kBetween) {
        return std::nullopt;
    }
    auto salt = fromBase64Url(file.substr(0, kSaltText));
    file.remove_prefix(kSaltText + kBetween.size());
    const auto pathEnd = endOfString(file);
    if (!salt || salt->size() != kSaltBytes || pathEnd == file.npos
        || file.substr(pathEnd, kBetween.size()) != kBetween) {
        return std::nullopt;
    }
    auto path = canonicalText(file.substr(0, pathEnd));
    file.remove_prefix(pathEnd + kBetween.size());
    const auto end = endOfString(file);
    if (!path || !path->starts_with('/') || end == file.npos || file.substr(end) != "\"]") {
        return std::nullopt;
    }
    const auto value = canonicalText(file.substr(0, end));
    return value ? std::optional(Field{*std::move(salt), *std::move(path), Json(*value), {}})
                 : std::nullopt;
}

} // namespace

Result<Bytes> writeField(const Field& field)
{
    EXHIBIT_ASSERT(field.salt.size() == kSaltBytes);
    // Most values are text; without a value tree that is a tenth of the work.
    if (const auto* text = field.value.if_string(); text != nullptr && !field.pad) {
        if (!isValidUtf8(*text) || !isValidUtf8(field.path)) {
            return fail(ErrorCode::InvalidInput, "a field is not UTF-8", field.path);
        }
        Bytes file = "[\"" + std::string(kVersion) + "\",\"" + toBase64Url(field.salt) + "\",";
        file += quoteJson(field.path);
        file += ',';
        file += quoteJson(*text);
        file += ']';
        return file;
    }
    JsonArray array{Json(kVersion), Json(toBase64Url(field.salt)), Json(field.path), field.value};
    if (field.pad) {
        array.push_back(Json(*field.pad));
    }
    return canonicalJson(Json(std::move(array)));
}

Result<Field> parseField(BytesView file)
{
    if (file.size() > limits::kFieldFileBytesMax) {
        return fail(ErrorCode::TooLarge, "the field file is larger than field files may be");
    }
    if (auto field = parseText(file)) {
        return *std::move(field);
    }
    EXHIBIT_TRY(const Json json, parseCanonicalJson(file));
    const auto* array = json.if_array();
    if (array == nullptr || array->size() < 4 || array->size() > 5) {
        return malformed("expected an array of four or five");
    }
    const auto text = [&](std::size_t at) -> std::optional<std::string> {
        const auto* string = (*array)[at].if_string();
        return string == nullptr ? std::nullopt : std::optional(std::string(*string));
    };
    if (text(0) != kVersion) {
        return malformed("not exhibit/field/v1");
    }
    Field field;
    auto salt = fromBase64Url(text(1).value_or(""));
    if (!salt || salt->size() != kSaltBytes) {
        return malformed("the salt is not 32 bytes");
    }
    field.salt = *std::move(salt);
    field.path = text(2).value_or("");
    if (!field.path.starts_with('/')) {
        return malformed("the path is no JSON pointer");
    }
    field.value = (*array)[3];
    if (array->size() == 5) {
        field.pad = text(4);
        if (!field.pad) {
            return malformed("the padding is not text");
        }
    }
    return field;
}

Json blobValue(BytesView blob, BytesView salt)
{
    return JsonObject{{"blob",
                       JsonObject{{"size", static_cast<std::int64_t>(blob.size())},
                                  {"hmac", toHex(hmacSha256(salt, blob))}}}};
}

std::optional<BlobReference> blobReference(const Json& value)
{
    const Json* blob = findMember(value, "blob");
    if (blob == nullptr || value.get_object().size() != 1) {
        return std::nullopt;
    }
    const Json* size = findMember(*blob, "size");
    const auto hmac = fromHex(stringMember(*blob, "hmac"));
    if (size == nullptr || !size->is_int64() || size->get_int64() < 0 || !hmac
        || hmac->size() != 32) {
        return std::nullopt;
    }
    return BlobReference{static_cast<std::uint64_t>(size->get_int64()), *hmac};
}

Json byteValue(BytesView bytes)
{
    if (isValidUtf8(bytes)) {
        return Json(bytes);
    }
    return JsonObject{{"b64", toBase64(bytes)}};
}

std::optional<Bytes> bytesOf(const Json& value)
{
    if (const auto* text = value.if_string()) {
        return Bytes(*text);
    }
    const Json* encoded = findMember(value, "b64");
    if (encoded == nullptr || !encoded->is_string() || value.get_object().size() != 1) {
        return std::nullopt;
    }
    auto bytes = fromBase64(encoded->get_string());
    return bytes ? std::optional(*std::move(bytes)) : std::nullopt;
}

Bytes randomSalts(std::size_t count)
{
    Bytes salt(kSaltBytes * count, '\0');
    EXHIBIT_ASSERT(
        RAND_bytes(reinterpret_cast<unsigned char*>(salt.data()), static_cast<int>(salt.size()))
        == 1);
    return salt;
}

} // namespace exhibit::evidence
