// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/sha256.h"

#include <optional>
#include <string>

namespace exhibit::evidence {

inline constexpr std::size_t kSaltBytes = 32;

/// One disclosed value with what makes its digest unguessable.
struct Field {
    Bytes salt; ///< 32 random bytes, fresh for each field.
    std::string path;
    Json value;
    std::optional<std::string> pad; ///< Hides the length; means nothing.
};

/// The field file: canonical JSON whose SHA-256 the entry holds.
[[nodiscard]] Result<Bytes> writeField(const Field& field);
[[nodiscard]] Result<Field> parseField(BytesView file);

/// A value that is too long or not text to stand in a field file: the blob lies beside it.
struct BlobReference {
    std::uint64_t size = 0;
    Bytes hmac; ///< HMAC-SHA256 of the blob under the salt.
};
[[nodiscard]] Json blobValue(BytesView blob, BytesView salt);
/// nullopt when the value is no blob reference.
[[nodiscard]] std::optional<BlobReference> blobReference(const Json& value);

/// What stands for bytes: the text when they are UTF-8, else {"b64": ...}.
[[nodiscard]] Json byteValue(BytesView bytes);
/// The bytes again; nullopt when the value is neither.
[[nodiscard]] std::optional<Bytes> bytesOf(const Json& value);

/// 32 bytes for each of `count` fields.
[[nodiscard]] Bytes randomSalts(std::size_t count);

} // namespace exhibit::evidence
