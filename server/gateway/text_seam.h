// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/kept_text.h"
#include "server/prevention/call_guard.h"

#include <optional>
#include <string>
#include <vector>

namespace exhibit::gateway {

/// Parts of an answer whose texts clients put together are judged each by itself; a seam judges
/// what begins in one of them and goes on in the next: a text of its own for the guard, from the
/// first byte that could still begin a match when a part ended until nothing is left of that.
/// While it is open the bytes of the parts go to their own channels and here one by one, so that
/// what it says depends on the texts alone, never on their pieces.
class TextSeam {
public:
    struct End {
        std::size_t channel = 0; ///< The caller's number of the part that has ended.
        std::size_t size = 0; ///< Of its text.
        std::size_t live = 0; ///< What lies below is of no match that could go on.
        std::string tail; ///< What the text ends with, from `live` at least.
    };
    /// `guard` outlives the seam. `name` is that of its text for the guard.
    TextSeam(prevention::CallGuard& guard, std::string name, End end);

    /// The next part begins. The first time, the guard reads the tail.
    void begin(std::size_t channel);
    /// What the part that began last says, behind what it said before.
    void feed(std::string_view bytes);
    /// Nothing follows. False when that stopped the run.
    bool finish();
    /// The part that has ended goes on by itself, or nobody can judge what follows.
    void close() { m_closed = true; }

    [[nodiscard]] bool isClosed() const { return m_closed; }
    [[nodiscard]] bool hasBegun() const { return m_channel.has_value(); }
    [[nodiscard]] const std::string& name() const { return m_name; }
    /// What the guard read, for excerpts.
    [[nodiscard]] const KeptText& text() const { return m_text; }
    /// Bytes of the part that may go out as far as the seam knows.
    [[nodiscard]] std::size_t allowed(std::size_t channel) const;
    /// What stands in the part of a redaction that reaches over its border, as offsets of its
    /// text: the placeholder goes where the redaction begins, elsewhere stands nothing.
    void addReplacements(std::size_t channel, std::vector<prevention::Replacement>& list) const;

private:
    /// The text of `channel` from its byte `from` stands at `begin` here.
    struct Part {
        std::size_t channel = 0;
        std::size_t from = 0;
        std::size_t begin = 0;
    };

    [[nodiscard]] const Part* find(std::size_t channel) const;
    [[nodiscard]] std::size_t endOf(const Part& part) const;
    [[nodiscard]] std::size_t settled() const;
    void take(std::string_view bytes);
    void takeReplacements();
    [[nodiscard]] bool crosses(const prevention::Replacement& each) const;

    prevention::CallGuard& m_guard;
    std::string m_name;
    std::size_t m_live;
    std::string m_tail; ///< Until the guard reads it.
    std::vector<Part> m_parts;
    KeptText m_text;
    std::optional<std::size_t> m_channel; ///< The guard's number; empty until a part follows.
    std::vector<prevention::Replacement> m_replacements; ///< Over borders, in order.
    std::optional<prevention::Replacement> m_open; ///< Behind them; it may still grow.
    bool m_closed = false;
};

} // namespace exhibit::gateway
