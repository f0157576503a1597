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
        if (const auto known = m_known.find(id); known != m_known.end()) {
            return SubjectKey{id, known->second};
        }
    }
    EXHIBIT_TRY(Secret key, m_wrapper->unwrap(wrapped));
    const std::scoped_lock lock(m_mutex);
    if (m_known.size() >= kKnownMax) {
        m_known.clear();
    }
    m_known.emplace(id, key);
    return SubjectKey{id, std::move(key)};
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

Result<std::map<Uuid, SubjectKey>> SubjectKeys::byId(Transaction& transaction,
                                                     const std::vector<Uuid>& ids)
{
    std::vector<std::string> texts;
    for (const auto& id : ids) {
        texts.push_back(id.hyphenated());
    }
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT key_id, wrapped FROM subject_keys"
                                  " WHERE tenant_id = $1 AND key_id = ANY ($2::uuid[])",
                                  {transaction.tenant(), Parameter::array(texts)}));
    std::map<Uuid, SubjectKey> keys;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        EXHIBIT_TRY(auto key, unwrap(rows.uuid(row, 0), rows.bytes(row, 1)));
        const Uuid id = key.id;
        keys.emplace(id, std::move(key));
    }
    return keys;
}

void SubjectKeys::forget(Uuid id)
{
    const std::scoped_lock lock(m_mutex);
    m_known.erase(id);
}

} // namespace exhibit::storage
