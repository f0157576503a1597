// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/time.h"
#include "models/evidence/merkle.h"
#include "models/evidence/pack.h"
#include "server/spool/key_wrapper.h"

#include <filesystem>
#include <mutex>

namespace exhibit::signer {

/// The signer as the server's parts see it. One connection, made anew when it breaks; calls wait
/// for one another. Unavailable while the signer is away: the caller tries again later, no call of
/// the gateway depends on it. Any thread.
class SignerClient {
public:
    explicit SignerClient(std::filesystem::path socket);
    ~SignerClient();
    SignerClient(const SignerClient&) = delete;
    SignerClient& operator=(const SignerClient&) = delete;

    /// The reply; a refusal is its error.
    [[nodiscard]] Result<Json> call(const Json& request);

    struct PublicKeys {
        Bytes log; ///< 32 bytes of Ed25519.
        Bytes previousLog; ///< Empty unless the key was rotated.
        Bytes certificate;
        std::string pdfCertificate; ///< PEM; empty when reports are not signed.
    };
    [[nodiscard]] Result<PublicKeys> publicKeys();
    /// The head signed last, whatever the database says; nullopt when none was.
    [[nodiscard]] Result<std::optional<evidence::TreeHead>> lastHead(const std::string& origin);
    /// The signed note. `proof`: from the last head to this one.
    [[nodiscard]] Result<std::string> signCheckpoint(const std::string& origin,
                                                     const evidence::TreeHead& head,
                                                     const evidence::Proof& proof);
    [[nodiscard]] Result<evidence::Envelope> signPack(const evidence::PackStatement& statement,
                                                      const Digest& tagManifest);

    /// The detached CMS signature of a PDF whose bytes around it have that digest.
    [[nodiscard]] Result<Bytes> signPdf(const std::string& id, const Digest& document);
    /// Of a replay certificate; the signer makes the statement's bytes itself.
    [[nodiscard]] Result<evidence::Envelope> signCertificate(
        const std::vector<evidence::StatementSubject>& subjects, const Json& predicate);
    /// The internal tag over the same bytes.
    [[nodiscard]] Result<Bytes> macCertificate(
        const std::vector<evidence::StatementSubject>& subjects, const Json& predicate);

private:
    [[nodiscard]] Result<Json> exchange(const Json& request);
    void disconnect();

    std::filesystem::path m_socket;
    std::mutex m_mutex;
    int m_descriptor = -1;
};

/// Wraps subjects' data keys under a key that this process holds, so that ingest meets new subjects
/// while the signer is away. At rest, in FOLDER/fields.key, that key is wrapped by the signer;
/// Corrupt when it is not the signer that wrapped it.
[[nodiscard]] Result<std::shared_ptr<spool::KeyWrapper>> subjectKeyWrapper(
    const std::filesystem::path& folder, const std::shared_ptr<SignerClient>& client);
/// The same, asked for when it is first needed and until the signer answers.
[[nodiscard]] std::shared_ptr<spool::KeyWrapper> lateKeyWrapper(
    std::filesystem::path folder, std::shared_ptr<SignerClient> client);
/// Moves FOLDER/fields.key out of the way when this signer does not open it, never over another
/// file; whether it did. Unavailable while the signer is away.
[[nodiscard]] Result<bool> setForeignFieldsKeyAside(const std::filesystem::path& folder,
                                                    const std::shared_ptr<SignerClient>& client);

} // namespace exhibit::signer
