// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/spool/key_wrapper.h"

#include <map>
#include <mutex>

namespace exhibit::spool {

/// Asks for each data key once and keeps it in memory, so that reading goes on while whoever
/// unwraps keys is away. Any thread.
class RememberedKeys final : public KeyWrapper {
public:
    explicit RememberedKeys(std::shared_ptr<KeyWrapper> origin)
        : m_origin(std::move(origin))
    {
    }

    [[nodiscard]] Result<Bytes> wrap(const Secret& dataKey) override
    {
        EXHIBIT_TRY(auto wrapped, m_origin->wrap(dataKey));
        const std::scoped_lock lock(m_mutex);
        m_keys.insert_or_assign(wrapped, dataKey);
        return wrapped;
    }

    [[nodiscard]] Result<Secret> unwrap(BytesView wrapped) override
    {
        const std::scoped_lock lock(m_mutex);
        if (const auto known = m_keys.find(wrapped); known != m_keys.end()) {
            return known->second;
        }
        EXHIBIT_TRY(auto key, m_origin->unwrap(wrapped));
        m_keys.emplace(wrapped, key);
        return key;
    }

private:
    const std::shared_ptr<KeyWrapper> m_origin;
    std::mutex m_mutex;
    std::map<Bytes, Secret, std::less<>> m_keys; ///< One per start that left records.
};

} // namespace exhibit::spool
