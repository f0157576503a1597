// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/witness.h"

#include "models/evidence/checkpoint.h"

namespace exhibit::evidence {

Result<std::string> cosignatureIn(BytesView answer, BytesView checkpoint, const NoteKey& witness)
{
    EXHIBIT_TRY(const Note asked, parseNote(checkpoint));
    // Read as part of the note, so that lines which would change its text are none.
    EXHIBIT_TRY(const Note whole, parseNote(Bytes(checkpoint) + Bytes(answer)));
    if (whole.text != asked.text) {
        return fail(ErrorCode::InvalidInput, "the witness's answer is more than signatures");
    }
    for (std::size_t i = asked.signatures.size(); i < whole.signatures.size(); ++i) {
        const auto& line = whole.signatures[i];
        if (line.name == witness.name() && line.keyId == witness.id()
            && witness.verify(asked.text, line.signature)) {
            EXHIBIT_TRY(const std::string note, writeNote({asked.text, {line}}));
            return note.substr(asked.text.size() + 1);
        }
    }
    return fail(ErrorCode::InvalidInput, "the answer has no cosignature of the witness that fits");
}

Result<std::uint64_t> witnessedSizeIn(BytesView answer)
{
    if (!answer.ends_with('\n')) {
        return fail(ErrorCode::InvalidInput, "the witness names no size");
    }
    return parseTreeNumber(answer.substr(0, answer.size() - 1));
}

} // namespace exhibit::evidence
