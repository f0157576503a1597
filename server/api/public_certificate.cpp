// SPDX-License-Identifier: Apache-2.0
// Anyone may verify a certificate, without a key; nothing but the certificate is shown.
#include "models/evidence/verifier.h"
#include "server/api/certificate_page.h"
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/storage/certificate_store.h"

namespace exhibit::api {
namespace {

enum class Form : std::uint8_t { Json, Page, Document };

/// ?format= says so; else a browser, which asks for HTML, gets the page.
Form formOf(const http::Request& request)
{
    const auto asked = request.query.find("format");
    if (asked != request.query.end()) {
        return asked->second == "document" ? Form::Document
            : asked->second == "html"      ? Form::Page
                                           : Form::Json;
    }
    const auto accept = request.headers.find("Accept").value_or("");
    return accept.find("text/html") != std::string_view::npos ? Form::Page : Form::Json;
}

http::Response page(int status, std::string html)
{
    http::Response response;
    response.status = status;
    response.headers
        = {{"Content-Type", "text/html; charset=utf-8"},
           {"Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
            " frame-ancestors 'none'"},
           {"Referrer-Policy", "no-referrer"},
           {"X-Content-Type-Options", "nosniff"},
           {"Cache-Control", "no-store"}};
    response.body = std::move(html);
    return response;
}

http::Response refuse(const http::Request& request, const Error& error)
{
    auto response = refusal(request, error);
    if (formOf(request) != Form::Page) {
        return response;
    }
    const bool unknown = response.status == 404 || response.status == 400;
    return page(response.status,
                unknown ? messagePage("No such certificate",
                                      "No certificate has this number here. Compare it with the "
                                      "paper or file that you have.")
                        : messagePage("Not available now", "Try again in a few seconds."));
}

/// With the keys from inside alone: a server does not vouch for itself.
http::Response show(const http::Request& request, const domain::IssuedCertificate& issued)
{
    const std::string id = issued.certificate.certificateId.text();
    if (formOf(request) == Form::Document) {
        http::Response response;
        response.headers = {{"Content-Type", "application/json"},
                            {"Content-Disposition", "attachment; filename=\"" + id + ".json\""}};
        response.body = issued.document;
        return response;
    }
    const auto report = evidence::verifyCertificateDocument(issued.document, {});
    if (formOf(request) == Form::Page) {
        return page(200, certificatePage(issued, report));
    }
    JsonObject reply = evidence::reportJson(id, report);
    reply["certificate"] = domain::certificatePredicate(issued.certificate);
    reply["issued_seq"] = issued.issuedSeq;
    reply["payload_sha256"] = issued.payloadSha256;
    reply["qr"] = issued.qr;
    reply["document"] = issued.document;
    return http::jsonResponse(200, Json(std::move(reply)));
}

http::Response verify(const SharedServices& services, const http::Request& request)
{
    const auto id = readId<domain::CertificateId>(request);
    if (!id || services->evidence == nullptr) {
        return refuse(
            request, id ? Error{ErrorCode::Unavailable, "the ledger is not open", {}} : id.error());
    }
    const auto issued = storage::CertificateStore(services->database, *services->evidence)
                            .find(*id, Deadline::after(kHandlerTimeout));
    return issued ? show(request, *issued) : refuse(request, issued.error());
}

} // namespace

std::vector<OpenRoute> publicRoutes(const SharedServices& services)
{
    return {{"GET", "/api/v1/certificates/{id}/verify", [services](const http::Request& request) {
                 return verify(services, request);
             }}};
}

} // namespace exhibit::api
