// SPDX-License-Identifier: Apache-2.0
#include "app/console/command_line.h"

#include <QCommandLineParser>
#include <QCoreApplication>

#include <cstdio>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

constexpr int kWrongUsage = 2;

} // namespace

std::optional<int> readCommandLine(const QStringList& arguments, CommandLine& into)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(u"Investigate what an AI system did, why, and prove it."_s);
    const QCommandLineOption server(
        u"server"_s, u"Address of exhibitd (or EXHIBIT_SERVER)."_s, u"URL"_s);
    const QCommandLineOption key(
        u"key-file"_s, u"File with the API key (or EXHIBIT_API_KEY)."_s, u"FILE"_s);
    const QCommandLineOption query(u"query"_s, u"Search for this at start."_s, u"TEXT"_s);
    const QCommandLineOption shots(
        u"screenshot"_s, u"Render every workspace into DIR and end."_s, u"DIR"_s);
    const QCommandLineOption theme(u"theme"_s, u"system, light, dark or contrast."_s, u"NAME"_s);
    const QCommandLineOption safe(
        u"safe-mode"_s, u"Default layout, columns and keys; no session restored or kept."_s);
    const QCommandLineOption fresh(u"new-instance"_s, u"Do not hand over to a running console."_s);
    parser.addOptions({server, key, query, shots, theme, safe, fresh});
    parser.addPositionalArgument(
        u"FILE"_s, u"Packs, certificates or reports to open."_s, u"[FILE...]"_s);
    const QCommandLineOption help = parser.addHelpOption();
    const QCommandLineOption version = parser.addVersionOption();
    if (!parser.parse(arguments)) {
        std::fprintf(stderr, "exhibit: %s\n", qPrintable(parser.errorText()));
        return kWrongUsage;
    }
    if (parser.isSet(help)) {
        std::fprintf(stdout, "%s", qPrintable(parser.helpText()));
        return 0;
    }
    if (parser.isSet(version)) {
        std::fprintf(stdout, "exhibit %s\n", EXHIBIT_VERSION);
        return 0;
    }
    into.server = parser.value(server);
    into.keyFile = parser.value(key);
    into.query = parser.value(query);
    into.screenshotDir = parser.value(shots);
    into.theme = parser.value(theme);
    into.safeMode = parser.isSet(safe);
    into.newInstance = parser.isSet(fresh);
    into.files = parser.positionalArguments();
    return std::nullopt;
}

} // namespace exhibit::console
