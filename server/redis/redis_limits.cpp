// SPDX-License-Identifier: Apache-2.0
#include "server/redis/redis_limits.h"

#include "models/base/sha256.h"
#include "models/base/traffic_limits.h"

#include <charconv>
#include <map>

namespace exhibit::redis {
namespace {

using security::BudgetAmount;
using security::BudgetDemand;
using security::BudgetKind;
using security::BudgetLease;

// Numbers go and come as text: Lua's are doubles, exact to 2^53.
constexpr std::string_view kGrant
    = "local function grant(most, taken, least, divisor)"
      " local left = most - taken"
      " if left < least then return 0 end"
      " return math.min(left, math.max(least, math.floor(left / divisor)))"
      " end ";
// KEYS counter; ARGV most least divisor expires_at
constexpr std::string_view kLeaseBudget
    = "local taken = tonumber(redis.call('GET', KEYS[1]) or '0')"
      " local granted = grant(tonumber(ARGV[1]), taken, tonumber(ARGV[2]), tonumber(ARGV[3]))"
      " redis.call('INCRBY', KEYS[1], string.format('%.0f', granted))"
      " redis.call('EXPIREAT', KEYS[1], ARGV[4])"
      " return {string.format('%.0f', granted), string.format('%.0f', taken + granted)}";
// KEYS hash of replica -> "slots until_ms"; ARGV most least divisor replica now_ms until_ms
constexpr std::string_view kLeaseSlots
    = "local taken, own = 0, 0"
      " local held = redis.call('HGETALL', KEYS[1])"
      " for i = 1, #held, 2 do"
      "  local slots, last = string.match(held[i + 1], '(%S+) (%S+)')"
      "  if held[i] == ARGV[4] then own = tonumber(slots) taken = taken + own"
      "  elseif tonumber(last) > tonumber(ARGV[5]) then taken = taken + tonumber(slots)"
      "  else redis.call('HDEL', KEYS[1], held[i]) end"
      " end"
      " local granted = grant(tonumber(ARGV[1]), taken, tonumber(ARGV[2]), tonumber(ARGV[3]))"
      " redis.call('HSET', KEYS[1], ARGV[4], string.format('%.0f', own + granted) .. ' ' .. "
      "ARGV[6])"
      " redis.call('EXPIRE', KEYS[1], 86400)"
      " return {string.format('%.0f', granted), string.format('%.0f', taken + granted)}";
// A counter whose day is over stays away.
constexpr std::string_view kGiveBack
    = "if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('DECRBY', KEYS[1], ARGV[1]) end"
      " return 1";
// KEYS hash; ARGV replica slots until_ms; 0 slots: only the time changes.
constexpr std::string_view kChangeSlots
    = "local held = redis.call('HGET', KEYS[1], ARGV[1])"
      " if not held then return 0 end"
      " local slots = tonumber(string.match(held, '(%S+)')) - tonumber(ARGV[2])"
      " if slots <= 0 then redis.call('HDEL', KEYS[1], ARGV[1])"
      " else redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', slots) .. ' ' .. ARGV[3]) "
      "end"
      " return slots > 0 and 1 or 0";
// KEYS hash of "second replica" -> uses; ARGV replica oldest second uses second uses ...
constexpr std::string_view kTellRates
    = "for i = 3, #ARGV, 2 do"
      "  redis.call('HINCRBY', KEYS[1], ARGV[i] .. ' ' .. ARGV[1], ARGV[i + 1]) end"
      " local said = {}"
      " local all = redis.call('HGETALL', KEYS[1])"
      " for i = 1, #all, 2 do"
      "  local second, who = string.match(all[i], '(%S+) (%S+)')"
      "  if tonumber(second) < tonumber(ARGV[2]) then redis.call('HDEL', KEYS[1], all[i])"
      "  elseif who ~= ARGV[1] then said[#said + 1] = second said[#said + 1] = all[i + 1] end"
      " end"
      " redis.call('EXPIRE', KEYS[1], 120)"
      " return said";

Command script(std::string text, std::string key, std::vector<std::string> arguments)
{
    Command command{"EVAL", std::move(text), "1", std::move(key)};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return command;
}

std::int64_t millisecondsNow()
{
    return toMicroseconds(utcNow()) / 1000;
}

std::string slotsUntil()
{
    return std::to_string(
        millisecondsNow()
        + std::chrono::duration_cast<std::chrono::milliseconds>(RedisLimitStore::kSlotsKept)
              .count());
}

/// "budget:{TENANT}:user/alice/tokens/2026-11-21"; the braces keep a tenant's keys on one node.
std::string keyOf(const security::BudgetKey& key)
{
    return std::string(key.kind == BudgetKind::Slots ? "slots" : "budget") + ":{"
        + key.tenant.text() + "}:" + key.name;
}

std::int64_t numberOf(const Reply& reply)
{
    std::int64_t value = reply.number;
    std::from_chars(reply.text.data(), reply.text.data() + reply.text.size(), value);
    return value;
}

} // namespace

Command RedisLimitStore::leaseCommand(const BudgetDemand& demand) const
{
    const std::vector<std::string> amounts{std::to_string(demand.limit),
                                           std::to_string(demand.least),
                                           std::to_string(limits::kBudgetBlockDivisor)};
    auto arguments = amounts;
    if (demand.key.kind == BudgetKind::Slots) {
        arguments.insert(arguments.end(),
                         {m_replica.text(), std::to_string(millisecondsNow()), slotsUntil()});
        return script(std::string(kGrant) + std::string(kLeaseSlots),
                      keyOf(demand.key),
                      std::move(arguments));
    }
    // Two days from now: later than the end of any day that is counted.
    const auto expires
        = std::chrono::time_point_cast<std::chrono::seconds>(utcNow()) + std::chrono::days(2);
    arguments.push_back(std::to_string(expires.time_since_epoch().count()));
    return script(
        std::string(kGrant) + std::string(kLeaseBudget), keyOf(demand.key), std::move(arguments));
}

Result<BudgetLease> RedisLimitStore::lease(const BudgetDemand& demand)
{
    std::unique_lock<std::mutex> lock(m_mutex, std::defer_lock);
    if (demand.key.kind == BudgetKind::Slots) {
        lock.lock(); // Until it is leased: renewSlots() must not find it without slots.
        m_slotKeys.insert(keyOf(demand.key));
    }
    EXHIBIT_TRY(
        const auto reply,
        m_client.askOne(leaseCommand(demand), Deadline::after(limits::kBudgetLeaseTimeout)));
    if (reply.items.size() != 2) {
        return fail(ErrorCode::Unavailable, "Redis answers a lease with something else");
    }
    return BudgetLease{numberOf(reply.items[0]), numberOf(reply.items[1])};
}

std::vector<BudgetAmount> RedisLimitStore::giveBack(std::vector<BudgetAmount> amounts)
{
    if (amounts.empty()) {
        return amounts;
    }
    std::vector<Command> commands;
    for (const auto& [key, amount] : amounts) {
        commands.push_back(
            key.kind == BudgetKind::Slots
                ? script(std::string(kChangeSlots),
                         keyOf(key),
                         {m_replica.text(), std::to_string(amount), slotsUntil()})
                : script(std::string(kGiveBack), keyOf(key), {std::to_string(amount)}));
    }
    const auto given = m_client.ask(commands, Deadline::after(limits::kBudgetLeaseTimeout));
    return !given && given.error().subject == kNotSent ? amounts : std::vector<BudgetAmount>{};
}

Result<void> RedisLimitStore::renewSlots(Deadline deadline)
{
    const std::scoped_lock lock(m_mutex);
    std::vector<Command> commands;
    for (const auto& key : m_slotKeys) {
        commands.push_back(
            script(std::string(kChangeSlots), key, {m_replica.text(), "0", slotsUntil()}));
    }
    if (commands.empty()) {
        return {};
    }
    EXHIBIT_TRY(const auto replies, m_client.ask(commands, deadline));
    std::size_t number = 0;
    std::erase_if(m_slotKeys, [&](const std::string&) { return numberOf(replies[number++]) == 0; });
    return {};
}

Result<std::vector<security::RateUse>> exchangeRates(Client& client,
                                                     ReplicaId replica,
                                                     const std::vector<security::RateUse>& uses,
                                                     const std::vector<std::string>& keys,
                                                     Deadline deadline)
{
    std::map<std::string, std::vector<std::string>> told; // Seconds and uses, by key.
    for (const auto& key : keys) {
        told[key];
    }
    for (const auto& use : uses) {
        auto& words = told[use.key];
        words.push_back(std::to_string(use.second));
        words.push_back(std::to_string(use.count));
    }
    const auto oldest = std::to_string(millisecondsNow() / 1000 - 61);
    std::vector<Command> commands;
    for (const auto& [key, words] : told) {
        std::vector<std::string> arguments{replica.text(), oldest};
        arguments.insert(arguments.end(), words.begin(), words.end());
        commands.push_back(script(std::string(kTellRates),
                                  "rate:" + toHex(asView(sha256("exhibit/rate/v1\n" + key))),
                                  std::move(arguments)));
    }
    EXHIBIT_TRY(const auto replies, client.ask(commands, deadline));
    std::vector<security::RateUse> others;
    std::size_t number = 0;
    for (const auto& [key, words] : told) {
        const auto& said = replies[number++].items;
        for (std::size_t i = 0; i + 1 < said.size(); i += 2) {
            others.push_back({key, numberOf(said[i]), numberOf(said[i + 1])});
        }
    }
    return others;
}

} // namespace exhibit::redis
