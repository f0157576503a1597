// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/main/configuration.h"

#include <memory>

namespace exhibit::server {

/// exhibitd: owns every part and their order. Parts are made from the ground up (journal and local
/// copy, database, gateway, routes, listener) and ended from the top down, so that nothing is
/// accepted that cannot be recorded any more.
class Application {
public:
    /// Everything up to serving. Errors say which part could not be started and why.
    [[nodiscard]] static Result<std::unique_ptr<Application>> start(
        const Configuration& configuration);
    ~Application();

    /// Serves until SIGTERM or SIGINT, then drains: no new calls, running ones end (up to
    /// drain_timeout), the spool is ingested as far as PostgreSQL allows. A second signal ends the
    /// wait. Prints {"listening":"HOST:PORT"} on standard output once it serves.
    void run();

private:
    class Impl;
    explicit Application(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace exhibit::server
