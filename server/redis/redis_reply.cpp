// SPDX-License-Identifier: Apache-2.0
#include "server/redis/redis_reply.h"

#include <hiredis/hiredis.h>

namespace exhibit::redis {
namespace {

struct FreeReply {
    void operator()(void* reply) const { freeReplyObject(reply); }
};

Reply copyOf(const redisReply& from)
{
    Reply reply;
    switch (from.type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_ERROR:
        reply.kind = from.type == REDIS_REPLY_ERROR ? Reply::Kind::Refusal : Reply::Kind::Text;
        reply.text.assign(from.str, static_cast<std::size_t>(from.len));
        break;
    case REDIS_REPLY_INTEGER:
        reply.kind = Reply::Kind::Number;
        reply.number = from.integer;
        break;
    case REDIS_REPLY_ARRAY:
        reply.kind = Reply::Kind::List;
        for (std::size_t item = 0; item < from.elements; ++item) {
            reply.items.push_back(copyOf(*from.element[item]));
        }
        break;
    default:
        break;
    }
    return reply;
}

} // namespace

Result<Bytes> encode(const Command& command)
{
    std::vector<const char*> words;
    std::vector<std::size_t> lengths;
    for (const auto& word : command) {
        words.push_back(word.data());
        lengths.push_back(word.size());
    }
    char* text = nullptr;
    const int length = redisFormatCommandArgv(
        &text, static_cast<int>(words.size()), words.data(), lengths.data());
    if (length < 0) {
        return fail(ErrorCode::Internal, "a command to Redis cannot be written");
    }
    Bytes bytes(text, static_cast<std::size_t>(length));
    redisFreeCommand(text);
    return bytes;
}

struct ReplyReader::State {
    std::unique_ptr<redisReader, decltype(&redisReaderFree)> reader{redisReaderCreate(),
                                                                    &redisReaderFree};
    std::size_t waiting = 0; ///< Bytes fed since the last whole reply.
};

ReplyReader::ReplyReader()
    : m_state(std::make_unique<State>())
{
}

ReplyReader::~ReplyReader() = default;

Result<void> ReplyReader::feed(BytesView bytes)
{
    m_state->waiting += bytes.size();
    if (m_state->waiting > kReplyBytesMax) {
        return fail(ErrorCode::TooLarge, "a reply of Redis is too large");
    }
    if (redisReaderFeed(m_state->reader.get(), bytes.data(), bytes.size()) != REDIS_OK) {
        return fail(ErrorCode::Corrupt, "what Redis sent is none of its replies");
    }
    return {};
}

Result<std::optional<Reply>> ReplyReader::next()
{
    void* found = nullptr;
    if (redisReaderGetReply(m_state->reader.get(), &found) != REDIS_OK) {
        return fail(ErrorCode::Corrupt, "what Redis sent is none of its replies");
    }
    const std::unique_ptr<void, FreeReply> reply(found);
    if (!reply) {
        return std::optional<Reply>{};
    }
    m_state->waiting = 0;
    return std::optional(copyOf(*static_cast<const redisReply*>(reply.get())));
}

} // namespace exhibit::redis
