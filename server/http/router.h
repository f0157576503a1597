// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/http/exchange.h"

#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace exhibit::http {

/// Where a plain handler runs. Inline ones must not block: they share the io thread with every
/// stream. Worker ones may wait for the database.
enum class RunOn : std::uint8_t { Inline, Worker };
/// Whose names the plain headers are: the provider's on gateway routes (rulings.md 18).
enum class Surface : std::uint8_t { Api, Gateway };

using Handler = std::function<Response(const Request&)>;
using StreamHandler = std::function<boost::asio::awaitable<void>(Exchange&)>;

struct Route {
    std::string method;
    std::string pattern; ///< e.g. /api/v1/incidents/{id}; {name} is one path segment.
    std::variant<Handler, StreamHandler> handler;
    RunOn runOn = RunOn::Worker;
    Surface surface = Surface::Api;
    std::size_t bodyBytesMax = limits::kApiBodyBytesMax;
};

/// All routes of the server; complete before the listener starts, immutable afterwards.
class Router {
public:
    void add(Route route);

    struct Match {
        const Route* route = nullptr; ///< nullptr: see `allowed`.
        std::map<std::string, std::string, std::less<>> parameters;
        std::string allowed; ///< Not empty: the path exists, these are its methods (405).
    };
    [[nodiscard]] Match match(std::string_view method, std::string_view path) const;
    [[nodiscard]] const std::vector<Route>& routes() const { return m_routes; }

private:
    std::vector<Route> m_routes;
};

} // namespace exhibit::http
