// SPDX-License-Identifier: Apache-2.0
#include "server/signer/pkcs11_token.h"

#include <fmt/format.h>
#include <p11-kit/pkcs11.h>

#include <array>
#include <cstring>

#include <dlfcn.h>

namespace exhibit::signer {
namespace {

constexpr std::size_t kRawKeyBytes = 32;
constexpr std::size_t kSignatureBytes = 64;
constexpr std::size_t kPointBytesMax = 256;
constexpr std::size_t kSlotsMax = 64;
/// The curve as an object identifier, 1.3.101.112.
constexpr std::array<unsigned char, 5> kEd25519{0x06, 0x03, 0x2b, 0x65, 0x70};

Result<void> check(CK_RV status, const char* what)
{
    if (status != CKR_OK) {
        return fail(ErrorCode::Unavailable,
                    fmt::format("the token cannot {} (PKCS#11 error {:#x})", what, status));
    }
    return {};
}

template <class T>
CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, T& value)
{
    return {type, &value, sizeof value};
}

CK_ATTRIBUTE textAttribute(CK_ATTRIBUTE_TYPE type, std::string& text)
{
    return {type, text.data(), text.size()};
}

/// A library that stays loaded until the process ends: modules do not bear being taken out.
Result<CK_FUNCTION_LIST_PTR> load(const std::filesystem::path& module)
{
    void* const library = ::dlopen(module.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
        return fail(ErrorCode::Unavailable, ::dlerror(), module.string());
    }
    const auto list = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
    CK_FUNCTION_LIST_PTR functions = nullptr;
    if (list == nullptr || list(&functions) != CKR_OK || functions == nullptr) {
        return fail(ErrorCode::InvalidInput, "that is no PKCS#11 module", module.string());
    }
    return functions;
}

Result<CK_SLOT_ID> findToken(CK_FUNCTION_LIST& functions, const std::string& label)
{
    std::array<CK_SLOT_ID, kSlotsMax> slots{};
    CK_ULONG count = slots.size();
    EXHIBIT_CHECK(check(functions.C_GetSlotList(CK_TRUE, slots.data(), &count), "list its slots"));
    std::string padded = label;
    padded.resize(sizeof(CK_TOKEN_INFO::label), ' ');
    for (CK_ULONG i = 0; i < count; ++i) {
        CK_TOKEN_INFO info{};
        if (functions.C_GetTokenInfo(slots.at(i), &info) == CKR_OK
            && std::memcmp(info.label, padded.data(), padded.size()) == 0) {
            return slots.at(i);
        }
    }
    return fail(ErrorCode::NotFound, "the module has no token of that label", label);
}

/// A point is 32 bytes, as an octet string in most modules and bare in some.
Result<evidence::PublicKey> keyOfPoint(BytesView point)
{
    const bool wrapped = point.size() == kRawKeyBytes + 2 && point.starts_with("\x04\x20");
    return evidence::PublicKey::fromEd25519(wrapped ? point.substr(2) : point);
}

class Token;

class TokenKey final : public SignatureKey {
public:
    TokenKey(std::shared_ptr<Token> token, CK_OBJECT_HANDLE handle, evidence::PublicKey key)
        : m_token(std::move(token))
        , m_handle(handle)
        , m_public(std::move(key))
    {
    }
    const evidence::PublicKey& publicKey() const override { return m_public; }
    Result<Bytes> sign(BytesView message) override;

private:
    std::shared_ptr<Token> m_token;
    CK_OBJECT_HANDLE m_handle;
    evidence::PublicKey m_public;
};

class Token final : public Pkcs11Token, public std::enable_shared_from_this<Token> {
public:
    Token(CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session)
        : m_functions(functions)
        , m_session(session)
    {
    }

    Result<std::unique_ptr<SignatureKey>> key(const std::string& label) override
    {
        EXHIBIT_TRY(const auto privateKey, find(CKO_PRIVATE_KEY, label));
        EXHIBIT_TRY(const auto publicKey, find(CKO_PUBLIC_KEY, label));
        std::array<char, kPointBytesMax> point{};
        CK_ATTRIBUTE wanted{CKA_EC_POINT, point.data(), point.size()};
        EXHIBIT_CHECK(check(m_functions.C_GetAttributeValue(m_session, publicKey, &wanted, 1),
                            "show the public key"));
        EXHIBIT_TRY(auto key, keyOfPoint({point.data(), wanted.ulValueLen}));
        auto found = std::make_unique<TokenKey>(shared_from_this(), privateKey, std::move(key));
        // The halves are joined by their label alone: a signature shows that they belong together.
        EXHIBIT_TRY(const Bytes signature, found->sign("exhibit/key-check/v1"));
        if (!found->publicKey().verify("exhibit/key-check/v1", signature)) {
            return fail(ErrorCode::Corrupt, "the token's keys of that label do not fit", label);
        }
        return found;
    }

    Result<void> makeKey(const std::string& label) override
    {
        const auto known = find(CKO_PRIVATE_KEY, label);
        if (known || known.error().code != ErrorCode::NotFound) {
            return known ? fail(ErrorCode::Conflict, "the token has a key of that label", label)
                         : tl::make_unexpected(known.error());
        }
        auto curve = kEd25519;
        std::string name = label;
        CK_BBOOL yes = CK_TRUE;
        CK_BBOOL no = CK_FALSE;
        std::array<CK_ATTRIBUTE, 4> publicHalf{attribute(CKA_TOKEN, yes),
                                               attribute(CKA_VERIFY, yes),
                                               attribute(CKA_EC_PARAMS, curve),
                                               textAttribute(CKA_LABEL, name)};
        std::array<CK_ATTRIBUTE, 6> privateHalf{attribute(CKA_TOKEN, yes),
                                                attribute(CKA_PRIVATE, yes),
                                                attribute(CKA_SENSITIVE, yes),
                                                attribute(CKA_EXTRACTABLE, no),
                                                attribute(CKA_SIGN, yes),
                                                textAttribute(CKA_LABEL, name)};
        CK_MECHANISM mechanism{CKM_EC_EDWARDS_KEY_PAIR_GEN, nullptr, 0};
        CK_OBJECT_HANDLE made[2]{};
        return check(m_functions.C_GenerateKeyPair(m_session,
                                                   &mechanism,
                                                   publicHalf.data(),
                                                   publicHalf.size(),
                                                   privateHalf.data(),
                                                   privateHalf.size(),
                                                   &made[0],
                                                   &made[1]),
                     "make an Ed25519 key");
    }

    Result<Bytes> sign(CK_OBJECT_HANDLE key, BytesView message)
    {
        CK_MECHANISM mechanism{CKM_EDDSA, nullptr, 0};
        EXHIBIT_CHECK(check(m_functions.C_SignInit(m_session, &mechanism, key), "begin to sign"));
        Bytes input(message); // The interface wants it writable.
        Bytes signature(kSignatureBytes, '\0');
        CK_ULONG size = signature.size();
        EXHIBIT_CHECK(check(m_functions.C_Sign(m_session,
                                               reinterpret_cast<CK_BYTE_PTR>(input.data()),
                                               input.size(),
                                               reinterpret_cast<CK_BYTE_PTR>(signature.data()),
                                               &size),
                            "sign"));
        if (size != kSignatureBytes) {
            return fail(ErrorCode::Unavailable, "the token's signature is none of Ed25519");
        }
        return signature;
    }

private:
    Result<CK_OBJECT_HANDLE> find(CK_OBJECT_CLASS kind, const std::string& label)
    {
        std::string name = label;
        CK_KEY_TYPE type = CKK_EC_EDWARDS;
        std::array<CK_ATTRIBUTE, 3> wanted{attribute(CKA_CLASS, kind),
                                           attribute(CKA_KEY_TYPE, type),
                                           textAttribute(CKA_LABEL, name)};
        EXHIBIT_CHECK(check(m_functions.C_FindObjectsInit(m_session, wanted.data(), wanted.size()),
                            "look for keys"));
        CK_OBJECT_HANDLE found[2]{};
        CK_ULONG count = 0;
        const auto searched
            = check(m_functions.C_FindObjects(m_session, found, 2, &count), "look for keys");
        static_cast<void>(m_functions.C_FindObjectsFinal(m_session));
        EXHIBIT_CHECK(searched);
        if (count != 1) {
            return fail(count == 0 ? ErrorCode::NotFound : ErrorCode::Conflict,
                        count == 0 ? "the token has no Ed25519 key of that label"
                                   : "the token has several keys of that label",
                        label);
        }
        return found[0];
    }

    CK_FUNCTION_LIST& m_functions;
    CK_SESSION_HANDLE m_session;
};

Result<Bytes> TokenKey::sign(BytesView message)
{
    return m_token->sign(m_handle, message);
}

} // namespace

Result<std::shared_ptr<Pkcs11Token>> Pkcs11Token::open(const Pkcs11Options& options)
{
    EXHIBIT_TRY(auto* const functions, load(options.module));
    const CK_RV ready = functions->C_Initialize(nullptr);
    EXHIBIT_CHECK(check(ready == CKR_CRYPTOKI_ALREADY_INITIALIZED ? CKR_OK : ready, "be used"));
    EXHIBIT_TRY(const auto slot, findToken(*functions, options.token));
    CK_SESSION_HANDLE session = 0;
    EXHIBIT_CHECK(check(functions->C_OpenSession(
                            slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session),
                        "open a session"));
    std::string pin = options.pin.expose();
    const CK_RV login = functions->C_Login(
        session, CKU_USER, reinterpret_cast<CK_UTF8CHAR_PTR>(pin.data()), pin.size());
    OPENSSL_cleanse(pin.data(), pin.size());
    EXHIBIT_CHECK(check(login == CKR_USER_ALREADY_LOGGED_IN ? CKR_OK : login, "be unlocked"));
    return std::make_shared<Token>(*functions, session);
}

} // namespace exhibit::signer
