// SPDX-License-Identifier: Apache-2.0
#include "server/storage/connection_url.h"

#include <libpq-fe.h>

#include <memory>

namespace exhibit::storage {

Result<ConnectionSettings> parseConnectionUrl(const Secret& url)
{
    // The parser's own message may quote what it did not understand: dropped.
    char* message = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options{
        PQconninfoParse(url.expose().c_str(), &message), &PQconninfoFree};
    PQfreemem(message);
    if (!options) {
        return fail(ErrorCode::InvalidInput,
                    "not a database URL; expected postgresql://USER:PASSWORD@HOST:PORT/DATABASE",
                    "database_url");
    }
    ConnectionSettings settings;
    for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val != nullptr) {
            settings.emplace(option->keyword, option->val);
        }
    }
    return settings;
}

Secret printConnectionSettings(const ConnectionSettings& settings)
{
    std::string text;
    for (const auto& [keyword, value] : settings) {
        text += (text.empty() ? "" : " ") + keyword + "='";
        for (const char character : value) {
            if (character == '\'' || character == '\\') {
                text += '\\';
            }
            text += character;
        }
        text += '\'';
    }
    return Secret{std::move(text)};
}

Result<Secret> withLogin(const Secret& url, std::string_view user, const Secret& password)
{
    EXHIBIT_TRY(auto settings, parseConnectionUrl(url));
    // A client certificate belongs to the login that it was issued for.
    settings.erase("sslcert");
    settings.erase("sslkey");
    settings.erase("passfile");
    settings["user"] = user;
    settings["password"] = password.expose();
    return printConnectionSettings(settings);
}

} // namespace exhibit::storage
