// SPDX-License-Identifier: Apache-2.0
#include "server/storage/walls.h"

#include <array>

namespace exhibit::storage {
namespace {

constexpr const char* kChangeable
    = "SELECT NOT EXISTS (SELECT FROM append_only_tables AS a"
      " LEFT JOIN pg_class c ON c.relname = a.table_name"
      "  AND c.relnamespace = 'exhibit'::regnamespace"
      " CROSS JOIN (VALUES (role_name('writer')), (role_name('reader'))) AS serving(name)"
      " WHERE c.oid IS NULL"
      " OR NOT EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
      "  WHERE t.tgrelid = c.oid AND p.proname = 'refuse_change' AND t.tgenabled IN ('O', 'A'))"
      " OR has_any_column_privilege(serving.name, c.oid, 'UPDATE')"
      " OR has_table_privilege(serving.name, c.oid, 'DELETE, TRUNCATE'))";
// Search tables belong to a role that nobody can become; all others bind their owner too.
constexpr const char* kOpen
    = "SELECT NOT EXISTS (SELECT FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
      "  WHERE c.relnamespace = 'exhibit'::regnamespace AND c.relkind IN ('r', 'p')"
      "  AND a.attname = 'tenant_id' AND NOT a.attisdropped"
      "  AND (NOT c.relrowsecurity OR NOT (c.relforcerowsecurity"
      "   OR pg_get_userbyid(c.relowner) = role_name('search'))))"
      " AND NOT EXISTS (SELECT FROM pg_roles"
      "  WHERE rolname IN (role_name('writer'), role_name('reader'))"
      "  AND (rolsuper OR rolbypassrls OR pg_has_role(rolname, role_name('owner'), 'MEMBER')))";

} // namespace

Result<Walls> inspectWalls(Database& database, Deadline deadline)
{
    return database.read(TenantId{}, deadline, [](Transaction& transaction) -> Result<Walls> {
        const std::array statements{Statement{kChangeable, {}}, Statement{kOpen, {}}};
        EXHIBIT_TRY(const auto results, transaction.pipeline(statements));
        return Walls{results[0].boolean(0, 0), results[1].boolean(0, 0)};
    });
}

} // namespace exhibit::storage
