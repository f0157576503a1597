// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/limits.h"
#include "models/base/result.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace exhibit::scan {

/// Decides whether a candidate interval really is what its pattern looks for.
enum class Validator : std::uint8_t {
    None,
    Luhn,
    Mod97,
    SsnRanges,
    Entropy,
    Card, ///< Luhn, and a length and prefix that an issuer uses.
    Phone, ///< 7 to 15 digits (E.164), extension aside.
    Nif, ///< Letter of a Spanish NIF or NIE.
    Cpf, ///< Check digits of a Brazilian CPF.
    Verhoeff, ///< Check digit of an Indian Aadhaar number.
    Pesel, ///< Check digit of a Polish PESEL.
    Tckn, ///< Check digits of a Turkish identity number.
    Abn, ///< Check digits of an Australian business number.
    SteuerId, ///< Check digit of a German tax identification number, and its repeated digit.
    GermanId, ///< Check digit of a German identity card.
    Rrn, ///< Check digit of a Korean resident registration number.
    Brn, ///< Check digit of a Korean business registration number.
};

struct PatternSpec {
    std::string pattern; ///< The dialect of policies.md / rulings.md 15.
    std::optional<std::uint32_t> maxWidth; ///< Bytes; the pattern's own maximum, else 256.
    Validator validator = Validator::None;
    /// Live starts of holding patterns hold text back (block and redact); others only report.
    bool holds = true;
};

/// The union automaton of a set of patterns: immutable, shared by all streams of a snapshot.
/// Transitions are built on first use into a capped cache per thread (policies.md, "State and
/// cost").
class PatternSet {
public:
    /// Errors: InvalidInput; subject is the index of the pattern ("3"), message says what is
    /// refused and at which byte of the pattern.
    [[nodiscard]] static Result<std::shared_ptr<const PatternSet>> compile(
        std::span<const PatternSpec> patterns);

    ~PatternSet();
    PatternSet(const PatternSet&) = delete;
    PatternSet& operator=(const PatternSet&) = delete;

    [[nodiscard]] std::size_t size() const;
    /// W of a pattern, in bytes.
    [[nodiscard]] std::uint32_t width(std::size_t pattern) const;

    struct Automaton; ///< Private to models/scan.
    [[nodiscard]] const Automaton& automaton() const { return *m_automaton; }

private:
    explicit PatternSet(std::unique_ptr<const Automaton> automaton);
    std::unique_ptr<const Automaton> m_automaton;
};

/// The validator a policy names; InvalidInput lists the known names.
[[nodiscard]] Result<Validator> validatorFromName(std::string_view name);

} // namespace exhibit::scan
