// SPDX-License-Identifier: Apache-2.0
#include "server/signer/keys_file.h"

#include "server/spool/aes_gcm.h"
#include "server/spool/local_file.h"

namespace exhibit::signer {
namespace {

constexpr BytesView kContext = "exhibit/signer-keys/v1";
constexpr std::size_t kFileBytesMax = 4096;
constexpr std::size_t kKeyCount
    = 4; ///< log, certificate, mac, wrapping; then the previous log key.

Result<SignerKeys> open(BytesView sealed, const Secret& unlock)
{
    EXHIBIT_TRY(const Bytes plain, spool::AesGcm(unlock).openWithNonce(kContext, sealed));
    const bool rotated = plain.size() == (kKeyCount + 1) * spool::kKeyBytes;
    if (!rotated && plain.size() != kKeyCount * spool::kKeyBytes) {
        return fail(ErrorCode::Corrupt, "the file with the signing keys has the wrong length");
    }
    const auto key = [&plain](std::size_t at) {
        return Secret(plain.substr(at * spool::kKeyBytes, spool::kKeyBytes));
    };
    return SignerKeys{key(0), rotated ? key(4) : Secret(), key(1), key(2), key(3)};
}

Bytes seal(const SignerKeys& keys, const Secret& unlock)
{
    const Secret plain(keys.logSeed.expose() + keys.certificateSeed.expose() + keys.macKey.expose()
                       + keys.wrappingKey.expose() + keys.previousLogSeed.expose());
    return spool::AesGcm(unlock).sealWithNonce(kContext, plain.expose());
}

/// Replaces the file as a whole.
template <class Change>
Result<void> changeKeys(const std::filesystem::path& folder,
                        const std::filesystem::path& unlockFile,
                        Change change)
{
    EXHIBIT_TRY(SignerKeys keys, loadOrCreateKeys(folder, unlockFile));
    EXHIBIT_TRY(const auto unlock, spool::readPrivateFile(unlockFile, kFileBytesMax));
    change(keys);
    const auto fresh = folder / "keys.sealed.new";
    std::error_code error;
    std::filesystem::remove(fresh, error); // Of a change that was interrupted.
    EXHIBIT_CHECK(spool::createPrivateFile(fresh, seal(keys, Secret(unlock.value_or("")))));
    std::filesystem::rename(fresh, folder / "keys.sealed", error);
    if (error) {
        return fail(ErrorCode::Internal, "the signing keys cannot be replaced", folder.string());
    }
    return spool::syncFolder(folder);
}

} // namespace

Result<void> rotateLogKey(const std::filesystem::path& folder,
                          const std::filesystem::path& unlockFile)
{
    return changeKeys(folder, unlockFile, [](SignerKeys& keys) {
        keys.previousLogSeed = std::exchange(keys.logSeed, spool::makeKey());
    });
}

Result<void> endPreviousLogKey(const std::filesystem::path& folder,
                               const std::filesystem::path& unlockFile)
{
    return changeKeys(
        folder, unlockFile, [](SignerKeys& keys) { keys.previousLogSeed = Secret(); });
}

Result<void> rotateCertificateKey(const std::filesystem::path& folder,
                                  const std::filesystem::path& unlockFile)
{
    return changeKeys(
        folder, unlockFile, [](SignerKeys& keys) { keys.certificateSeed = spool::makeKey(); });
}

SignerKeys makeKeys()
{
    return {spool::makeKey(), {}, spool::makeKey(), spool::makeKey(), spool::makeKey()};
}

Result<SignerKeys> loadOrCreateKeys(const std::filesystem::path& folder,
                                    const std::filesystem::path& unlockFile)
{
    const auto file = folder / "keys.sealed";
    EXHIBIT_TRY(const auto sealed, spool::readPrivateFile(file, kFileBytesMax));
    EXHIBIT_TRY(auto unlock, spool::readPrivateFile(unlockFile, kFileBytesMax));
    if (sealed && !unlock) {
        return fail(
            ErrorCode::Corrupt, "the key that opens the signing keys is missing", unlockFile);
    }
    if (!unlock) {
        EXHIBIT_CHECK(spool::createPrivateFile(unlockFile, spool::makeKey().expose()));
        EXHIBIT_TRY(unlock, spool::readPrivateFile(unlockFile, kFileBytesMax));
    }
    if (!unlock || unlock->size() != spool::kKeyBytes) {
        return fail(ErrorCode::Corrupt, "the unlock file does not hold 32 bytes", unlockFile);
    }
    const Secret unlockKey(*unlock);
    if (sealed) {
        return open(*sealed, unlockKey);
    }
    SignerKeys keys = makeKeys();
    EXHIBIT_CHECK(spool::createPrivateFile(file, seal(keys, unlockKey)));
    return keys;
}

} // namespace exhibit::signer
