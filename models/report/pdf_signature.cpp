// SPDX-License-Identifier: Apache-2.0
#include "models/report/pdf_signature.h"

#include "models/base/sha256.h"
#include "models/report/cms_form.h"
#include "models/report/cms_time_stamp.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <qpdf/QPDF.hh>

#include <iterator>
#include <memory>

namespace exhibit::report {
namespace {

template <auto Function>
struct Free {
    template <class T>
    void operator()(T* object) const noexcept
    {
        Function(object);
    }
};
using Cms = std::unique_ptr<CMS_ContentInfo, Free<CMS_ContentInfo_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Store = std::unique_ptr<X509_STORE, Free<X509_STORE_free>>;
using Verification = std::unique_ptr<X509_STORE_CTX, Free<X509_STORE_CTX_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;

struct FreeStack { ///< Of the stack, not of the certificates in it.
    void operator()(STACK_OF(X509) * stack) const noexcept { sk_X509_free(stack); }
};

tl::unexpected<Error> broken(const char* rule)
{
    return fail(ErrorCode::InvalidInput, rule);
}

/// The dictionary of the certifying signature.
Result<QPDFObjectHandle> signatureOf(QPDF& pdf)
{
    auto form = pdf.getRoot().getKey("/AcroForm");
    auto fields = form.isDictionary() ? form.getKey("/Fields") : QPDFObjectHandle::newNull();
    if (!fields.isArray() || fields.getArrayNItems() == 0) {
        return broken("the file is not signed");
    }
    if (fields.getArrayNItems() != 1) {
        return broken("the file has more fields than its signature");
    }
    auto value = fields.getArrayItem(0).getKey("/V");
    auto permissions = pdf.getRoot().getKey("/Perms");
    if (!value.isDictionary() || !permissions.isDictionary()
        || permissions.getKey("/DocMDP").getObjGen() != value.getObjGen()) {
        return broken("the signature does not certify the file");
    }
    auto references = value.getKey("/Reference");
    auto first = references.isArray() ? references.getArrayItem(0) : QPDFObjectHandle::newNull();
    auto parameters
        = first.isDictionary() ? first.getKey("/TransformParams") : QPDFObjectHandle::newNull();
    if (!parameters.isDictionary() || !parameters.getKey("/P").isInteger()
        || parameters.getKey("/P").getIntValue() != 1) {
        return broken("the signature permits changes");
    }
    return value;
}

Result<PdfSignature> placeOf(QPDFObjectHandle value, BytesView pdf)
{
    auto range = value.getKey("/ByteRange");
    auto contents = value.getKey("/Contents");
    if (!range.isArray() || range.getArrayNItems() != 4 || !contents.isString()) {
        return broken("the signature names no range of bytes");
    }
    std::array<std::uint64_t, 4> numbers{};
    for (int i = 0; i < 4; ++i) {
        auto item = range.getArrayItem(i);
        if (!item.isInteger() || item.getIntValue() < 0) {
            return broken("the signature's range is no range");
        }
        numbers[static_cast<std::size_t>(i)] = static_cast<std::uint64_t>(item.getIntValue());
    }
    const auto [start, hole, behind, rest] = numbers;
    if (start != 0 || hole >= behind || behind > pdf.size() || behind + rest != pdf.size()) {
        return broken("the signature does not cover the whole file: bytes were added or left out");
    }
    const BytesView hex = pdf.substr(hole, behind - hole);
    const bool framed = hex.size() > 2 && hex.front() == '<' && hex.back() == '>';
    const auto raw = framed ? fromHex(hex.substr(1, hex.size() - 2)) : broken("");
    if (!raw || *raw != contents.getStringValue()) {
        return broken("what the range leaves out is not the signature");
    }
    const auto* at = asSpan(*raw).data();
    const Cms cms(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(raw->size())));
    const auto used = static_cast<std::size_t>(at - asSpan(*raw).data());
    if (!cms || raw->find_first_not_of('\0', used) != raw->npos) {
        return broken("the place of the signature holds something else");
    }
    return PdfSignature{raw->substr(0, used), hole, behind};
}

std::string nameOf(X509* certificate)
{
    const Bio out(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
    char* data = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &data);
    return std::string(data, static_cast<std::size_t>(size));
}

/// The message's own certificates, trusted: CAdES wants a chain even where trust is asked later.
Store enclosedCertificates(CMS_ContentInfo* cms)
{
    Store store(X509_STORE_new());
    X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME);
    X509_STORE_set_purpose(store.get(), X509_PURPOSE_ANY);
    STACK_OF(X509)* const certificates = CMS_get1_certs(cms);
    for (int i = 0; i < sk_X509_num(certificates); ++i) {
        X509_STORE_add_cert(store.get(), sk_X509_value(certificates, i));
    }
    sk_X509_pop_free(certificates, X509_free);
    return store;
}

/// Every certificate of a PEM text.
Result<std::vector<Certificate>> readCertificates(const Bytes& pem)
{
    const Bio in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    std::vector<Certificate> all;
    ERR_clear_error();
    while (X509* const one = PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)) {
        all.emplace_back(one);
    }
    const bool wholeRead = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (!wholeRead) {
        return broken("a certificate in it cannot be read");
    }
    if (all.empty()) {
        return broken("there is no certificate in it, or not as PEM");
    }
    return all;
}

/// What vouches for somebody: a file that cannot be read vouches for nobody, and is no fault of the
/// report.
std::vector<Certificate> readPinned(const std::vector<Bytes>& files)
{
    std::vector<Certificate> all;
    for (const auto& pem : files) {
        if (auto certificates = readCertificates(pem)) {
            std::move(certificates->begin(), certificates->end(), std::back_inserter(all));
        }
    }
    return all;
}

Result<std::vector<Certificate>> readPemOrDer(const Bytes& file)
{
    const auto* at = asSpan(file).data();
    Certificate one(d2i_X509(nullptr, &at, static_cast<long>(file.size())));
    ERR_clear_error();
    if (!one || at != asSpan(file).data() + file.size()) {
        return readCertificates(file);
    }
    std::vector<Certificate> all;
    all.push_back(std::move(one));
    return all;
}

Bytes pemOf(X509* certificate)
{
    const Bio out(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(out.get(), certificate);
    char* data = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &data);
    return Bytes(data, static_cast<std::size_t>(size));
}

CertificateName nameAndHashOf(X509* certificate)
{
    Digest digest{};
    unsigned int size = 0;
    X509_digest(certificate, EVP_sha256(), digest.data(), &size);
    return {nameOf(certificate), toHex(asView(digest))};
}

/// The one that is pinned: the certificate itself, or one above it; empty where none is. A report
/// outlives its certificate: times are not looked at.
std::string pinnedAbove(X509* certificate,
                        STACK_OF(X509) * chain,
                        const std::vector<Certificate>& pinned)
{
    const Store store(X509_STORE_new());
    X509_STORE_set_flags(store.get(),
                         X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_X509_STRICT
                             | X509_V_FLAG_PARTIAL_CHAIN);
    for (const auto& one : pinned) {
        if (X509_cmp(one.get(), certificate) == 0) {
            return nameAndHashOf(certificate).text();
        }
        X509_STORE_add_cert(store.get(), one.get());
    }
    if (X509_self_signed(certificate, 0) != 0) {
        return {};
    }
    const Verification context(X509_STORE_CTX_new());
    if (X509_STORE_CTX_init(context.get(), store.get(), certificate, chain) != 1
        || X509_verify_cert(context.get()) != 1) {
        return {};
    }
    STACK_OF(X509)* const found = X509_STORE_CTX_get0_chain(context.get());
    return nameAndHashOf(sk_X509_value(found, sk_X509_num(found) - 1)).text();
}

struct FreeCertificates { ///< Of the stack and the certificates in it.
    void operator()(STACK_OF(X509) * stack) const noexcept { sk_X509_pop_free(stack, X509_free); }
};

} // namespace

Result<PdfSignature> findSignature(BytesView bytes)
{
    try {
        QPDF pdf;
        pdf.setSuppressWarnings(true);
        pdf.setAttemptRecovery(false);
        pdf.processMemoryFile("report", bytes.data(), bytes.size());
        EXHIBIT_TRY(auto value, signatureOf(pdf));
        return placeOf(value, bytes);
    } catch (const std::exception&) {
        return broken("the file is not readable as a PDF without repairing it");
    }
}

Result<CmsSigner> checkCms(BytesView der, BytesView content, const std::vector<Bytes>& certificates)
{
    const auto* at = asSpan(der).data();
    const Cms cms(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(der.size())));
    if (!cms || CMS_get0_type(cms.get()) == nullptr
        || OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed
        || sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(cms.get())) != 1) {
        return broken("the signature is not one of one signer");
    }
    const auto pinned = readPinned(certificates);
    // Behind a filter: of bytes in memory CMS_verify makes a BIO of its own, which OpenSSL 3.0
    // loses where the signature is damaged.
    const Bio in(BIO_push(BIO_new(BIO_f_null()),
                          BIO_new_mem_buf(content.data(), static_cast<int>(content.size()))));
    const Store enclosed = enclosedCertificates(cms.get());
    if (CMS_verify(cms.get(), nullptr, enclosed.get(), in.get(), nullptr, CMS_BINARY | CMS_CADES)
        != 1) {
        return broken("the signature does not fit the file's bytes");
    }
    const std::unique_ptr<STACK_OF(X509), FreeStack> signers(CMS_get0_signers(cms.get()));
    if (!signers || sk_X509_num(signers.get()) != 1) {
        return broken("the signature names no certificate");
    }
    X509* const certificate = sk_X509_value(signers.get(), 0);
    if (!hasOurForm(cms.get(), certificate, der)) {
        return broken("the signature has not the form that those of reports have");
    }
    const std::unique_ptr<STACK_OF(X509), FreeCertificates> chain(CMS_get1_certs(cms.get()));
    std::string known = pinnedAbove(certificate, chain.get(), pinned);
    auto [subject, fingerprint] = nameAndHashOf(certificate);
    EXHIBIT_TRY(Bytes signature, signatureValueOf(der));
    return CmsSigner{known.empty() ? CmsVerdict::Unpinned : CmsVerdict::Pinned,
                     std::move(subject),
                     std::move(fingerprint),
                     std::move(known),
                     std::move(signature),
                     timeStampOf(cms.get())};
}

Result<std::vector<CertificateName>> certificateNames(const Bytes& pem)
{
    EXHIBIT_TRY(const auto certificates, readCertificates(pem));
    std::vector<CertificateName> names;
    for (const auto& one : certificates) {
        names.push_back(nameAndHashOf(one.get()));
    }
    return names;
}

Result<std::vector<Bytes>> separateCertificates(const Bytes& file)
{
    EXHIBIT_TRY(const auto certificates, readPemOrDer(file));
    std::vector<Bytes> pems;
    for (const auto& one : certificates) {
        pems.push_back(pemOf(one.get()));
    }
    return pems;
}

} // namespace exhibit::report
