// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/note.h"

/// The published list of a log's keys: the text of a note that the root key signs.
namespace exhibit::evidence {

enum class KeyStatus : std::uint8_t { Active, Retired, Revoked };

inline constexpr std::string_view kLogPurpose = "log";
inline constexpr std::string_view kCertificatePurpose = "certificate"; ///< Packs too.
inline constexpr std::string_view kWitnessPurpose = "witness";

/// One line of a keyring: "key PURPOSE VKEY FROM-SIZE TO-SIZE|- STATUS". Validity counts in sizes
/// of the tree that the key's name names: sizes are in the evidence, clocks are not.
struct KeyringLine {
    std::string purpose;
    NoteKey key;
    std::uint64_t fromSize = 0;
    std::optional<std::uint64_t> toSize;
    KeyStatus status = KeyStatus::Active;
};
/// The text of a keyring note; its signature is the caller's to check.
[[nodiscard]] Result<std::vector<KeyringLine>> parseKeyring(BytesView text);
[[nodiscard]] std::string writeKeyring(const std::vector<KeyringLine>& lines);

/// nullptr when it is not listed for that purpose.
[[nodiscard]] const KeyringLine* findKey(std::span<const KeyringLine> lines,
                                         std::string_view purpose,
                                         std::string_view vkey);
/// Conflict when `next` takes something back that `last` said: leaves a key out, or lets a revoked
/// one count again or for more. The subject is the key.
[[nodiscard]] Result<void> expectFollows(std::span<const KeyringLine> last,
                                         std::span<const KeyringLine> next);

} // namespace exhibit::evidence
