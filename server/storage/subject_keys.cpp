// SPDX-License-Identifier: Apache-2.0
#include "server/storage/subject_keys.h"

#include "server/spool/aes_gcm.h"
#include "server/storage/ingest_insert.h"

namespace exhibit::storage {
namespace {

constexpr std::size_t kKnownMax = 20'000;

} // namespace

SubjectKeys::SubjectKeys(std::shared_ptr<spool::KeyWrapper> wrapper)
    : m_wrapper(std::move(wrapper))
{
}

Result<SubjectKey> SubjectKeys::unwrap(Uuid id, BytesView wrapped)
{
    {
        const std::scoped_lock lock(m_mutex);
        const auto known = m_known.find(id);
        if (known != m_known.end() && known->second.wrapped == wrapped) {
            return SubjectKey{id, known->second.key};
        }
    }
    EXHIBIT_TRY(Secret key, m_wrapper->unwrap(wrapped));
    const std::scoped_lock lock(m_mutex);
    if (m_known.size() >= kKnownMax) {
        m_known.clear();
    }
    m_known.insert_or_assign(id, Known{Bytes(wrapped), key});
    return SubjectKey{id, std::move(key)};
}

Result<void> SubjectKeys::checkWrapper(Transaction& transaction)
{
    EXHIBIT_TRY(const Rows rows, transaction.query("SELECT tenant_id, wrapped FROM tenant_keys()"));
    std::set<TenantId> shut;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto key = m_wrapper->unwrap(rows.bytes(row, 1));
        if (!key && key.error().code != ErrorCode::Corrupt) {
            return tl::make_unexpected(key.error());
        }
        if (!key) {
            shut.insert(TenantId{rows.uuid(row, 0)});
        }
    }
    std::string names;
    for (const auto& tenant : shut) {
        names += (names.empty() ? "" : " ") + tenant.text();
    }
    const std::scoped_lock lock(m_mutex);
    m_allShut = !shut.empty() && shut.size() == rows.size();
    m_shut = std::move(shut);
    if (!m_shut.empty()) {
        return fail(ErrorCode::Corrupt, "the tenants' keys do not open under this signer", names);
    }
    return {};
}

void SubjectKeys::admit(TenantId tenant)
{
    const std::scoped_lock lock(m_mutex);
    m_shut.erase(tenant);
    m_allShut = false;
}

Result<void> SubjectKeys::expectOpens(TenantId tenant) const
{
    const std::scoped_lock lock(m_mutex);
    if (m_allShut || m_shut.contains(tenant)) {
        return fail(ErrorCode::Unavailable,
                    "the signer is not the one that the recorded fields were sealed with");
    }
    return {};
}

Result<void> SubjectKeys::create(Transaction& transaction, const std::vector<SubjectId>& subjects)
{
    std::vector<Parameters> rows;
    for (const auto& subject : subjects) {
        EXHIBIT_TRY(const Bytes wrapped, m_wrapper->wrap(spool::makeKey()));
        rows.push_back({transaction.tenant(), Uuid::v7(), subject, Parameter::bytes(wrapped)});
    }
    std::vector<Statement> statements;
    appendInserts(statements,
                  {"INSERT INTO subject_keys (tenant_id, key_id, subject, wrapped)",
                   "(?,?,?,?)",
                   " ON CONFLICT DO NOTHING"},
                  std::move(rows));
    EXHIBIT_CHECK(transaction.pipeline(statements));
    return {};
}

Result<std::map<SubjectId, SubjectKey>> SubjectKeys::forSubjects(
    Transaction& transaction, const std::vector<SubjectId>& subjects)
{
    EXHIBIT_CHECK(expectOpens(transaction.tenant()));
    std::map<SubjectId, SubjectKey> keys;
    const auto read = [&]() -> Result<void> {
        EXHIBIT_TRY(const Rows rows,
                    transaction.query("SELECT key_id, subject, wrapped FROM subject_keys"
                                      " WHERE tenant_id = $1 AND subject = ANY ($2)",
                                      {transaction.tenant(), Parameter::array(subjects)}));
        for (std::size_t row = 0; row < rows.size(); ++row) {
            EXHIBIT_TRY(auto key, unwrap(rows.uuid(row, 0), rows.bytes(row, 2)));
            keys.emplace(rows.text(row, 1), std::move(key));
        }
        return {};
    };
    EXHIBIT_CHECK(read());
    std::vector<SubjectId> missing;
    for (const auto& subject : subjects) {
        if (!keys.contains(subject)) {
            missing.push_back(subject);
        }
    }
    if (!missing.empty()) {
        EXHIBIT_CHECK(create(transaction, missing));
        EXHIBIT_CHECK(read());
    }
    for (const auto& subject : subjects) {
        if (!keys.contains(subject)) {
            return fail(ErrorCode::Unavailable, "a subject's key was destroyed meanwhile");
        }
    }
    return keys;
}

Result<KnownKeys> SubjectKeys::byId(Transaction& transaction, const std::vector<Uuid>& ids)
{
    EXHIBIT_CHECK(expectOpens(transaction.tenant()));
    std::vector<std::string> texts;
    for (const auto& id : ids) {
        texts.push_back(id.hyphenated());
    }
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT key_id, wrapped, false FROM subject_keys"
                                  " WHERE tenant_id = $1 AND key_id = ANY ($2::uuid[])"
                                  " UNION ALL SELECT key_id, '', true FROM lost_keys"
                                  " WHERE tenant_id = $1 AND key_id = ANY ($2::uuid[])",
                                  {transaction.tenant(), Parameter::array(texts)}));
    KnownKeys known;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const Uuid id = rows.uuid(row, 0);
        if (rows.boolean(row, 2)) {
            known.lost.insert(id);
            continue;
        }
        auto key = unwrap(id, rows.bytes(row, 1));
        if (!key && key.error().code != ErrorCode::Corrupt) {
            return tl::make_unexpected(key.error());
        }
        if (key) {
            known.keys.emplace(id, *std::move(key));
        } else {
            known.damaged.insert(id);
        }
    }
    return known;
}

void SubjectKeys::forget(Uuid id)
{
    const std::scoped_lock lock(m_mutex);
    m_known.erase(id);
}

} // namespace exhibit::storage
