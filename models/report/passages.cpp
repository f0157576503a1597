// SPDX-License-Identifier: Apache-2.0
#include "models/report/passages.h"

#include "models/report/bundle_json.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::report {
namespace {

/// Of a passage that a text begins or ends with: where texts are cut, a part is a part too many.
constexpr std::size_t kEdgeBytesMin = 8;
constexpr std::string_view kEllipsis = "…";

/// As it stands inside a string of JSON within a string, as arguments of tools do.
std::string escaped(const std::string& text)
{
    const std::string quoted = printJson(Json(text));
    return quoted.substr(1, quoted.size() - 2);
}

/// A form of nothing but placeholders would stand for anything that was ever replaced.
bool saysAnything(std::string_view form)
{
    std::size_t bytes = 0;
    bool inside = false;
    for (const char c : form) {
        inside = inside || c == '[';
        bytes += !inside && c != ' ' ? 1 : 0;
        inside = inside && c != ']';
    }
    return bytes >= kPassageBytesMin;
}

/// How many bytes at the end of `text` are the beginning of `form`, but not all of it.
std::size_t begunAtEnd(std::string_view text, std::string_view form)
{
    if (text.ends_with(form)) {
        return 0;
    }
    for (std::size_t bytes = std::min(text.size(), form.size() - 1); bytes >= kEdgeBytesMin;
         --bytes) {
        if (text.ends_with(form.substr(0, bytes))) {
            return bytes;
        }
    }
    return 0;
}

std::size_t endedAtStart(std::string_view text, std::string_view form)
{
    for (std::size_t bytes = std::min(text.size(), form.size() - 1); bytes >= kEdgeBytesMin;
         --bytes) {
        if (text.starts_with(form.substr(form.size() - bytes))) {
            return bytes;
        }
    }
    return 0;
}

} // namespace

Passages::Passages(const std::vector<RedactedPassage>& passages, const ExportRedaction& redaction)
    : m_passages(passages)
{
    for (std::size_t i = 0; i < m_passages.size(); ++i) {
        const auto& text = m_passages[i].text;
        addForm(text, i);
        addForm(escaped(text), i);
        if (const auto redacted = redaction.text(text); saysAnything(redacted)) {
            addForm(redacted, i);
            addForm(escaped(redacted), i);
        }
    }
    std::stable_sort(m_forms.begin(), m_forms.end(), [](const Form& one, const Form& other) {
        return one.text.size() > other.text.size();
    });
}

void Passages::addForm(std::string text, std::size_t passage)
{
    const bool known = std::any_of(
        m_forms.begin(), m_forms.end(), [&](const Form& form) { return form.text == text; });
    if (!known) {
        m_first.set(static_cast<unsigned char>(text.front()));
        m_forms.push_back({std::move(text), passage});
    }
}

std::string Passages::mark(std::size_t index) const
{
    return fmt::format("[REDACTED {}: {}]", index + 1, m_passages[index].basis);
}

const Passages::Form* Passages::formAt(std::string_view rest) const
{
    if (rest.empty() || !m_first.test(static_cast<unsigned char>(rest.front()))) {
        return nullptr;
    }
    const auto found = std::find_if(m_forms.begin(), m_forms.end(), [&](const Form& form) {
        return rest.starts_with(form.text);
    });
    return found == m_forms.end() ? nullptr : &*found;
}

std::string Passages::text(std::string_view text) const
{
    const bool cutBefore = text.starts_with(kEllipsis);
    const bool cutBehind = text.size() > kEllipsis.size() && text.ends_with(kEllipsis);
    std::string_view rest = text.substr(cutBefore ? kEllipsis.size() : 0);
    rest.remove_suffix(cutBehind ? kEllipsis.size() : 0);
    std::string out(cutBefore ? kEllipsis : std::string_view());
    for (const auto& form : m_forms) {
        if (const auto bytes = endedAtStart(rest, form.text); bytes > 0 && !formAt(rest)) {
            out += mark(form.passage);
            rest.remove_prefix(bytes);
            break;
        }
    }
    std::string end(cutBehind ? kEllipsis : std::string_view());
    for (const auto& form : m_forms) {
        if (const auto bytes = begunAtEnd(rest, form.text)) {
            end.insert(0, mark(form.passage));
            rest.remove_suffix(bytes);
            break;
        }
    }
    while (!rest.empty()) {
        if (const auto* form = formAt(rest)) {
            out += mark(form->passage);
            rest.remove_prefix(form->text.size());
        } else {
            out += rest.front();
            rest.remove_prefix(1);
        }
    }
    return out + end;
}

Json Passages::replaced(const Json& value, bool recorded) const
{
    if (const auto* string = value.if_string()) {
        return Json(text(*string));
    }
    if (const auto* array = value.if_array()) {
        JsonArray all;
        for (const auto& element : *array) {
            all.push_back(replaced(element, recorded));
        }
        return all;
    }
    if (const auto* object = value.if_object()) {
        JsonObject all;
        for (const auto& [name, member] : *object) {
            const std::string shown = recorded ? text(name) : std::string(name);
            all.insert_or_assign(shown, replaced(member, recorded || name == "data"));
        }
        return all;
    }
    return value;
}

Json Passages::json(const Json& value) const
{
    return none() ? value : replaced(value, false);
}

std::map<std::size_t, std::int64_t> Passages::marksIn(const Json& value) const
{
    std::map<std::size_t, std::int64_t> marks;
    count(value, marks);
    return marks;
}

void Passages::count(const Json& value, std::map<std::size_t, std::int64_t>& marks) const
{
    const auto countIn = [&](std::string_view text) {
        for (std::size_t i = 0; i < m_passages.size(); ++i) {
            const std::string sign = mark(i);
            for (auto at = text.find(sign); at != text.npos; at = text.find(sign, at + 1)) {
                ++marks[i];
            }
        }
    };
    if (const auto* string = value.if_string()) {
        countIn(*string);
    } else if (const auto* array = value.if_array()) {
        for (const auto& element : *array) {
            count(element, marks);
        }
    } else if (const auto* object = value.if_object()) {
        for (const auto& [name, member] : *object) {
            countIn(name);
            count(member, marks);
        }
    }
}

Result<void> redactPassages(EvidenceBundle& bundle,
                            const EvidenceBundle& original,
                            const std::vector<RedactedPassage>& passages)
{
    if (passages.empty()) {
        return {};
    }
    EXHIBIT_TRY(const auto none, ExportRedaction::make(false));
    const Passages asWritten(passages, none);
    const auto standing = asWritten.marksIn(asWritten.json(toJson(original)));
    for (std::size_t i = 0; i < passages.size(); ++i) {
        if (!standing.contains(i)) {
            return fail(ErrorCode::NotFound,
                        "the passage stands nowhere in what is produced, as it is written here",
                        fmt::format("/production/passages/{}/text", i));
        }
    }
    EXHIBIT_TRY(const auto redaction, ExportRedaction::make(bundle.redacted));
    const Passages marks(passages, redaction);
    const auto before = toJson(bundle);
    auto replaced = fromJson<EvidenceBundle>(marks.json(before), UnknownMembers::Reject);
    if (!replaced) {
        return fail(ErrorCode::InvalidInput,
                    "a passage is part of a name that the record is kept by: "
                        + replaced.error().message,
                    "/production/passages");
    }
    for (std::size_t i = 0; i < bundle.steps.size(); ++i) {
        auto& step = replaced->steps[i];
        // A request's hash is over what was said before, too.
        if (step.stepType == domain::StepType::Input || toJson(step) != toJson(bundle.steps[i])) {
            step.contentHash.reset();
        }
    }
    bundle = *std::move(replaced);
    return {};
}

} // namespace exhibit::report
