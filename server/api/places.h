// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/access.h"

#include <atomic>

namespace exhibit::api {

/// So many may be at it at once: each occupies a thread of the API, and most a reader of the
/// database, for long. Any thread.
class Places {
public:
    explicit Places(int count)
        : m_count(count)
    {
    }

private:
    friend class Place;
    const int m_count;
    std::atomic<int> m_taken{0};
};

/// Takes one of the places while it lives, or none.
class Place {
public:
    explicit Place(Places& places)
        : m_places(places)
        , m_taken(++places.m_taken <= places.m_count)
    {
    }
    ~Place() { --m_places.m_taken; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    [[nodiscard]] bool taken() const { return m_taken; }

private:
    Places& m_places;
    bool m_taken;
};

/// The handler while there is a place; otherwise 503 with `code`, and another try may help.
[[nodiscard]] AuthorizedHandler inPlace(std::shared_ptr<Places> places,
                                        std::string code,
                                        AuthorizedHandler handler);

} // namespace exhibit::api
