// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/content_coding.h"

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

namespace exhibit::gateway {
namespace {

constexpr std::size_t kStepBytes = 64 * 1024;
constexpr std::size_t kCodingsMax = 4;

tl::unexpected<Error> damaged(std::string_view coding)
{
    return fail(ErrorCode::InvalidInput, "the body is not valid " + std::string(coding));
}

tl::unexpected<Error> bomb()
{
    return fail(ErrorCode::TooLarge, "the decoded body is too large");
}

/// windowBits as zlib reads them: 15 + 16 gzip, 15 zlib, -15 raw deflate.
Result<Bytes> inflateBody(BytesView body, int windowBits, std::size_t bytesMax)
{
    z_stream stream{};
    if (inflateInit2(&stream, windowBits) != Z_OK) {
        return fail(ErrorCode::Internal, "zlib cannot start");
    }
    const auto finish = [](z_stream* s) { inflateEnd(s); };
    const std::unique_ptr<z_stream, decltype(finish)> guard(&stream, finish);
    // zlib's interface is not const; it only reads the input.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
    stream.avail_in = static_cast<uInt>(body.size());
    Bytes out;
    std::array<char, kStepBytes> step{};
    while (true) {
        stream.next_out = reinterpret_cast<Bytef*>(step.data());
        stream.avail_out = static_cast<uInt>(step.size());
        const int result = inflate(&stream, Z_NO_FLUSH);
        out.append(step.data(), step.size() - stream.avail_out);
        if (out.size() > bytesMax) {
            return bomb();
        }
        if (result == Z_STREAM_END && stream.avail_in == 0) {
            return out;
        }
        // A gzip body may have several members (RFC 1952, 2.2).
        const bool nextMember = result == Z_STREAM_END && windowBits > 15;
        if (nextMember && inflateReset(&stream) == Z_OK) {
            continue;
        }
        if (result != Z_OK) {
            return damaged(windowBits > 15 ? "gzip" : "deflate");
        }
    }
}

/// "deflate" means zlib's format, but some clients send raw deflate.
Result<Bytes> inflateEither(BytesView body, std::size_t bytesMax)
{
    auto decoded = inflateBody(body, 15, bytesMax);
    if (!decoded && decoded.error().code == ErrorCode::InvalidInput) {
        return inflateBody(body, -15, bytesMax);
    }
    return decoded;
}

Result<Bytes> decodeBrotli(BytesView body, std::size_t bytesMax)
{
    const std::unique_ptr<BrotliDecoderState, decltype(&BrotliDecoderDestroyInstance)> state(
        BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), &BrotliDecoderDestroyInstance);
    if (!state) {
        return fail(ErrorCode::Internal, "brotli cannot start");
    }
    const auto* input = reinterpret_cast<const std::uint8_t*>(body.data());
    std::size_t left = body.size();
    Bytes out;
    std::array<std::uint8_t, kStepBytes> step{};
    while (true) {
        std::uint8_t* output = step.data();
        std::size_t room = step.size();
        const auto result
            = BrotliDecoderDecompressStream(state.get(), &left, &input, &room, &output, nullptr);
        out.append(reinterpret_cast<const char*>(step.data()), step.size() - room);
        if (out.size() > bytesMax) {
            return bomb();
        }
        if (result == BROTLI_DECODER_RESULT_SUCCESS && left == 0) {
            return out;
        }
        if (result != BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) {
            return damaged("br");
        }
    }
}

Result<Bytes> decodeZstd(BytesView body, std::size_t bytesMax)
{
    const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(),
                                                                       &ZSTD_freeDCtx);
    if (!context) {
        return fail(ErrorCode::Internal, "zstd cannot start");
    }
    ZSTD_inBuffer input{body.data(), body.size(), 0};
    Bytes out;
    std::array<char, kStepBytes> step{};
    while (true) {
        ZSTD_outBuffer output{step.data(), step.size(), 0};
        const std::size_t hint = ZSTD_decompressStream(context.get(), &output, &input);
        if (ZSTD_isError(hint) != 0) {
            return damaged("zstd");
        }
        out.append(step.data(), output.pos);
        if (out.size() > bytesMax) {
            return bomb();
        }
        if (hint == 0 && input.pos == input.size) {
            return out;
        }
        if (input.pos == input.size && output.pos < output.size) {
            return damaged("zstd");
        }
    }
}

std::string lowerTrimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) {
        return {};
    }
    std::string name(text.substr(first, text.find_last_not_of(" \t") - first + 1));
    std::transform(name.begin(), name.end(), name.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    return name;
}

std::vector<std::string> split(std::string_view codings)
{
    std::vector<std::string> names;
    while (!codings.empty()) {
        const auto comma = std::min(codings.find(','), codings.size());
        std::string name = lowerTrimmed(codings.substr(0, comma));
        if (!name.empty() && name != "identity") {
            names.push_back(std::move(name));
        }
        codings.remove_prefix(std::min(comma + 1, codings.size()));
    }
    return names;
}

Result<Bytes> decodeOne(const std::string& coding, BytesView body, std::size_t bytesMax)
{
    if (coding == "gzip" || coding == "x-gzip") {
        return inflateBody(body, 15 + 16, bytesMax);
    }
    if (coding == "deflate") {
        return inflateEither(body, bytesMax);
    }
    if (coding == "br") {
        return decodeBrotli(body, bytesMax);
    }
    if (coding == "zstd") {
        return decodeZstd(body, bytesMax);
    }
    return fail(ErrorCode::InvalidInput, "the content coding is not known");
}

} // namespace

Result<Bytes> decodeContent(std::string_view codings, BytesView body, std::size_t bytesMax)
{
    const auto names = split(codings);
    if (names.size() > kCodingsMax) {
        return fail(ErrorCode::InvalidInput, "too many content codings");
    }
    Bytes decoded(body);
    // Undone in reverse: the last coding named was applied last.
    for (auto name = names.rbegin(); name != names.rend(); ++name) {
        EXHIBIT_TRY(decoded, decodeOne(*name, decoded, bytesMax));
    }
    return decoded;
}

bool isIdentity(std::string_view codings)
{
    return split(codings).empty();
}

} // namespace exhibit::gateway
