// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_fields.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// The stories that the demo plays: tests/support/stories.json over the bundled recordings.
namespace exhibit::demo {

/// One call of an application, and how it must end.
struct StoryCall {
    std::string sampleId; ///< The recording whose request is sent.
    std::string run;
    std::string user;
    std::string session;
    std::string channel;
    std::optional<Json> context; ///< Facts the application gives with the call.
    bool stops = false; ///< The stream must end in content_filter.
    std::int64_t status = 200;
    std::optional<std::string> errorCode;
};

struct Expectation {
    std::string policy;
    std::string result;
    bool inflection = false;
    std::string kind; ///< Of the root cause.
};

struct Story {
    std::string id;
    std::string title;
    std::string what;
    Expectation expect;
    std::vector<StoryCall> calls;
};

struct Stories {
    std::vector<Story> stories;
    std::vector<std::string> ordinary; ///< Recordings of everyday traffic.
    std::map<std::string, Json> requests; ///< The request of each recording.
};

[[nodiscard]] Result<Stories> loadStories(const std::filesystem::path& supportFolder);

template <class V>
void visitFields(V& visit, Of<V, StoryCall>& call)
{
    visit("sample_id", call.sampleId);
    visit("run", call.run);
    visit("user", call.user);
    visit("session", call.session);
    visit("channel", call.channel);
    visit("context", call.context);
    visit.defaulted("stops", call.stops);
    visit.defaulted("status", call.status);
    visit("error_code", call.errorCode);
}

template <class V>
void visitFields(V& visit, Of<V, Expectation>& expectation)
{
    visit("policy", expectation.policy);
    visit("result", expectation.result);
    visit("inflection", expectation.inflection);
    visit("kind", expectation.kind);
}

template <class V>
void visitFields(V& visit, Of<V, Story>& story)
{
    visit("story", story.id);
    visit("title", story.title);
    visit("what", story.what);
    visit("expect", story.expect);
    visit("calls", story.calls);
}

} // namespace exhibit::demo
