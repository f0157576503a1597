// SPDX-License-Identifier: Apache-2.0
#include "server/signer/pdf_key.h"

#include "models/base/base64.h"
#include "models/base/json.h"
#include "server/spool/aes_gcm.h"
#include "server/spool/local_file.h"

#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <vector>

namespace exhibit::signer {
namespace {

constexpr BytesView kContext = "exhibit/pdf-key/v1";
constexpr std::size_t kFileBytesMax = 16384;
constexpr std::size_t kPemBytesMax = 64 * 1024;
constexpr const char* kOwnCertificate = "pdf-certificate.pem";
constexpr int kRsaBitsMin = 2048;
constexpr int kCurveBits = 256;
constexpr std::int64_t kYears = 10;
constexpr std::int64_t kSecondsOfYear = 365 * 24 * 3600;

struct FreeCms {
    void operator()(CMS_ContentInfo* cms) const noexcept { CMS_ContentInfo_free(cms); }
};
struct FreeBio {
    void operator()(BIO* bio) const noexcept { BIO_free(bio); }
};
struct FreeContext {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

tl::unexpected<Error> failed(const char* what)
{
    return fail(ErrorCode::Internal, std::string("the key of the reports: ") + what);
}

/// DER of any OpenSSL type through its i2d function.
template <class T>
Bytes derOf(const T* value, int (*encode)(const T*, unsigned char**))
{
    Bytes der(static_cast<std::size_t>(std::max(0, encode(value, nullptr))), '\0');
    auto* at = reinterpret_cast<unsigned char*>(der.data());
    encode(value, &at);
    return der;
}

void addExtension(X509* certificate, int id, const char* value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, id, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

/// DER's SET OF: tag, length, the members in the order of their encodings.
Bytes setOf(std::vector<Bytes> members)
{
    std::sort(members.begin(), members.end());
    Bytes content;
    for (const auto& member : members) {
        content += member;
    }
    Bytes set(1, '\x31');
    Bytes length; // Most significant byte first, as few as there are.
    for (std::size_t rest = content.size(); rest > 0; rest >>= 8U) {
        length.insert(length.begin(), static_cast<char>(rest & 0xFFU));
    }
    if (content.size() >= 0x80) {
        set += static_cast<char>(0x80U | length.size());
    }
    set += length;
    return set + content;
}

Result<Bytes> signatureOf(EVP_PKEY* key, BytesView bytes)
{
    const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
    std::size_t size = 0;
    const auto span = asSpan(bytes);
    Bytes signature(static_cast<std::size_t>(EVP_PKEY_get_size(key)), '\0');
    size = signature.size();
    if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1
        || EVP_DigestSign(context.get(),
                          reinterpret_cast<unsigned char*>(signature.data()),
                          &size,
                          span.data(),
                          span.size())
            != 1) {
        return failed("it cannot sign");
    }
    signature.resize(size);
    return signature;
}

} // namespace

void PdfKey::Free::operator()(evp_pkey_st* key) const noexcept
{
    EVP_PKEY_free(key);
}
void PdfKey::Free::operator()(x509_st* certificate) const noexcept
{
    X509_free(certificate);
}

PdfKey::PdfKey(Key key, Certificate certificate)
    : m_key(std::move(key))
    , m_certificate(std::move(certificate))
{
}

Result<PdfKey> PdfKey::generate(UtcTime now)
{
    Key key(EVP_EC_gen("P-256"));
    Certificate certificate(X509_new());
    X509* const x509 = certificate.get();
    std::array<unsigned char, 16> serial{};
    if (!key || x509 == nullptr || RAND_bytes(serial.data(), serial.size()) != 1) {
        return failed("it cannot be made");
    }
    serial[0] = static_cast<unsigned char>((serial[0] & 0x7FU) | 0x40U); // Positive, full length.
    BIGNUM* const number = BN_bin2bn(serial.data(), serial.size(), nullptr);
    BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509));
    BN_free(number);
    X509_set_version(x509, X509_VERSION_3);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    ASN1_TIME_set(X509_getm_notBefore(x509), seconds);
    ASN1_TIME_set(X509_getm_notAfter(x509), seconds + kYears * kSecondsOfYear);
    X509_NAME* const name = X509_get_subject_name(x509);
    for (const auto& [field, value] :
         {std::pair{"O", "Exhibit"}, std::pair{"CN", "Exhibit reports"}}) {
        X509_NAME_add_entry_by_txt(
            name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value), -1, -1, 0);
    }
    X509_set_issuer_name(x509, name);
    X509_set_pubkey(x509, key.get());
    addExtension(x509, NID_basic_constraints, "critical,CA:FALSE");
    addExtension(x509, NID_key_usage, "critical,digitalSignature,nonRepudiation");
    addExtension(x509, NID_subject_key_identifier, "hash");
    if (X509_sign(x509, key.get(), EVP_sha256()) <= 0) {
        return failed("its certificate cannot be signed");
    }
    return PdfKey(std::move(key), std::move(certificate));
}

std::vector<PdfKey::Certificate> PdfKey::readCertificates(BytesView pem)
{
    std::vector<Certificate> all;
    const std::unique_ptr<BIO, FreeBio> bio(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    while (X509* const one = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
        all.emplace_back(one);
    }
    ERR_clear_error(); // The end of the text is an error to it.
    return all;
}

Result<PdfKey> PdfKey::fromPem(BytesView key, BytesView certificates)
{
    const auto refused = [](const char* why) {
        ERR_clear_error();
        return fail(ErrorCode::InvalidInput, why, kOwnCertificate);
    };
    const std::unique_ptr<BIO, FreeBio> bio(
        BIO_new_mem_buf(key.data(), static_cast<int>(key.size())));
    // Nobody is there to ask for a password.
    const auto noPassword = [](char*, int, int, void*) { return 0; };
    Key own(PEM_read_bio_PrivateKey(bio.get(), nullptr, noPassword, nullptr));
    auto all = readCertificates(certificates);
    if (!own || all.empty() || X509_check_private_key(all.front().get(), own.get()) != 1) {
        return refused("the key of the reports is no key of the first certificate");
    }
    const bool rsa = EVP_PKEY_get_base_id(own.get()) == EVP_PKEY_RSA;
    const bool curve = EVP_PKEY_get_base_id(own.get()) == EVP_PKEY_EC
        && EVP_PKEY_get_bits(own.get()) == kCurveBits;
    if (!curve && !(rsa && EVP_PKEY_get_bits(own.get()) >= kRsaBitsMin)) {
        return refused("the key of the reports has to be P-256, or RSA of 2048 bits or more");
    }
    for (std::size_t i = 1; i < all.size(); ++i) {
        if (X509_check_issued(all[i].get(), all[i - 1].get()) != X509_V_OK) {
            return refused("each certificate of the reports has to vouch for the one before it");
        }
    }
    PdfKey made(std::move(own), std::move(all.front()));
    made.m_chain.assign(std::make_move_iterator(all.begin() + 1),
                        std::make_move_iterator(all.end()));
    return made;
}

Result<PdfKey> PdfKey::fromJson(BytesView plain)
{
    EXHIBIT_TRY(const Json json, parseJson(plain));
    EXHIBIT_TRY(const Bytes keyDer, fromBase64(stringMember(json, "key")));
    EXHIBIT_TRY(const Bytes certificateDer, fromBase64(stringMember(json, "certificate")));
    const auto* at = asSpan(keyDer).data();
    Key key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(keyDer.size())));
    at = asSpan(certificateDer).data();
    Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(certificateDer.size())));
    if (!key || !certificate || X509_check_private_key(certificate.get(), key.get()) != 1) {
        return fail(ErrorCode::Corrupt, "the key of the reports does not fit its certificate");
    }
    return PdfKey(std::move(key), std::move(certificate));
}

Result<Secret> PdfKey::toJson() const
{
    const Bytes key = derOf<EVP_PKEY>(m_key.get(), i2d_PrivateKey);
    const Bytes certificate = derOf<X509>(m_certificate.get(), i2d_X509);
    if (key.empty() || certificate.empty()) {
        return failed("it cannot be written");
    }
    return Secret(
        printJson(JsonObject{{"key", toBase64(key)}, {"certificate", toBase64(certificate)}}));
}

Result<PdfKey> PdfKey::loadOrCreate(const std::filesystem::path& folder,
                                    const std::filesystem::path& unlockFile)
{
    const auto file = folder / "pdf.sealed";
    EXHIBIT_TRY(const auto ownKey, spool::readPrivateFile(folder / "pdf-key.pem", kFileBytesMax));
    EXHIBIT_TRY(const auto own, spool::readPrivateFile(folder / kOwnCertificate, kPemBytesMax));
    if (ownKey.has_value() != own.has_value()) {
        return fail(ErrorCode::InvalidInput,
                    "the key of the reports and its certificate belong together: one is missing",
                    kOwnCertificate);
    }
    if (own) {
        return fromPem(*ownKey, *own);
    }
    EXHIBIT_TRY(const auto unlock, spool::readPrivateFile(unlockFile, kFileBytesMax));
    if (!unlock || unlock->size() != spool::kKeyBytes) {
        return fail(ErrorCode::Corrupt, "the unlock file does not hold 32 bytes", unlockFile);
    }
    spool::AesGcm cipher{Secret(*unlock)};
    EXHIBIT_TRY(const auto sealed, spool::readPrivateFile(file, kFileBytesMax));
    if (sealed) {
        EXHIBIT_TRY(const Bytes plain, cipher.openWithNonce(kContext, *sealed));
        return fromJson(plain);
    }
    EXHIBIT_TRY(auto key, generate(utcNow()));
    EXHIBIT_TRY(const Secret plain, key.toJson());
    EXHIBIT_CHECK(spool::createPrivateFile(file, cipher.sealWithNonce(kContext, plain.expose())));
    return key;
}

Result<std::string> PdfKey::certificate() const
{
    const std::unique_ptr<BIO, FreeBio> bio(BIO_new(BIO_s_mem()));
    if (!bio || PEM_write_bio_X509(bio.get(), m_certificate.get()) != 1) {
        return failed("its certificate cannot be written");
    }
    for (const auto& above : m_chain) {
        if (PEM_write_bio_X509(bio.get(), above.get()) != 1) {
            return failed("its certificate cannot be written");
        }
    }
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &data);
    return std::string(data, static_cast<std::size_t>(size));
}

Result<Bytes> PdfKey::sign(const Digest& document) const
{
    // CMS_SignerInfo_sign() would add a signing time, which PAdES keeps in the PDF: the attributes
    // are put together and signed here.
    constexpr unsigned int kFlags
        = CMS_DETACHED | CMS_BINARY | CMS_PARTIAL | CMS_NOSMIMECAP | CMS_CADES;
    const std::unique_ptr<CMS_ContentInfo, FreeCms> cms(
        CMS_sign(nullptr, nullptr, nullptr, nullptr, kFlags));
    CMS_SignerInfo* const signer = cms
        ? CMS_add1_signer(cms.get(), m_certificate.get(), m_key.get(), EVP_sha256(), kFlags)
        : nullptr;
    if (signer == nullptr
        || CMS_signed_add1_attr_by_NID(
               signer, NID_pkcs9_contentType, V_ASN1_OBJECT, OBJ_nid2obj(NID_pkcs7_data), -1)
            != 1
        || CMS_signed_add1_attr_by_NID(signer,
                                       NID_pkcs9_messageDigest,
                                       V_ASN1_OCTET_STRING,
                                       document.data(),
                                       static_cast<int>(document.size()))
            != 1) {
        return failed("the signed attributes cannot be made");
    }
    for (const auto& above : m_chain) {
        if (CMS_add1_cert(cms.get(), above.get()) != 1) {
            return failed("its certificates cannot be enclosed");
        }
    }
    std::vector<Bytes> attributes;
    for (int i = 0; i < CMS_signed_get_attr_count(signer); ++i) {
        attributes.push_back(
            derOf<X509_ATTRIBUTE>(CMS_signed_get_attr(signer, i), i2d_X509_ATTRIBUTE));
    }
    EXHIBIT_TRY(const Bytes signature, signatureOf(m_key.get(), setOf(std::move(attributes))));
    ASN1_STRING_set(CMS_SignerInfo_get0_signature(signer),
                    signature.data(),
                    static_cast<int>(signature.size()));
    Bytes der = derOf<CMS_ContentInfo>(cms.get(), i2d_CMS_ContentInfo);
    if (der.empty()) {
        return failed("the signature cannot be written");
    }
    return der;
}

} // namespace exhibit::signer
