// SPDX-License-Identifier: Apache-2.0
#include "server/main/ledger_service.h"

#include "models/evidence/timestamp_request.h"
#include "models/report/cms_time_stamp.h"
#include "models/report/pdf_finish.h"
#include "server/ops/log.h"
#include "server/storage/newest_heads.h"

#include <fmt/format.h>

namespace exhibit::server {
namespace {

constexpr std::chrono::milliseconds kSignerPause{100};
constexpr std::chrono::seconds kCheckTimeout{30};
constexpr std::chrono::seconds kErasuresTimeout{600};
constexpr const char* kStrangeSigner
    = "the signer in {} is not the one that the evidence was recorded with: its folder was lost or "
      "replaced. Stop exhibitd and put the folder back from a backup, as a whole; only where there "
      "is none: exhibitd replace-signer --reason TEXT";
constexpr std::chrono::seconds kStampTimeout{5};
constexpr std::size_t kTimestampBytesMax = 256 * 1024;
constexpr std::size_t kWitnessBytesMax = 16 * 1024;

/// The newest first.
Result<std::vector<evidence::NoteKey>> noteKeys(signer::SignerClient& client,
                                                const std::string& origin)
{
    EXHIBIT_TRY(const auto keys, client.publicKeys());
    std::vector<evidence::NoteKey> named;
    for (const Bytes& raw : {keys.log, keys.previousLog}) {
        if (!raw.empty()) {
            EXHIBIT_TRY(const auto key, evidence::PublicKey::fromEd25519(raw));
            EXHIBIT_TRY(auto note, evidence::NoteKey::make(origin, key));
            named.push_back(std::move(note));
        }
    }
    return named;
}

} // namespace

std::unique_ptr<LedgerService> LedgerService::open(const Configuration& configuration,
                                                   Deadline deadline)
{
    std::unique_ptr<LedgerService> service(new LedgerService);
    service->m_tsaUrl = configuration.tsaUrl;
    service->m_witnessList = configuration.witnesses;
    auto& folder = service->m_folder = configuration.signerDir;
    if (folder.empty()) {
        folder = configuration.dataDir / "signer";
        service->m_process = signer::SignerProcess::start(folder);
        if (const auto answers = service->m_process->waitUntilItAnswers(deadline); !answers) {
            ops::logError("{}; calls go on and wait in the spool", answers.error().message);
            service->note(answers.error().message);
        }
    }
    service->m_signer
        = std::make_shared<signer::SignerClient>(signer::SignerProcess::socketIn(folder));
    service->m_keys
        = std::make_unique<storage::SubjectKeys>(signer::lateKeyWrapper(folder, service->m_signer));
    service->m_ledger
        = std::make_unique<storage::ChainLedger>(*service->m_keys, configuration.logHost);
    auto erased = storage::ErasedKeys::open(configuration.dataDir / "erased-keys");
    if (!erased) {
        ops::logError("{}: {}; erasures are not applied again after a restore",
                      erased.error().subject,
                      erased.error().message);
    } else {
        service->m_erased = *std::move(erased);
    }
    return service;
}

void LedgerService::start(storage::Database& database)
{
    if (startWhenKnown(database)) {
        return;
    }
    m_starting = std::jthread([this, &database](const std::stop_token& stop) {
        while (!stop.stop_requested() && !startWhenKnown(database)) {
            std::this_thread::sleep_for(kSignerPause);
        }
    });
}

Result<void> LedgerService::checkKeys(storage::Database& database)
{
    return database.read(TenantId::generate(),
                         Deadline::after(kCheckTimeout),
                         [this](auto& transaction) { return m_keys->checkWrapper(transaction); });
}

bool LedgerService::startWhenKnown(storage::Database& database)
{
    const auto checked = checkKeys(database);
    if (checked) {
        note({});
        applyErasures(database);
        startSigning();
        return true;
    }
    if (checked.error().code != ErrorCode::Corrupt) {
        return false;
    }
    const std::string trouble = fmt::format(kStrangeSigner, m_folder.string());
    ops::logError("{} (tenants: {})", trouble, checked.error().subject);
    note(trouble);
    return true;
}

void LedgerService::note(const std::string& trouble)
{
    const std::scoped_lock lock(m_troubleMutex);
    m_trouble = trouble;
}

/// A restored backup brings back what was erased since it was made.
void LedgerService::applyErasures(storage::Database& database)
{
    if (!m_erased) {
        return;
    }
    const auto deadline = Deadline::after(kErasuresTimeout);
    const auto prepare = [this, deadline](TenantId tenant) -> Result<void> {
        EXHIBIT_CHECK(m_checkpointer->checkTenant(tenant, deadline));
        return {};
    };
    const auto erased = storage::eraseAgain({database, *m_ledger, *m_erased, prepare}, deadline);
    if (!erased) {
        ops::logError("erasures could not be applied again: {}", erased.error().message);
    } else if (*erased > 0) {
        ops::logWarning("{} subjects that were erased before were back, as after a restore, and "
                        "are erased again",
                        *erased);
    }
}

void LedgerService::startSigning()
{
    m_checkpointer->start();
    if (m_timeStamps) {
        m_timeStamps->start();
    }
    if (m_witnesses) {
        m_witnesses->start();
    }
}

Result<Bytes> LedgerService::askAuthority(const Bytes& request, Deadline deadline) const
{
    EXHIBIT_TRY(auto reply,
                m_post->post({m_tsaUrl, std::string(evidence::kTimestampQueryType), request},
                             deadline,
                             kTimestampBytesMax));
    if (reply.status != 200) {
        return fail(ErrorCode::Unavailable,
                    "it answered with the status " + std::to_string(reply.status));
    }
    return std::move(reply.body);
}

void LedgerService::useAuthority(storage::Database& database, ops::Metrics& metrics)
{
    const auto ask = [this](const Bytes& request, Deadline deadline) {
        return askAuthority(request, deadline);
    };
    m_timeStamps = std::make_unique<storage::TimeStamps>(
        storage::TimeStamps::Services{database, m_tsaUrl, ask, metrics});
}

Result<Bytes> LedgerService::signPdf(const std::string& id, const Digest& document) const
{
    EXHIBIT_TRY(Bytes signature, m_signer->signPdf(id, document));
    if (m_tsaUrl.empty()) {
        return signature;
    }
    const auto stamped = [&]() -> Result<Bytes> {
        EXHIBIT_TRY(const Bytes value, report::signatureValueOf(signature));
        EXHIBIT_TRY(const Bytes request, evidence::makeTimestampRequest(value));
        EXHIBIT_TRY(const Bytes response, askAuthority(request, Deadline::after(kStampTimeout)));
        EXHIBIT_CHECK(evidence::expectTimestampReply(response, request));
        EXHIBIT_TRY(auto whole, report::withTimeStamp(signature, response));
        if (whole.size() > report::kSignatureBytes) {
            return fail(ErrorCode::TooLarge, "the time stamp has no room in the file");
        }
        return whole;
    }();
    if (!stamped) {
        ops::logWarning(
            "no time stamp in a report, from {}: {}", m_tsaUrl, stamped.error().message);
        return signature;
    }
    return *stamped;
}

void LedgerService::useWitnesses(storage::Database& database, ops::Metrics& metrics)
{
    const auto post = [this](const std::string& url,
                             const Bytes& body,
                             Deadline deadline) -> Result<storage::Witnesses::Answer> {
        EXHIBIT_TRY(auto reply,
                    m_post->post({url, "text/plain", body}, deadline, kWitnessBytesMax));
        return storage::Witnesses::Answer{reply.status, std::move(reply.body)};
    };
    m_witnesses = std::make_unique<storage::Witnesses>(
        storage::Witnesses::Services{database, m_witnessList, post, metrics});
}

/// Witnesses first: a time stamp is over the note with what they said.
Result<storage::StoredCheckpoint> LedgerService::attest(storage::Database& database,
                                                        TenantId tenant,
                                                        const storage::StoredCheckpoint& checkpoint,
                                                        Deadline deadline)
{
    storage::StoredCheckpoint attested = checkpoint;
    if (m_witnesses) {
        m_witnesses->cosign(tenant, attested);
        EXHIBIT_TRY(attested, storage::readAgain(database, tenant, attested, deadline));
    }
    if (m_timeStamps) {
        m_timeStamps->stamp(tenant, attested);
        EXHIBIT_TRY(attested, storage::readAgain(database, tenant, attested, deadline));
    }
    return attested;
}

void LedgerService::useDatabase(storage::Database& database,
                                ops::Metrics& metrics,
                                boost::asio::io_context& io)
{
    const auto client = m_signer;
    const storage::HeadSigner headSigner{
        [client](const std::string& origin) { return client->lastHead(origin); },
        [client](const std::string& origin,
                 const evidence::TreeHead& head,
                 const evidence::Proof& proof) {
            return client->signCheckpoint(origin, head, proof);
        },
        [client](const std::string& origin) { return noteKeys(*client, origin); }};
    m_checkpointer = std::make_unique<storage::Checkpointer>(
        storage::Checkpointer::Services{database, *m_ledger, headSigner, metrics});
    m_parts = std::make_unique<storage::LedgerParts>(storage::LedgerParts{
        *m_ledger,
        *m_keys,
        *m_checkpointer,
        [this] { return packKeys(); },
        [client](const std::vector<evidence::StatementSubject>& subjects,
                 const Json& predicate) -> Result<storage::SignedCertificate> {
            EXHIBIT_TRY(auto envelope, client->signCertificate(subjects, predicate));
            EXHIBIT_TRY(auto hmac, client->macCertificate(subjects, predicate));
            return storage::SignedCertificate{std::move(envelope), std::move(hmac)};
        },
        {},
        {}});
    if (m_erased) {
        m_parts->noteErased
            = [this](TenantId tenant, Uuid key) { return m_erased->add(tenant, key); };
    }
    m_post = std::make_unique<gateway::WebPost>(io);
    if (!m_tsaUrl.empty()) {
        useAuthority(database, metrics);
    }
    if (!m_witnessList.empty()) {
        useWitnesses(database, metrics);
    }
    if (m_timeStamps || m_witnesses) {
        m_parts->attest = [this, &database](TenantId tenant,
                                            const storage::StoredCheckpoint& checkpoint,
                                            Deadline deadline) {
            return attest(database, tenant, checkpoint, deadline);
        };
    }
    metrics.gauge("exhibit_ledger_entries_total",
                  "Entries this process appended to the ledger",
                  [this] { return static_cast<double>(m_ledger->appended()); });
}

Result<signer::SignerClient::PublicKeys> LedgerService::publicKeys() const
{
    auto keys = m_signer->publicKeys();
    const std::scoped_lock lock(m_keysMutex);
    if (keys) {
        m_publicKeys = *keys;
    } else if (m_publicKeys && keys.error().code == ErrorCode::Unavailable) {
        return *m_publicKeys;
    }
    return keys;
}

Result<storage::PackKeys> LedgerService::packKeys() const
{
    EXHIBIT_TRY(const auto keys, publicKeys());
    EXHIBIT_TRY(auto log, evidence::PublicKey::fromEd25519(keys.log));
    EXHIBIT_TRY(auto certificate, evidence::PublicKey::fromEd25519(keys.certificate));
    const auto client = m_signer;
    std::optional<evidence::PublicKey> previous;
    if (!keys.previousLog.empty()) {
        EXHIBIT_TRY(previous, evidence::PublicKey::fromEd25519(keys.previousLog));
    }
    return storage::PackKeys{
        std::move(log),
        std::move(previous),
        std::move(certificate),
        [client](const evidence::PackStatement& statement, const Digest& tagManifest) {
            return client->signPack(statement, tagManifest);
        },
        keys.pdfCertificate,
        [this](const std::string& id, const Digest& document) { return signPdf(id, document); }};
}

Json LedgerService::health() const
{
    std::string trouble = m_checkpointer->trouble();
    {
        const std::scoped_lock lock(m_troubleMutex);
        trouble = m_trouble.empty() ? trouble : m_trouble;
    }
    return JsonObject{{"ok", trouble.empty()},
                      {"detail", trouble.empty() ? "" : trouble + "; calls go on"}};
}

} // namespace exhibit::server
