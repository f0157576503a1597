// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/web_post.h"
#include "server/main/configuration.h"
#include "server/signer/client.h"
#include "server/signer/process.h"
#include "server/storage/erased_keys.h"
#include "server/storage/pack_export.h"
#include "server/storage/time_stamps.h"
#include "server/storage/witnesses.h"

#include <mutex>
#include <thread>

namespace exhibit::server {

/// The ledger and what it needs: the signing process, the key that wraps subjects' keys, the
/// sequencer, the thread that has heads signed.
class LedgerService {
public:
    /// Starts the signer, which makes the signing keys at the first start, unless another runs it.
    /// A signer that does not answer before the deadline does not stop anything: health() says so,
    /// and what needs it waits until it does.
    [[nodiscard]] static std::unique_ptr<LedgerService> open(const Configuration& configuration,
                                                             Deadline deadline);

    [[nodiscard]] storage::ChainLedger& ledger() { return *m_ledger; }
    [[nodiscard]] storage::SubjectKeys& keys() { return *m_keys; }
    /// Once the database is known; parts() is valid then. What is given outlives the object.
    void useDatabase(storage::Database& database,
                     ops::Metrics& metrics,
                     boost::asio::io_context& io);
    [[nodiscard]] const storage::LedgerParts& parts() const { return *m_parts; }
    /// The database answers: once the signer has been found to be the one that the evidence was
    /// recorded with, heads are checked and signed. A stranger signs nothing (docs/decisions/0086).
    void start(storage::Database& database);
    /// Whether the keys of all tenants open; as SubjectKeys::checkWrapper().
    [[nodiscard]] Result<void> checkKeys(storage::Database& database);
    [[nodiscard]] const std::shared_ptr<signer::SignerClient>& signer() const { return m_signer; }
    /// Where the signer's folder is.
    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder; }
    /// {"ok": ..., "detail": ...} for /health. Never waits.
    [[nodiscard]] Json health() const;

private:
    LedgerService() = default;
    /// False while it cannot be told yet whether the signer is the right one.
    [[nodiscard]] bool startWhenKnown(storage::Database& database);
    void startSigning();
    void applyErasures(storage::Database& database);
    void note(const std::string& trouble);
    [[nodiscard]] Result<storage::PackKeys> packKeys() const;
    /// The last ones known while the signer is away: certificates verify all the same.
    [[nodiscard]] Result<signer::SignerClient::PublicKeys> publicKeys() const;
    /// The response (DER) of the time stamp authority to a request (DER).
    [[nodiscard]] Result<Bytes> askAuthority(const Bytes& request, Deadline deadline) const;
    /// The signature of a report, with a time stamp where an authority gives one: one without it is
    /// as good as those of servers that have none.
    [[nodiscard]] Result<Bytes> signPdf(const std::string& id, const Digest& document) const;
    void useAuthority(storage::Database& database, ops::Metrics& metrics);
    void useWitnesses(storage::Database& database, ops::Metrics& metrics);
    [[nodiscard]] Result<storage::StoredCheckpoint> attest(
        storage::Database& database,
        TenantId tenant,
        const storage::StoredCheckpoint& checkpoint,
        Deadline deadline);

    std::filesystem::path m_folder;
    std::unique_ptr<signer::SignerProcess> m_process; ///< nullptr when another runs it.
    std::shared_ptr<signer::SignerClient> m_signer;
    std::unique_ptr<storage::SubjectKeys> m_keys;
    std::unique_ptr<storage::ChainLedger> m_ledger;
    std::unique_ptr<storage::ErasedKeys> m_erased; ///< nullptr when its file cannot be read.
    std::unique_ptr<storage::Checkpointer> m_checkpointer;
    mutable std::mutex m_keysMutex;
    mutable std::optional<signer::SignerClient::PublicKeys> m_publicKeys; ///< Under m_keysMutex.
    std::string m_tsaUrl;
    std::unique_ptr<gateway::WebPost> m_post;
    std::unique_ptr<storage::TimeStamps> m_timeStamps; ///< nullptr without an authority.
    std::vector<storage::Witnesses::Witness> m_witnessList;
    std::unique_ptr<storage::Witnesses> m_witnesses; ///< nullptr without one.
    std::unique_ptr<storage::LedgerParts> m_parts;
    mutable std::mutex m_troubleMutex;
    std::string m_trouble; ///< Why nothing is signed at all; under m_troubleMutex.
    std::jthread m_starting; ///< Until it is known whether the signer is the right one.
};

} // namespace exhibit::server
