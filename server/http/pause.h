// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace exhibit::http {

/// For stream handlers that have nothing to send yet.
boost::asio::awaitable<void> pause(std::chrono::milliseconds duration);

} // namespace exhibit::http
