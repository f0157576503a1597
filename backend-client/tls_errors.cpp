// SPDX-License-Identifier: Apache-2.0
#include "backend-client/tls_errors.h"

#include "backend-client/network_words.h"

namespace exhibit::client {

QString explainTlsError(QSslError::SslError error)
{
    switch (error) {
    case QSslError::SelfSignedCertificate:
    case QSslError::SelfSignedCertificateInChain:
        return Network::tr(
            "The server's certificate is self-signed and not among the trusted ones of this "
            "machine; add its issuer to the system's trust store.");
    case QSslError::UnableToGetLocalIssuerCertificate:
    case QSslError::UnableToVerifyFirstCertificate:
    case QSslError::UnableToGetIssuerCertificate:
    case QSslError::CertificateUntrusted:
        return Network::tr(
            "The issuer of the server's certificate is not trusted by this machine; add it to "
            "the system's trust store, or let the server send its intermediate certificates.");
    case QSslError::HostNameMismatch:
        return Network::tr(
            "The server's certificate is for another host name; use a name that stands in it.");
    case QSslError::CertificateExpired:
        return Network::tr(
            "The server's certificate has expired; it has to be renewed (or this machine's "
            "clock is wrong).");
    case QSslError::CertificateNotYetValid:
        return Network::tr(
            "The server's certificate is not valid yet; this machine's clock may be wrong.");
    case QSslError::CertificateRevoked:
    case QSslError::CertificateBlacklisted:
        return Network::tr("The server's certificate was revoked.");
    case QSslError::NoSslSupport:
        return Network::tr("This program finds no TLS library; install OpenSSL 3.");
    default:
        return Network::tr("The server's certificate cannot be verified: %1.")
            .arg(QSslError(error).errorString());
    }
}

} // namespace exhibit::client
