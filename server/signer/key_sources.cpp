// SPDX-License-Identifier: Apache-2.0
#include "server/signer/key_sources.h"

#include "server/signer/vault_transit.h"
#include "server/spool/local_file.h"

namespace exhibit::signer {
namespace {

constexpr std::size_t kSecretBytesMax = 4096;

/// The first line of a file that nobody else may read.
Result<Secret> readSecret(const std::string& file)
{
    EXHIBIT_TRY(const auto text, spool::readPrivateFile(file, kSecretBytesMax));
    if (!text) {
        return fail(ErrorCode::NotFound, "the file with a secret is missing", file);
    }
    return Secret(text->substr(0, text->find('\n')));
}

Result<std::shared_ptr<Pkcs11Token>> openToken(const TokenSource& source)
{
    EXHIBIT_TRY(const Secret pin, readSecret(source.pinFile));
    return Pkcs11Token::open({source.module, source.token, pin});
}

/// `keeper`: whatever has keys by name.
template <class Keeper>
Result<SignatureKeys> keysOf(Keeper& keeper, const KeyNames& names)
{
    SignatureKeys keys;
    EXHIBIT_TRY(keys.log, keeper.key(names.log));
    EXHIBIT_TRY(keys.certificate, keeper.key(names.certificate));
    if (!names.previousLog.empty()) {
        EXHIBIT_TRY(keys.previousLog, keeper.key(names.previousLog));
    }
    return keys;
}

} // namespace

Result<SignatureKeys> keysOnToken(const TokenSource& source, const KeyNames& names)
{
    EXHIBIT_TRY(const auto token, openToken(source));
    return keysOf(*token, names);
}

Result<SignatureKeys> keysInVault(const VaultSource& source, const KeyNames& names)
{
    VaultOptions options{source.socket, source.mount, {}};
    if (!source.tokenFile.empty()) {
        EXHIBIT_TRY(options.token, readSecret(source.tokenFile));
    }
    EXHIBIT_TRY(const auto vault, VaultTransit::connect(std::move(options)));
    return keysOf(*vault, names);
}

Result<void> makeKeyOnToken(const TokenSource& source, const std::string& label)
{
    EXHIBIT_TRY(const auto token, openToken(source));
    return token->makeKey(label);
}

} // namespace exhibit::signer
