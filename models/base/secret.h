// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/crypto.h>

#include <string>
#include <utility>

namespace exhibit {

/// Text that must never be printed: keys, tokens, passwords. It has no formatter and no operator<<,
/// so that logging it does not compile; expose() marks the few places that need the value.
/// The buffer is cleansed on destruction and on move (copies a caller makes are its own).
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string value)
        : m_value(std::move(value))
    {
    }
    Secret(const Secret&) = default;
    Secret& operator=(const Secret&) = default;
    Secret(Secret&& other) noexcept
        : m_value(other.m_value)
    {
        other.cleanse();
    }
    Secret& operator=(Secret&& other) noexcept
    {
        if (this != &other) {
            cleanse();
            m_value = other.m_value;
            other.cleanse();
        }
        return *this;
    }
    ~Secret() { cleanse(); }

    [[nodiscard]] const std::string& expose() const { return m_value; }
    [[nodiscard]] bool empty() const { return m_value.empty(); }

private:
    void cleanse()
    {
        OPENSSL_cleanse(m_value.data(), m_value.size());
        m_value.clear();
    }

    std::string m_value;
};

} // namespace exhibit
