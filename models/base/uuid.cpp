// SPDX-License-Identifier: Apache-2.0
#include "models/base/uuid.h"

#include "models/base/assert.h"

#include <openssl/rand.h>

#include <mutex>

namespace exhibit {
namespace {

constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::string_view kHex = "0123456789abcdef";

struct Clock {
    std::mutex mutex;
    std::uint64_t milliseconds = 0;
    std::uint32_t counter = 0;
};

/// The next (millisecond, counter) pair, never going back, also when the wall clock does.
std::pair<std::uint64_t, std::uint32_t> nextTick(std::uint32_t start)
{
    static Clock clock;
    const auto now = std::chrono::floor<std::chrono::milliseconds>(utcNow()).time_since_epoch();
    const auto milliseconds = static_cast<std::uint64_t>(now.count());
    const std::scoped_lock lock(clock.mutex);
    if (milliseconds > clock.milliseconds) {
        clock.milliseconds = milliseconds;
        clock.counter = start & 0x3ff; // Leaves room to count up within the millisecond.
    } else if (++clock.counter > 0xfff) {
        ++clock.milliseconds;
        clock.counter = 0;
    }
    return {clock.milliseconds, clock.counter};
}

/// Ten bytes from OpenSSL's generator. Asked for a page at a time: a call of it costs some
/// microseconds whatever its size, and a proxied call makes several ids.
std::array<std::uint8_t, 10> randomBytes()
{
    struct Store {
        std::array<std::uint8_t, 4000> bytes;
        std::size_t used = sizeof bytes;
    };
    thread_local Store store;
    if (store.used == store.bytes.size()) {
        EXHIBIT_ASSERT(RAND_bytes(store.bytes.data(), static_cast<int>(store.bytes.size())) == 1);
        store.used = 0;
    }
    std::array<std::uint8_t, 10> taken{};
    std::memcpy(taken.data(), store.bytes.data() + store.used, taken.size());
    store.used += taken.size();
    return taken;
}

int base32Value(char character)
{
    const auto at = kAlphabet.find(character);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

} // namespace

Uuid Uuid::v7()
{
    const auto random = randomBytes();
    const auto [milliseconds, counter]
        = nextTick(static_cast<std::uint32_t>(random[8]) << 8 | random[9]);
    Uuid uuid;
    for (unsigned i = 0; i < 6; ++i) {
        uuid.bytes[i] = static_cast<std::uint8_t>(milliseconds >> (40 - 8 * i));
    }
    uuid.bytes[6] = static_cast<std::uint8_t>(0x70 | (counter >> 8));
    uuid.bytes[7] = static_cast<std::uint8_t>(counter);
    std::memcpy(uuid.bytes.data() + 8, random.data(), 8);
    uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3f) | 0x80);
    return uuid;
}

Uuid Uuid::v8(std::span<const std::uint8_t> digest)
{
    EXHIBIT_ASSERT(digest.size() >= 16);
    Uuid uuid;
    std::memcpy(uuid.bytes.data(), digest.data(), 16);
    uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0f) | 0x80);
    uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3f) | 0x80);
    return uuid;
}

Result<Uuid> Uuid::parseHyphenated(std::string_view text)
{
    Uuid uuid;
    std::size_t digits = 0;
    for (std::size_t i = 0; i < text.size() && text.size() == 36; ++i) {
        const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        const auto value = hyphen ? std::string_view::npos : kHex.find(text[i]);
        if (hyphen ? text[i] != '-' : value == std::string_view::npos) {
            break;
        }
        if (!hyphen) {
            auto& byte = uuid.bytes.at(digits / 2);
            byte = static_cast<std::uint8_t>(std::size_t{byte} << 4 | value);
            ++digits;
        }
    }
    if (digits != 32) {
        return fail(ErrorCode::InvalidInput, "not a UUID in lower-case 8-4-4-4-12 form");
    }
    return uuid;
}

std::string Uuid::hyphenated() const
{
    std::string text;
    text.reserve(36);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            text += '-';
        }
        text += kHex[bytes[i] >> 4];
        text += kHex[bytes[i] & 15];
    }
    return text;
}

std::string Uuid::base32() const
{
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    for (std::size_t i = 0; i < 8; ++i) {
        high = high << 8 | bytes[i];
        low = low << 8 | bytes[i + 8];
    }
    // 128 bits are 26 digits of 5 bits with two zero bits in front; the 14th from the end is made
    // of both halves.
    std::string text(26, '0');
    for (std::size_t i = 0; i < 12; ++i) {
        text[25 - i] = kAlphabet[low >> (5 * i) & 31];
        text[12 - i] = kAlphabet[high >> (5 * i + 1) & 31];
    }
    text[13] = kAlphabet[(high << 4 | low >> 60) & 31];
    text[0] = kAlphabet[high >> 61];
    return text;
}

UtcTime Uuid::timestamp() const
{
    std::int64_t milliseconds = 0;
    for (unsigned i = 0; i < 6; ++i) {
        milliseconds = milliseconds << 8 | bytes[i];
    }
    return UtcTime{std::chrono::milliseconds{milliseconds}};
}

Result<Uuid> parsePrefixed(std::string_view prefix, std::string_view text)
{
    const std::string expected = "expected an id of the form " + std::string(prefix) + "…";
    if (!text.starts_with(prefix) || text.size() != prefix.size() + 26) {
        return fail(ErrorCode::InvalidInput, expected);
    }
    text.remove_prefix(prefix.size());
    Uuid uuid;
    for (std::size_t digit = 0; digit < 26; ++digit) {
        const int value = base32Value(text[digit]);
        if (value < 0 || (digit == 0 && value > 7)) {
            return fail(ErrorCode::InvalidInput, expected);
        }
        for (std::size_t i = 0; i < 5; ++i) {
            const std::size_t bit = digit * 5 + i;
            if (bit >= 2 && ((value >> (4 - i)) & 1) != 0) {
                auto& byte = uuid.bytes[(bit - 2) / 8];
                byte = static_cast<std::uint8_t>(byte | 1U << (7 - (bit - 2) % 8));
            }
        }
    }
    return uuid;
}

} // namespace exhibit
