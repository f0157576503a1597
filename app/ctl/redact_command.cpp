// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commands.h"
#include "app/ctl/failure_report.h"
#include "app/ctl/policy_file.h"
#include "models/base/json_walk.h"
#include "models/redaction/redaction_pack.h"

#include <fstream>
#include <iostream>

namespace exhibit::ctl {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;

struct RedactOptions {
    std::string path;
    std::string policyFile;
    bool ndjson = false;
};

struct Span {
    scan::MatchRun run;
    std::string path; ///< JSON pointer of the string it is in; empty for the text itself.
};

/// The text redacted; its spans are appended.
std::string redactText(const redaction::NamedPack& named,
                       std::string_view text,
                       const std::string& path,
                       std::vector<Span>& spans)
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

Json spansJson(const redaction::NamedPack& named, const std::vector<Span>& spans)
{
    JsonArray list;
    for (const auto& [run, path] : spans) {
        JsonObject span{{"start", run.begin}, {"end", run.end}, {"type", named.types[run.pattern]}};
        if (!named.subtypes[run.pattern].empty()) {
            span["subtype"] = named.subtypes[run.pattern];
        }
        if (!path.empty()) {
            span["path"] = path;
        }
        list.push_back(std::move(span));
    }
    return list;
}

/// One line of JSON with its string values redacted; nullopt when it is no JSON.
std::optional<std::string> redactJson(const redaction::NamedPack& named,
                                      std::string_view line,
                                      std::vector<Span>& spans)
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
        return m_session.json() || m_options.ndjson ? lines(in) : whole(in);
    }

private:
    int whole(std::istream& in)
    {
        scan::Redactor redactor(m_named.pack);
        std::string buffer(kReadBytes, '\0');
        std::string out;
        while (in) {
            in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
            redactor.feed(std::string_view(buffer).substr(0, static_cast<std::size_t>(in.gcount())),
                          out);
            static_cast<void>(redactor.takeRuns());
            m_out << out;
            out.clear();
        }
        redactor.finish(out);
        m_out << out;
        return kDone;
    }

    int lines(std::istream& in)
    {
        std::string line;
        for (std::size_t number = 1; std::getline(in, line); ++number) {
            if (line.size() > limits::kGatewayBodyBytesMax) {
                return report(Error{ErrorCode::TooLarge,
                                    "Line " + std::to_string(number) + " is too long.",
                                    m_options.path},
                              m_session.json());
            }
            if (!one(line)) {
                return report(Error{ErrorCode::InvalidInput,
                                    "Line " + std::to_string(number) + " is no JSON.",
                                    m_options.path},
                              m_session.json());
            }
        }
        return kDone;
    }

    bool one(const std::string& line)
    {
        std::vector<Span> spans;
        std::string text;
        if (m_options.ndjson) {
            auto json = redactJson(m_named, line, spans);
            if (!json) {
                return false;
            }
            // Of a line that is one string, the text is that string.
            const auto walk = JsonWalk::parse(*json);
            const bool isText = m_session.json() && walk->is(0, JsonKind::String);
            text = isText ? walk->string(0) : *json;
        } else {
            text = redactText(m_named, line, "", spans);
        }
        if (m_session.json()) {
            m_out << R"({"text":)" << quoteJson(text) << R"(,"spans":)"
                  << printJson(spansJson(m_named, spans)) << "}\n";
        } else {
            m_out << text << '\n';
        }
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
        "the spans, byte offsets of the input text");
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
