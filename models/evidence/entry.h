// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/sha256.h"
#include "models/base/time.h"

#include <cstdint>
#include <string>
#include <vector>

/// Entries, the leaves of a log, and the files of their fields (evidence-format.md, 2.2 and 2.3):
///
///   entry := {"fields":[{"d":hex,"p":path}*],"log":origin,"prev":hex,"seq":n,"ts":time,
///             "type":type,"v":"exhibit/entry/v1"}                    restricted canonical JSON
///   field := ["exhibit/field/v1",salt,path,value(,pad)]
namespace exhibit::evidence {

struct FieldCommitment {
    Digest digest{}; ///< SHA-256 of the field file.
    std::string path; ///< JSON pointer, unique within the entry; never personal data.
};

struct Entry {
    std::vector<FieldCommitment> fields;
    std::string log; ///< Origin.
    Digest previous{}; ///< Hash of the entry before it, or of the genesis text.
    std::uint64_t sequence = 0;
    std::string time; ///< As formatTime() writes it; self-asserted.
    std::string type;
};

/// InvalidInput when it has no canonical form or breaks a limit.
[[nodiscard]] Result<Bytes> writeEntry(const Entry& entry);
/// Takes exactly what writeEntry() makes.
[[nodiscard]] Result<Entry> parseEntry(BytesView bytes);

/// What the chain binds, without the fields; views into the entry's bytes. The whole grammar is
/// checked all the same, except that paths are unique.
struct EntryHead {
    BytesView log;
    Digest previous{};
    std::uint64_t sequence = 0;
    BytesView time;
    BytesView type;
};
[[nodiscard]] Result<EntryHead> parseEntryHead(BytesView bytes);

/// "prev" of an origin's first entry.
[[nodiscard]] Digest genesisPrevious(std::string_view origin);
/// 1 to 64 of a-z 0-9 . _ -
[[nodiscard]] bool isEntryType(std::string_view type);
/// A schema-less URL without spaces, plus signs or controls, at most 255 bytes.
[[nodiscard]] bool isOrigin(std::string_view origin);

} // namespace exhibit::evidence
