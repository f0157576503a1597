// SPDX-License-Identifier: Apache-2.0
// Embeddings: what a request says is judged; an answer is numbers, of which digests are kept.
#include "models/base/sha256.h"
#include "server/gateway/answer_texts.h"
#include "server/gateway/known_names.h"
#include "server/gateway/surface.h"

#include <fmt/format.h>

namespace exhibit::gateway {
namespace {

/// Calls `take(node)` for the vector of each element of `data`.
template <class Take>
void eachVector(const JsonWalk& walk, const Take& take)
{
    const std::size_t data = walk.find(0, "data");
    for (auto each = walk.firstChild(data); each != JsonWalk::kNone;
         each = walk.nextSibling(each)) {
        const std::size_t vector = walk.find(each, "embedding");
        const bool encoded = walk.is(vector, JsonKind::String)
            && isEncodedMedia(walk.raw(vector).substr(1, walk.raw(vector).size() - 2));
        if (encoded || walk.is(vector, JsonKind::Array)) {
            take(vector);
        }
    }
}

/// Never used: this API has no streams.
class NoFrame : public StreamFrame {
public:
    void learn(const JsonWalk&) override { }
    [[nodiscard]] Bytes ending(const StreamEnding& ending) const override
    {
        return "data: {\"error\":" + ending.errorJson + "}\n\n";
    }
};

class EmbeddingsSurface : public Surface {
public:
    using Surface::Surface;

    [[nodiscard]] AnswerParts read(const JsonWalk& walk, AnswerForm) const override
    {
        AnswerParts parts;
        if (!walk.is(0, JsonKind::Object) || walk.hasDuplicateNames(0)) {
            parts.problem = "The provider's answer is no plain JSON object.";
            return parts;
        }
        parts.hasChoices = walk.is(walk.find(0, "data"), JsonKind::Array);
        parts.usage = readUsage(walk, walk.find(0, "usage"));
        AnswerTexts texts(walk, parts);
        eachVector(walk, [&texts](std::size_t vector) { texts.leaveOut(vector); });
        texts.addAsides();
        return parts;
    }

    [[nodiscard]] std::unique_ptr<StreamFrame> makeFrame() const override
    {
        return std::make_unique<NoFrame>();
    }

    void finishRewrite(const ChangedAnswer&, AnswerEdits&) const override { }

    /// In either form: as they came, or digested.
    [[nodiscard]] std::vector<std::size_t> vectors(const JsonWalk& walk) const override
    {
        std::vector<std::size_t> found;
        const std::size_t data = walk.find(0, "data");
        for (auto each = walk.firstChild(data); each != JsonWalk::kNone;
             each = walk.nextSibling(each)) {
            if (const auto vector = walk.find(each, "embedding"); vector != JsonWalk::kNone) {
                found.push_back(vector);
            }
        }
        return found;
    }

    /// {…,"embedding":"sha256:…",…,"exhibit":{"bytes":…,"sha256":…}}, the latter of the whole
    /// answer: whoever has the answer can show that it is the one.
    [[nodiscard]] std::optional<Bytes> digested(BytesView answer) const override
    {
        const auto walk = JsonWalk::parse(answer);
        if (!walk) {
            return std::nullopt;
        }
        AnswerEdits edits(*walk);
        bool any = false;
        eachVector(*walk, [&](std::size_t vector) {
            edits.replace(vector, "\"sha256:" + toHex(asView(sha256(walk->raw(vector)))) + "\"");
            any = true;
        });
        if (!any) {
            return std::nullopt;
        }
        return withLastMember(edits.apply(),
                              "exhibit",
                              fmt::format(R"({{"bytes":{},"sha256":"{}"}})",
                                          answer.size(),
                                          toHex(asView(sha256(answer)))));
    }
};

} // namespace

const Surface& embeddingsSurface()
{
    static const EmbeddingsSurface surface({.path = "/v1/embeddings", .answerMember = "data"});
    return surface;
}

} // namespace exhibit::gateway
