// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/event_shapes.h"

#include <algorithm>

namespace exhibit::gateway {
namespace {

/// Choices of an answer take turns.
constexpr std::size_t kShapesMax = 4;
/// A larger event is seldom followed by another of its shape, and a stream that has been read keeps
/// no more than this.
constexpr std::size_t kShapeBytesMax = 8192;
constexpr std::size_t kShapeNodesMax = 256;

/// Members whose strings are texts in every API whatever they say: never an id, an enum or a type
/// that decides how the rest is read.
constexpr std::string_view kTexts[] = {"arguments",
                                       "content",
                                       "delta",
                                       "obfuscation",
                                       "partial_json",
                                       "reasoning",
                                       "reasoning_content",
                                       "refusal",
                                       "text",
                                       "thinking"};

bool mayVary(const JsonWalk& walk, const AnswerText& text)
{
    return walk.is(text.node, JsonKind::String) && !text.isName && !text.isRaw && !text.repeats
        && std::any_of(std::begin(kTexts), std::end(kTexts), [&](std::string_view name) {
               return walk.nameIs(text.node, name);
           });
}

std::vector<std::size_t> varyingValues(const EventParts& parts)
{
    std::vector<std::size_t> values;
    for (const auto* list : {&parts.answer->texts, &parts.answer->asides}) {
        for (const auto& text : *list) {
            if (mayVary(parts.walk, text)) {
                values.push_back(text.node);
            }
        }
    }
    if (values.empty()) {
        return values;
    }
    const std::size_t number = parts.walk.find(0, "sequence_number");
    if (parts.walk.is(number, JsonKind::Number)) {
        values.push_back(number);
    }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
}

} // namespace

Result<EventParts> EventShapes::read(BytesView data)
{
    for (auto shape = m_shapes.rbegin(); shape != m_shapes.rend(); ++shape) {
        if (auto walk = (*shape)->walk.like(data, (*shape)->values)) {
            return EventParts{*std::move(walk), (*shape)->answer};
        }
    }
    EXHIBIT_TRY(JsonWalk walk, JsonWalk::parse(data));
    auto answer = std::make_shared<const AnswerParts>(m_surface->read(walk, AnswerForm::Chunk));
    EventParts parts{std::move(walk), std::move(answer)};
    learn(parts);
    return parts;
}

void EventShapes::learn(const EventParts& parts)
{
    if (parts.walk.text().size() > kShapeBytesMax || parts.walk.nodes().size() > kShapeNodesMax
        || !parts.answer->problem.empty()) {
        return;
    }
    auto values = varyingValues(parts);
    if (values.empty()) {
        return;
    }
    auto shape = std::make_unique<Shape>();
    shape->text = parts.walk.text();
    shape->walk = parts.walk.like(shape->text, {}).value_or(JsonWalk{});
    shape->values = std::move(values);
    shape->answer = parts.answer;
    if (m_shapes.size() == kShapesMax) {
        m_shapes.erase(m_shapes.begin());
    }
    m_shapes.push_back(std::move(shape));
}

} // namespace exhibit::gateway
