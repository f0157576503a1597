// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/http/exchange.h"

#include <functional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace exhibit::http {

/// Where a plain handler runs. Inline ones must not block: they share the io thread with every
/// stream. Worker ones may wait for the database.
enum class RunOn : std::uint8_t { Inline, Worker };
/// Whose names the plain headers are: the provider's on gateway routes (rulings.md 18).
enum class Surface : std::uint8_t { Api, Gateway };

/// An exception it lets out becomes a 500 with the request id; so does a stream handler that
/// returns before it answered (once an answer has begun, the connection is cut instead).
using Handler = std::function<Response(const Request&)>;
using StreamHandler = std::function<boost::asio::awaitable<void>(Exchange&)>;

/// How the clients of a path read a refusal.
using ErrorForm = std::function<Response(const ErrorReply&, const RequestId&)>;

struct Route {
    std::string method;
    std::string pattern; ///< e.g. /api/v1/incidents/{id}; {name} is one path segment.
    std::variant<Handler, StreamHandler> handler;
    RunOn runOn = RunOn::Worker;
    Surface surface = Surface::Api;
    std::size_t bodyBytesMax = limits::kApiBodyBytesMax;
    /// Asked on the io thread before a large body is read, so that nobody unknown fills the
    /// memory; what it gives is the answer. The handler still decides for itself.
    std::function<std::optional<ErrorReply>(const Request&)> precheck{};
    ErrorForm errorForm{}; ///< Of the server's own refusals; empty: errorResponse().
};

/// All routes of the server; complete before the listener starts, immutable afterwards.
class Router {
public:
    void add(Route route);

    struct Match {
        const Route* route = nullptr; ///< nullptr: see `allowed`.
        std::map<std::string, std::string, std::less<>> parameters; ///< Percent-decoded.
        std::string allowed; ///< Not empty: the path exists, these are its methods (405).
        Surface surface = Surface::Api; ///< Of the path's routes, also when none has the method;
        const ErrorForm* errorForm = nullptr; ///< likewise; nullptr: errorResponse().

        /// A refusal as the path's clients read it.
        [[nodiscard]] Response refusal(const ErrorReply& reply, const RequestId& id) const
        {
            return errorForm != nullptr ? (*errorForm)(reply, id) : errorResponse(reply, id);
        }
    };
    /// `path` is as sent, still percent-encoded, so that an encoded slash stays inside its segment.
    /// A literal segment wins over a {name}. HEAD is answered by the GET route of the path.
    [[nodiscard]] Match match(std::string_view method, std::string_view path) const;
    [[nodiscard]] const std::vector<Route>& routes() const { return m_routes; }

private:
    struct Pattern {
        std::vector<std::string> segments; ///< A parameter keeps its braces.
        std::vector<std::size_t> routes; ///< Indexes into m_routes, one per method.
    };

    [[nodiscard]] const Pattern* findPattern(std::string_view path, Match& match) const;

    std::vector<Route> m_routes;
    std::unordered_map<std::string, Pattern> m_literal; ///< By path: most requests end here.
    std::vector<Pattern> m_patterns; ///< With parameters, the more literal ones first.
};

} // namespace exhibit::http
