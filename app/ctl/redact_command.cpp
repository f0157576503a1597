// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commands.h"
#include "app/ctl/failure_report.h"
#include "app/ctl/policy_file.h"
#include "app/ctl/redacted_lines.h"
#include "models/base/json_walk.h"
#include "models/redaction/redaction_pack.h"

#include <fstream>
#include <iostream>
#include <utility>

namespace exhibit::ctl {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;

struct RedactOptions {
    std::string path;
    std::string policyFile;
    bool ndjson = false;
};

/// The text redacted; its spans are appended.
std::string redactText(const redaction::NamedPack& named,
                       std::string_view text,
                       const std::string& path,
                       std::vector<RedactedSpan>& spans)
{
    std::string out;
    scan::Redactor redactor(named.pack);
    redactor.feed(text, out);
    redactor.finish(out);
    for (const auto& run : redactor.takeRuns()) {
        spans.push_back({run, path});
    }
    return out;
}

/// One line of JSON with its string values redacted; nullopt when it is no JSON.
std::optional<std::string> redactJson(const redaction::NamedPack& named,
                                      std::string_view line,
                                      std::vector<RedactedSpan>& spans)
{
    const auto walk = JsonWalk::parse(line);
    if (!walk) {
        return std::nullopt;
    }
    std::vector<Edit> edits;
    for (std::size_t node = 0; node < walk->nodes().size(); ++node) {
        if (!walk->is(node, JsonKind::String)) {
            continue;
        }
        const auto before = spans.size();
        const auto way = walk->path(node);
        auto text
            = redactText(named, walk->string(node), way.empty() ? std::string() : "/" + way, spans);
        if (spans.size() > before) {
            edits.push_back({(*walk)[node].begin, (*walk)[node].end, quoteJson(text)});
        }
    }
    return splice(line, std::move(edits));
}

class Redaction {
public:
    Redaction(Session& session, const redaction::NamedPack& named, const RedactOptions& options)
        : m_session(session)
        , m_named(named)
        , m_options(options)
        , m_out(session.out().stream)
    {
    }

    int run(std::istream& in)
    {
        const auto done = m_options.ndjson ? documents(in)
            : m_session.json()             ? lines(in)
                                           : whole(in);
        if (!done) {
            return report(done.error(), m_session.json());
        }
        return kDone;
    }

private:
    [[nodiscard]] Error error(ErrorCode code, std::string message) const
    {
        return {code, std::move(message), m_options.path};
    }

    /// Each piece of the input to `take`, which says whether to go on.
    template <class Take>
    Result<void> pieces(std::istream& in, const Take& take)
    {
        std::string buffer(kReadBytes, '\0');
        while (in) {
            in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
            const auto size = static_cast<std::size_t>(in.gcount());
            EXHIBIT_CHECK(take(std::string_view(buffer).substr(0, size)));
        }
        return readable(in);
    }

    /// A folder can be opened and not be read.
    Result<void> readable(const std::istream& in) const
    {
        if (in.bad()) {
            return tl::make_unexpected(error(ErrorCode::InvalidInput, "The file cannot be read."));
        }
        return {};
    }

    Result<void> whole(std::istream& in)
    {
        scan::Redactor redactor(m_named.pack);
        std::string out;
        EXHIBIT_CHECK(pieces(in, [&](std::string_view piece) -> Result<void> {
            redactor.feed(piece, out);
            static_cast<void>(redactor.takeRuns());
            m_out << std::exchange(out, {});
            return {};
        }));
        redactor.finish(out);
        m_out << out;
        return {};
    }

    Result<void> lines(std::istream& in)
    {
        RedactedLines lines(m_named, m_out, limits::kGatewayBodyBytesMax);
        EXHIBIT_CHECK(pieces(in, [&](std::string_view piece) { return lines.feed(piece); }));
        return lines.finish();
    }

    Result<void> documents(std::istream& in)
    {
        std::string line;
        for (std::size_t number = 1;; ++number) {
            const auto read = readLine(in, line, limits::kGatewayBodyBytesMax);
            const auto which = "Line " + std::to_string(number);
            if (!read) {
                return tl::make_unexpected(error(ErrorCode::TooLarge, which + " is too long."));
            }
            if (!*read) {
                return readable(in);
            }
            if (!one(line)) {
                return tl::make_unexpected(error(ErrorCode::InvalidInput, which + " is no JSON."));
            }
        }
    }

    bool one(const std::string& line)
    {
        std::vector<RedactedSpan> spans;
        const auto json = redactJson(m_named, line, spans);
        if (!json) {
            return false;
        }
        if (!m_session.json()) {
            m_out << *json << '\n';
            return true;
        }
        // Of a line that is one string, the text is that string.
        const auto walk = JsonWalk::parse(*json);
        writeRedacted(
            m_out, m_named, walk->is(0, JsonKind::String) ? walk->string(0) : *json, spans);
        return true;
    }

    Session& m_session;
    const redaction::NamedPack& m_named;
    const RedactOptions& m_options;
    std::ostream& m_out;
};

Result<redaction::NamedPack> packFor(const RedactOptions& options)
{
    if (options.policyFile.empty()) {
        return redaction::shippedPack();
    }
    std::ifstream file(options.policyFile, std::ios::binary);
    if (!file) {
        return fail(ErrorCode::InvalidInput, "The file cannot be read.", options.policyFile);
    }
    EXHIBIT_TRY(const auto read, readPolicyFile(file, options.policyFile));
    const auto* list = findMember(read.document, "policies");
    EXHIBIT_TRY(const auto policies,
                domain::policiesFromJson(list != nullptr ? *list : read.document));
    return redaction::namedPack(policies);
}

int redact(Session& session, const RedactOptions& options)
{
    const auto named = packFor(options);
    if (!named) {
        return report(named.error(), session.json());
    }
    if (options.path == "-") {
        return Redaction(session, *named, options).run(std::cin);
    }
    std::ifstream file(options.path, std::ios::binary);
    if (!file) {
        return report(Error{ErrorCode::InvalidInput, "The file cannot be read.", options.path},
                      session.json());
    }
    return Redaction(session, *named, options).run(file);
}

} // namespace

void addRedactCommand(CLI::App& app, Invocation& invocation)
{
    auto options = std::make_shared<RedactOptions>();
    auto* command = app.add_subcommand(
        "redact",
        "Replace personal data and secrets by placeholders; --json prints one object a line with "
        "the spans, byte offsets from the line's begin; one that ends behind its line goes on over "
        "the next");
    command->add_option("file", options->path, "The text; - reads standard input")
        ->required()
        ->type_name("FILE");
    command->add_flag(
        "--ndjson", options->ndjson, "Each line is JSON, its string values are redacted");
    command
        ->add_option("--policy",
                     options->policyFile,
                     "Patterns of these policies instead of the shipped packs")
        ->type_name("FILE");
    command->callback([options, &invocation] {
        invocation.keyNeeded = false;
        invocation.run = [options](Session& session) { return redact(session, *options); };
    });
}

} // namespace exhibit::ctl
