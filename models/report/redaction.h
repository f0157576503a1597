// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/redaction/redaction_pack.h"

#include <map>

namespace exhibit::report {

/// What goes out with an export, with personal data and secrets replaced. With `on` false it
/// changes nothing. Not for several threads at once.
class ExportRedaction {
public:
    /// The packs that ship with the program. Texts of `kept` stay as they are wherever they stand:
    /// nothing is sought in them, nor across them.
    [[nodiscard]] static Result<ExportRedaction> make(bool on, std::vector<std::string> kept = {});

    [[nodiscard]] bool on() const { return m_on; }
    [[nodiscard]] std::string text(std::string_view text) const;
    void apply(std::string& text) const;
    /// Every string in it, names of members too.
    [[nodiscard]] Json json(const Json& value) const;
    /// Whether anything in it would be replaced.
    [[nodiscard]] bool concerns(const Json& value) const;
    /// How often each kind, e.g. "EMAIL", is found in its strings; empty when off.
    [[nodiscard]] std::map<std::string, std::int64_t> kindsIn(const Json& value) const;

    /// Where it would replace something.
    [[nodiscard]] std::vector<scan::MatchRun> runsIn(std::string_view text) const;

private:
    [[nodiscard]] std::size_t keptAt(std::string_view rest) const;
    template <class Between, class Kept>
    void divide(std::string_view text, const Between& between, const Kept& kept) const;
    void count(const Json& value, std::map<std::string, std::int64_t>& kinds) const;

    redaction::NamedPack m_pack;
    std::vector<std::string> m_kept; ///< None is empty; each begins with '['.
    bool m_on = true;
};

} // namespace exhibit::report
