// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/note.h"

/// What a witness answers to an add-checkpoint request (C2SP tlog-witness).
namespace exhibit::evidence {

/// The media type of the answer 409, whose body is the size that the witness saw last.
inline constexpr std::string_view kWitnessSizeType = "text/x.tlog.size";

/// The cosignature of that witness over the checkpoint, as a line of the note with its line feed.
/// What others signed is left out. InvalidInput when the answer has none that fits.
[[nodiscard]] Result<std::string> cosignatureIn(BytesView answer,
                                                BytesView checkpoint,
                                                const NoteKey& witness);
/// A decimal and a line feed.
[[nodiscard]] Result<std::uint64_t> witnessedSizeIn(BytesView answer);

} // namespace exhibit::evidence
