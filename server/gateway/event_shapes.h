// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/surface.h"

#include <memory>
#include <vector>

namespace exhibit::gateway {

/// What stands where in one event of a stream.
struct EventParts {
    JsonWalk walk; ///< Of the bytes that were given.
    std::shared_ptr<const AnswerParts> answer; ///< Shared by events that differ in texts only.
};

/// Reads the events of a stream. Most differ from one before in a text or two: its parts are then
/// the same and are not looked for again, which took two thirds of an event's time. The result does
/// not depend on what came before.
class EventShapes {
public:
    /// The surface outlives the object.
    explicit EventShapes(const Surface& surface)
        : m_surface(&surface)
    {
    }

    /// Errors as of JsonWalk::parse(). The data outlives the result's walk.
    [[nodiscard]] Result<EventParts> read(BytesView data);

private:
    struct Shape {
        Bytes text;
        JsonWalk walk; ///< Of it.
        std::vector<std::size_t> values; ///< What no reader of the event's parts looks at.
        std::shared_ptr<const AnswerParts> answer;
    };
    void learn(const EventParts& parts);

    const Surface* m_surface;
    std::vector<std::unique_ptr<Shape>> m_shapes; ///< The newest last.
};

} // namespace exhibit::gateway
