// SPDX-License-Identifier: Apache-2.0
#include "server/storage/erased_keys.h"

#include "server/ops/log.h"
#include "server/storage/descriptor.h"
#include "server/storage/erasure.h"
#include "server/storage/newest_heads.h"
#include "server/storage/private_file.h"

#include <fcntl.h>

#include <fstream>
#include <iterator>

namespace exhibit::storage {
namespace {

constexpr std::string_view kErasedEntry = "field.erased";
constexpr const char* kBasis = "erased before; applied again to a database that was restored";

std::string lineOf(const ErasedKeys::Id& id)
{
    return id.first.value.hyphenated() + " " + id.second.hyphenated() + "\n";
}

Result<ErasedKeys::Id> parseLine(std::string_view line)
{
    const auto space = line.find(' ');
    EXHIBIT_TRY(const auto tenant, Uuid::parseHyphenated(line.substr(0, space)));
    EXHIBIT_TRY(const auto key,
                Uuid::parseHyphenated(space == line.npos ? "" : line.substr(space + 1)));
    return ErasedKeys::Id{TenantId{tenant}, key};
}

struct KeptSubject {
    Uuid key;
    SubjectId subject;
};

/// Of those keys the ones that are there, set aside as lost or not.
Result<std::vector<KeptSubject>> keptOf(Transaction& transaction, const std::vector<Uuid>& keys)
{
    std::vector<std::string> ids;
    for (const auto& key : keys) {
        ids.push_back(key.hyphenated());
    }
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT key_id, subject FROM subject_keys WHERE tenant_id = $1"
                                  " AND key_id = ANY($2::uuid[]) UNION"
                                  " SELECT key_id, subject FROM lost_keys WHERE tenant_id = $1"
                                  " AND key_id = ANY($2::uuid[])",
                                  {transaction.tenant(), Parameter::array(ids)}));
    std::vector<KeptSubject> kept;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        kept.push_back({rows.uuid(row, 0), SubjectId(rows.text(row, 1))});
    }
    return kept;
}

/// What the tenant's audit log says was erased, by whichever replica.
Result<std::vector<std::string>> namedErasures(Transaction& transaction)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT DISTINCT resource FROM audit_logs WHERE tenant_id = $1"
                                  " AND action = $2 AND resource <> ''",
                                  {transaction.tenant(), kErasedEntry}));
    std::vector<std::string> keys;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        keys.emplace_back(rows.text(row, 0));
    }
    return keys;
}

Result<std::size_t> eraseAgainOf(const ErasureServices& services,
                                 TenantId tenant,
                                 Deadline deadline)
{
    EXHIBIT_TRY(const auto named, services.database.read(tenant, deadline, namedErasures));
    for (const auto& text : named) {
        if (const auto key = Uuid::parseHyphenated(text)) {
            EXHIBIT_CHECK(services.erased.add(tenant, *key));
        }
    }
    const auto look
        = [&](Transaction& transaction) { return keptOf(transaction, services.erased.of(tenant)); };
    EXHIBIT_TRY(const auto kept, services.database.write(tenant, deadline, look));
    if (!kept.empty()) {
        EXHIBIT_CHECK(services.prepare(tenant));
    }
    std::size_t erased = 0;
    for (const auto& [key, subject] : kept) {
        const auto erase = [&, &of = subject](Transaction& transaction) {
            return eraseSubject(transaction,
                                services.ledger,
                                services.ledger.keys(),
                                {"exhibitd", "", ""},
                                of,
                                kBasis);
        };
        const auto done = services.database.write(tenant, deadline, erase);
        if (!done && done.error().code == ErrorCode::Conflict) {
            ops::logError("key {} was destroyed before and is back: {}",
                          key.hyphenated(),
                          done.error().message);
            continue;
        }
        EXHIBIT_CHECK(done);
        ++erased;
    }
    return erased;
}

} // namespace

Result<std::unique_ptr<ErasedKeys>> ErasedKeys::open(std::filesystem::path file)
{
    std::unique_ptr<ErasedKeys> list(new ErasedKeys(std::move(file)));
    std::ifstream stream(list->m_file, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(stream), {});
    for (std::string_view rest = text; !rest.empty();) {
        const auto end = rest.find('\n');
        if (end == rest.npos) {
            list->m_torn = true;
            break;
        }
        const auto id = parseLine(rest.substr(0, end));
        if (!id) {
            return fail(ErrorCode::Corrupt, "a line is no pair of ids", list->m_file.string());
        }
        list->m_ids.insert(*id);
        rest.remove_prefix(end + 1);
    }
    return list;
}

Result<void> ErasedKeys::add(TenantId tenant, Uuid key)
{
    const std::scoped_lock lock(m_mutex);
    const Id id{tenant, key};
    if (m_ids.contains(id)) {
        return {};
    }
    const bool isNew = !std::filesystem::exists(m_file);
    const Descriptor file(
        ::open(m_file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600)); // NOLINT
    const auto size = m_torn ? std::filesystem::file_size(m_file) : 0;
    const std::string line = lineOf(id);
    // A torn line goes first: what follows it would be read with it.
    const auto whole = m_torn ? size - size % line.size() : 0;
    const bool written = file.get() >= 0
        && (!m_torn || ::ftruncate(file.get(), static_cast<off_t>(whole)) == 0)
        && ::write(file.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size())
        && ::fdatasync(file.get()) == 0;
    if (!written) {
        m_torn = true;
        return fail(ErrorCode::Unavailable, "the list of erased keys cannot be written");
    }
    m_torn = false;
    m_ids.insert(id);
    return isNew ? syncFolder(m_file.parent_path()) : Result<void>();
}

std::vector<Uuid> ErasedKeys::of(TenantId tenant) const
{
    const std::scoped_lock lock(m_mutex);
    std::vector<Uuid> keys;
    for (auto id = m_ids.lower_bound({tenant, Uuid{}}); id != m_ids.end() && id->first == tenant;
         ++id) {
        keys.push_back(id->second);
    }
    return keys;
}

Result<std::size_t> eraseAgain(const ErasureServices& services, Deadline deadline)
{
    std::size_t erased = 0;
    EXHIBIT_TRY(const auto tenants, allTenants(services.database, deadline));
    for (const auto& tenant : tenants) {
        EXHIBIT_TRY(const auto count, eraseAgainOf(services, tenant, deadline));
        erased += count;
    }
    return erased;
}

} // namespace exhibit::storage
