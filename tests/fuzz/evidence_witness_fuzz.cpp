// SPDX-License-Identifier: Apache-2.0
// Any answer of a witness: what is taken of it leaves the note's text as it was.
#include "models/base/assert.h"
#include "models/evidence/keyring.h"
#include "models/evidence/note_signer.h"
#include "models/evidence/witness.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace exhibit;
    using namespace exhibit::evidence;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static const auto signer = NoteSigner::generate("w.example").value();
    static const std::string note = signer.sign("log.example\n7\nAAAA\n").value();
    if (const auto line = cosignatureIn(text, note, signer.key())) {
        EXHIBIT_ASSERT(parseNote(note + *line).value().text == parseNote(note).value().text);
    }
    static_cast<void>(witnessedSizeIn(text));
    static_cast<void>(NoteSigner::parse(Secret(std::string(text))));
    if (const auto lines = parseKeyring(text)) {
        EXHIBIT_ASSERT(writeKeyring(parseKeyring(writeKeyring(*lines)).value())
                       == writeKeyring(*lines));
    }
    return 0;
}
