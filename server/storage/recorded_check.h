// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/recorded_binding.h"

#include <functional>

namespace exhibit::storage {

/// Compares the rows of calls, their bytes and steps, of decisions and of incidents with what a
/// page of entries commits to. What was erased or cannot be read is left alone, and so are the
/// bytes of calls whose rows are gone: both are kept by the month. The links by which entries are
/// found have to lead to them.
class RecordedCheck {
public:
    using Found = std::function<void(std::uint64_t sequence, std::string problem)>;
    /// All outlive the object.
    RecordedCheck(Transaction& transaction, SubjectKeys& keys, const Found& found)
        : m_transaction(transaction)
        , m_keys(keys)
        , m_found(found)
    {
    }

    /// Whether entries of the type tell of such rows.
    [[nodiscard]] static bool isAbout(std::string_view type);
    [[nodiscard]] Result<void> check(const std::vector<Commitment>& page);

private:
    using Entries = std::map<Uuid, const Commitment*>;
    [[nodiscard]] Result<void> checkCalls(const Entries& entries);
    [[nodiscard]] Result<void> checkBodies(const Entries& entries, const std::vector<CallId>& ids);
    [[nodiscard]] Result<void> checkGone(Entries entries, const Rows& bodies);
    void checkRowsThere(const Entries& entries, const Rows& rows, std::string_view what);
    [[nodiscard]] Result<void> checkLinks(const Entries& entries);
    [[nodiscard]] Result<bool> isOfSame(const Commitment& entry, const Rows& rows, std::size_t row);
    [[nodiscard]] Result<void> checkSteps(const Entries& entries);
    [[nodiscard]] Result<void> checkDecisions(const Entries& entries);
    [[nodiscard]] Result<void> checkIncidents(const Entries& entries);
    void found(const Commitment& entry, const std::string& problem);

    Transaction& m_transaction;
    SubjectKeys& m_keys;
    const Found& m_found;
};

} // namespace exhibit::storage
