// SPDX-License-Identifier: Apache-2.0
#include "server/storage/incident_notes.h"

#include "server/storage/ingest_insert.h"

namespace exhibit::storage {

Result<std::vector<domain::IncidentNote>> notesOf(Transaction& transaction, IncidentId incident)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT note_id, note_text, author, created_at, withdrawn_at,"
                                  " withdrawn_by FROM incident_notes WHERE tenant_id = $1"
                                  " AND incident_id = $2 ORDER BY created_at, note_id",
                                  {transaction.tenant(), incident}));
    std::vector<domain::IncidentNote> notes;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        domain::IncidentNote note;
        note.noteId = {rows.uuid(row, 0)};
        note.text = rows.text(row, 1);
        note.author = rows.text(row, 2);
        note.createdAt = rows.time(row, 3);
        if (!rows.isNull(row, 4)) {
            note.withdrawnAt = rows.time(row, 4);
        }
        note.withdrawnBy = rows.optionalText(row, 5);
        notes.push_back(std::move(note));
    }
    return notes;
}

Result<void> changeNotes(Transaction& transaction,
                         IncidentId incident,
                         const IncidentChange& change,
                         const NewNote& added)
{
    if (change.addNote) {
        // The incident's row was updated by this transaction: two who write at once are counted
        // one after the other.
        EXHIBIT_TRY(const Rows rows,
                    transaction.query(
                        "INSERT INTO incident_notes (tenant_id, incident_id, note_id,"
                        " note_text, author, nonce) SELECT $1, $2, $3, $4, $5, $7 WHERE (SELECT"
                        " count(*) FROM incident_notes WHERE tenant_id = $1"
                        " AND incident_id = $2) < $6 RETURNING note_id",
                        {transaction.tenant(),
                         incident,
                         added.id,
                         storable(*change.addNote),
                         added.author,
                         kIncidentNotesMax,
                         Parameter::bytes(added.nonce)}));
        if (rows.empty()) {
            return fail(ErrorCode::InvalidInput, "an incident has at most 500 notes", "/add_note");
        }
    }
    if (change.withdrawNote) {
        EXHIBIT_TRY(const Rows rows,
                    transaction.query(
                        "UPDATE incident_notes SET withdrawn_at = now(),"
                        " withdrawn_by = $4 WHERE tenant_id = $1 AND incident_id = $2"
                        " AND note_id = $3 AND withdrawn_at IS NULL"
                        " RETURNING note_id",
                        {transaction.tenant(), incident, *change.withdrawNote, added.author}));
        if (rows.empty()) {
            return fail(ErrorCode::NotFound,
                        "there is no such note, or it was taken back already",
                        "/withdraw_note");
        }
    }
    return {};
}

} // namespace exhibit::storage
