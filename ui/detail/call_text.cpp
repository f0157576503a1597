// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/call_text.h"

#include "ui/detail/json_layout.h"
#include "ui/text.h"
#include "ui/timeline/event_text.h"
#include "ui/widgets/hex_line.h"
#include "ui/widgets/time_display.h"

#include <QCoreApplication>

#include <algorithm>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;
using domain::CallExchange;
using domain::CallPart;

QString tr(const char* text, int count = -1)
{
    return QCoreApplication::translate("CallText", text, nullptr, count);
}

QString headerLines(const Json& headers)
{
    QString lines;
    if (const auto* object = headers.if_object()) {
        for (const auto& header : *object) {
            const QString name = toQt(std::string_view(header.key()));
            lines += name + u": "_s + textOf(headers, header.key()) + u'\n';
        }
    }
    return lines.isEmpty() ? tr("none are kept") + u'\n' : lines;
}

QString statusLine(const CallExchange& call)
{
    if (call.upstreamStatus == 0) {
        return tr("No answer of a provider.");
    }
    return tr("HTTP %1 from %2")
        .arg(call.upstreamStatus)
        .arg(call.upstream ? toQt(*call.upstream) : tr("the provider"));
}

/// A piece and where its bytes are.
struct PlacedPiece {
    const domain::CallPiece* piece = nullptr;
    std::string_view bytes;
};

/// Released and withheld ones in the order in which they came.
std::vector<PlacedPiece> placed(const CallExchange& call,
                                std::string_view released,
                                std::string_view withheld)
{
    std::vector<PlacedPiece> pieces;
    for (const auto& piece : call.pieces) {
        auto& rest = piece.part == CallPart::Withheld ? withheld : released;
        const auto size = std::clamp<std::int64_t>(piece.bytes, 0, std::int64_t(rest.size()));
        pieces.push_back({&piece, rest.substr(0, static_cast<std::size_t>(size))});
        rest.remove_prefix(static_cast<std::size_t>(size));
    }
    std::stable_sort(pieces.begin(), pieces.end(), [](const auto& left, const auto& right) {
        return left.piece->atUs < right.piece->atUs;
    });
    return pieces;
}

QString pieceHead(const domain::CallPiece& piece)
{
    const auto last = piece.firstEvent + piece.eventCount - 1;
    const QString events = piece.eventCount == 0 ? tr("written by Exhibit")
        : piece.eventCount == 1                  ? tr("event %1").arg(piece.firstEvent)
                                : tr("events %1 to %2").arg(piece.firstEvent).arg(last);
    return tr("+%1, %2, %3 B, %4")
        .arg(durationText(piece.atUs),
             events,
             grouped(piece.bytes),
             piece.part == CallPart::Withheld ? tr("WITHHELD") : tr("released"));
}

} // namespace

QString rawText(BytesView bytes)
{
    const bool isText
        = isValidUtf8(bytes) && std::none_of(bytes.begin(), bytes.end(), [](char c) {
              const auto byte = static_cast<unsigned char>(c);
              return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7f;
          });
    if (isText) {
        return toQt(bytes);
    }
    QStringList lines;
    for (std::size_t begin = 0; begin < bytes.size(); begin += kHexRowBytes) {
        lines << hexLine(bytes, begin);
    }
    return lines.join(u'\n');
}

QString bodyText(const Bytes& body)
{
    return body.empty() ? tr("empty") : prettyJson(body).trimmed();
}

QString requestText(const CallExchange& call, const Bytes& request, const Bytes& sent)
{
    QString text = tr("POST %1, %2 bytes as the client sent them", forPlural(call.requestBytes))
                       .arg(toQt(call.endpoint), grouped(call.requestBytes))
        + u"\n\n"_s + bodyText(request);
    if (call.sentBytes) {
        text += u"\n\n"_s
            + tr("%1 bytes as they went to the provider", forPlural(*call.sentBytes))
                  .arg(grouped(*call.sentBytes))
            + u"\n\n"_s + bodyText(sent);
    }
    return text;
}

QString responseText(const CallExchange& call, const Bytes& released, const Bytes& withheld)
{
    QString text = statusLine(call) + u"\n\n"_s
        + tr("Released, %1 bytes", forPlural(call.releasedBytes)).arg(grouped(call.releasedBytes));
    if (call.releasedBytes > 0) {
        text += u"\n\n"_s + bodyText(released);
    }
    if (call.withheldBytes > 0) {
        text += u"\n\n"_s
            + tr("Withheld, never released, %1 bytes", forPlural(call.withheldBytes))
                  .arg(grouped(call.withheldBytes))
            + u"\n\n"_s + bodyText(withheld);
    }
    return text;
}

QString headersText(const CallExchange& call)
{
    return tr("Request") + u"\n\n"_s + headerLines(call.requestHeaders) + u'\n'
        + tr("Response: %1").arg(statusLine(call)) + u"\n\n"_s + headerLines(call.responseHeaders)
        + u'\n' + tr("Keys, cookies and what else lets somebody in are never recorded.");
}

QString eventsText(const CallExchange& call, const Bytes& released, const Bytes& withheld)
{
    QString text;
    for (const auto& [piece, bytes] : placed(call, released, withheld)) {
        text += (text.isEmpty() ? QString() : u"\n\n"_s) + pieceHead(*piece) + u'\n'
            + rawText(bytes);
    }
    if (text.isEmpty()) {
        return tr("No byte of an answer is recorded.");
    }
    if (call.piecesTruncated) {
        text += u"\n\n"_s + tr("There are more; an evidence pack has all of them.");
    }
    return text;
}

} // namespace exhibit::ui
