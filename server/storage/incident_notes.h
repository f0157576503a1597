// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/incident_store.h"

namespace exhibit::storage {

/// Oldest first.
[[nodiscard]] Result<std::vector<domain::IncidentNote>> notesOf(Transaction& transaction,
                                                                IncidentId incident);

struct NewNote {
    domain::NoteId id;
    std::string author;
    /// Key of the digest that the logs have of the text. An erasure empties both.
    Bytes nonce;
};

/// What the change says of notes; the incident exists. `added` is the note that it may add, and who
/// takes one back. NotFound for a note that is not there or was taken back before.
[[nodiscard]] Result<void> changeNotes(Transaction& transaction,
                                       IncidentId incident,
                                       const IncidentChange& change,
                                       const NewNote& added);

} // namespace exhibit::storage
