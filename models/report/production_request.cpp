// SPDX-License-Identifier: Apache-2.0
#include "models/report/production.h"

#include "models/report/load_file.h"
#include "models/report/passages.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::report {
namespace {

constexpr std::size_t kWordsBytesMax = 300;
constexpr std::size_t kVolumeBytesMax = 20;
constexpr std::size_t kWithheldMax = 1000;
constexpr std::size_t kPassagesMax = 100;

/// Entered values stand in the load file as they are, or not at all.
Result<void> checkWords(const std::string& words, TextEncoding encoding, const std::string& pointer)
{
    const bool oneLine = words.find('\n') == words.npos;
    if (words.size() > kWordsBytesMax || !oneLine || !datRow({words}, encoding)) {
        return fail(ErrorCode::InvalidInput,
                    "at most 300 bytes in one line, of characters that the encoding has, without "
                    "the delimiters U+00FE, U+00AE and U+0014",
                    pointer);
    }
    return {};
}

/// On what ground something is not shown, in words for the privilege log.
Result<void> checkGround(const std::string& basis,
                         const std::string& description,
                         TextEncoding encoding,
                         const std::string& pointer)
{
    if (basis.empty() || description.empty()) {
        return fail(ErrorCode::InvalidInput,
                    "what is not shown has a basis and a description",
                    pointer + (basis.empty() ? "/basis" : "/description"));
    }
    EXHIBIT_CHECK(checkWords(basis, encoding, pointer + "/basis"));
    return checkWords(description, encoding, pointer + "/description");
}

/// A mark stands in JSON within strings, and ends with the bracket.
Result<void> checkMarkable(const std::string& basis, const std::string& pointer)
{
    if (std::any_of(basis.begin(), basis.end(), [](char c) {
            return c == '"' || c == '\\' || c == ']' || static_cast<unsigned char>(c) < ' ';
        })) {
        return fail(
            ErrorCode::InvalidInput,
            "the basis of a passage has no quotation mark (\"), backslash, closing bracket or "
            "control character",
            pointer);
    }
    return {};
}

Result<void> checkPassages(const ProductionRequest& request, const std::string& pointer)
{
    if (request.passages.size() > kPassagesMax) {
        return fail(ErrorCode::InvalidInput, "at most 100 passages are redacted", pointer);
    }
    for (std::size_t i = 0; i < request.passages.size(); ++i) {
        const auto& one = request.passages[i];
        const std::string at = pointer + "/" + std::to_string(i);
        if (one.text.size() < kPassageBytesMin || one.text.size() > kPassageBytesMax) {
            return fail(ErrorCode::InvalidInput, "a passage has 4 to 4000 bytes", at + "/text");
        }
        if (TracedText(one.text).folded().text() == " ") {
            return fail(
                ErrorCode::InvalidInput, "a passage is more than white space", at + "/text");
        }
        EXHIBIT_CHECK(checkMarkable(one.basis, at + "/basis"));
        EXHIBIT_CHECK(checkGround(one.basis, one.description, request.encoding, at));
    }
    return {};
}

} // namespace

Result<void> check(const ProductionRequest& request, const std::string& pointer)
{
    EXHIBIT_CHECK(checkBatesPrefix(request.prefix, pointer + "/prefix"));
    const auto& volume = request.volume;
    if (volume.empty() || volume.size() > kVolumeBytesMax
        || !std::all_of(volume.begin(), volume.end(), [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
           })) {
        return fail(
            ErrorCode::InvalidInput, "a volume has 1 to 20 of A-Z and 0-9", pointer + "/volume");
    }
    EXHIBIT_CHECK(checkWords(request.custodian, request.encoding, pointer + "/custodian"));
    EXHIBIT_CHECK(
        checkWords(request.confidentiality, request.encoding, pointer + "/confidentiality"));
    if (request.withheld.size() > kWithheldMax) {
        return fail(
            ErrorCode::InvalidInput, "at most 1000 documents are withheld", pointer + "/withheld");
    }
    for (std::size_t i = 0; i < request.withheld.size(); ++i) {
        const std::string at = pointer + "/withheld/" + std::to_string(i);
        const auto& one = request.withheld[i];
        EXHIBIT_CHECK(checkGround(one.basis, one.description, request.encoding, at));
    }
    return checkPassages(request, pointer + "/passages");
}

Result<void> checkEntered(const ProductionRequest& request,
                          std::vector<EnteredText> beside,
                          const std::string& pointer)
{
    const auto addGround = [&beside](const auto& one, const std::string& at) {
        beside.push_back({at + "/basis", one.basis});
        beside.push_back({at + "/description", one.description});
    };
    beside.push_back({pointer + "/prefix", request.prefix});
    beside.push_back({pointer + "/volume", request.volume});
    beside.push_back({pointer + "/custodian", request.custodian});
    beside.push_back({pointer + "/confidentiality", request.confidentiality});
    for (std::size_t i = 0; i < request.withheld.size(); ++i) {
        addGround(request.withheld[i], fmt::format("{}/withheld/{}", pointer, i));
    }
    for (std::size_t i = 0; i < request.passages.size(); ++i) {
        addGround(request.passages[i], fmt::format("{}/passages/{}", pointer, i));
    }
    EXHIBIT_TRY(const auto none, ExportRedaction::make(false));
    const Passages passages(request.passages, none);
    for (const auto& entered : beside) {
        const auto standing = passages.standingIn(Json(entered.text));
        if (!standing.empty()) {
            return fail(ErrorCode::InvalidInput,
                        fmt::format("what is entered here says passage {}, and is shown",
                                    *standing.begin() + 1),
                        entered.pointer);
        }
    }
    return {};
}

void withholdSteps(EvidenceBundle& bundle, const std::vector<WithheldDocument>& withheld)
{
    if (withheld.empty()) {
        return;
    }
    for (auto& step : bundle.steps) {
        if (step.stepType == domain::StepType::Input) {
            step.contentHash.reset(); // It is over what was said before, too.
        }
        if (std::any_of(withheld.begin(), withheld.end(), [&step](const auto& one) {
                return one.stepIndex == step.stepIndex;
            })) {
            step.data.reset();
            step.contentHash.reset(); // A short text is found by its hash.
            step.detail.clear();
            step.event = "Withheld";
        }
    }
    bundle.facts.clear();
    if (bundle.answer) {
        bundle.answer->released.reset();
        bundle.answer->withheld.reset();
    }
    if (bundle.violation) {
        bundle.violation->reason.clear();
    }
    bundle.incident.title = "Title withheld";
    bundle.incident.excerpt.clear();
    bundle.incident.rootCause.reset();
    bundle.impact.reset();
    bundle.remediations.clear();
    bundle.fixVerifications.clear();
}

} // namespace exhibit::report
