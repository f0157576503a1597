// SPDX-License-Identifier: Apache-2.0
#include "server/redis/redis_limits.h"

#include "models/base/sha256.h"
#include "models/base/traffic_limits.h"

#include <algorithm>
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
// KEYS hash of replica -> "slots until_ms"; ARGV most least divisor replica now_ms until_ms own
constexpr std::string_view kLeaseSlots
    = "local own = tonumber(ARGV[7])"
      " local taken = own"
      " local held = redis.call('HGETALL', KEYS[1])"
      " for i = 1, #held, 2 do"
      "  local slots, last = string.match(held[i + 1], '(%S+) (%S+)')"
      "  if held[i] == ARGV[4] then last = '0' end"
      "  if tonumber(last) > tonumber(ARGV[5]) then taken = taken + tonumber(slots)"
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
// KEYS hash; ARGV replica slots until_ms
constexpr std::string_view kHoldSlots
    = "if tonumber(ARGV[2]) <= 0 then redis.call('HDEL', KEYS[1], ARGV[1])"
      " else redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[3])"
      " redis.call('EXPIRE', KEYS[1], 86400) end"
      " return 1";
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

Command leaseBudget(const BudgetDemand& demand)
{
    // Two days from now: later than the end of any day that is counted.
    const auto expires
        = std::chrono::time_point_cast<std::chrono::seconds>(utcNow()) + std::chrono::days(2);
    return script(std::string(kGrant) + std::string(kLeaseBudget),
                  keyOf(demand.key),
                  {std::to_string(demand.limit),
                   std::to_string(demand.least),
                   std::to_string(limits::kBudgetBlockDivisor),
                   std::to_string(expires.time_since_epoch().count())});
}

} // namespace

Command RedisLimitStore::leaseSlots(const BudgetDemand& demand, const std::string& key) const
{
    const auto held = m_slots.find(key);
    return script(std::string(kGrant) + std::string(kLeaseSlots),
                  key,
                  {std::to_string(demand.limit),
                   std::to_string(demand.least),
                   std::to_string(limits::kBudgetBlockDivisor),
                   m_replica.text(),
                   std::to_string(millisecondsNow()),
                   slotsUntil(),
                   std::to_string(held == m_slots.end() ? 0 : held->second)});
}

Command RedisLimitStore::holdSlots(const std::string& key, std::int64_t slots) const
{
    return script(
        std::string(kHoldSlots), key, {m_replica.text(), std::to_string(slots), slotsUntil()});
}

Result<BudgetLease> RedisLimitStore::granted(const Command& command)
{
    EXHIBIT_TRY(const auto reply,
                m_client.askOne(command, Deadline::after(limits::kBudgetLeaseTimeout)));
    if (reply.items.size() != 2) {
        return fail(ErrorCode::Unavailable, "Redis answers a lease with something else");
    }
    return BudgetLease{numberOf(reply.items[0]), numberOf(reply.items[1])};
}

Result<BudgetLease> RedisLimitStore::lease(const BudgetDemand& demand)
{
    if (demand.key.kind != BudgetKind::Slots) {
        return granted(leaseBudget(demand));
    }
    const std::scoped_lock lock(m_mutex);
    const auto key = keyOf(demand.key);
    auto leased = granted(leaseSlots(demand, key));
    // Also after an error: what was perhaps granted is taken back by the next renewal.
    m_slots[key] += leased ? leased->granted : 0;
    return leased;
}

std::vector<BudgetAmount> RedisLimitStore::giveBack(std::vector<BudgetAmount> amounts)
{
    if (amounts.empty()) {
        return amounts;
    }
    const std::scoped_lock lock(m_mutex);
    auto slots = m_slots;
    std::vector<Command> commands;
    for (const auto& [key, amount] : amounts) {
        const auto name = keyOf(key);
        if (key.kind == BudgetKind::Slots) {
            auto& held = slots[name];
            held = std::max<std::int64_t>(held - amount, 0);
            commands.push_back(holdSlots(name, held));
        } else {
            commands.push_back(script(std::string(kGiveBack), name, {std::to_string(amount)}));
        }
    }
    const auto given = m_client.ask(commands, Deadline::after(limits::kBudgetLeaseTimeout));
    if (!given && given.error().subject == kNotSent) {
        return amounts;
    }
    std::vector<BudgetAmount> kept;
    for (std::size_t i = 0; given && i < amounts.size(); ++i) {
        if ((*given)[i].kind == Reply::Kind::Refusal) {
            kept.push_back(amounts[i]);
        }
    }
    m_slots = std::move(slots);
    for (const auto& [key, amount] : kept) {
        if (key.kind == BudgetKind::Slots) {
            m_slots[keyOf(key)] += amount;
        }
    }
    return kept;
}

Result<void> RedisLimitStore::renewSlots(Deadline deadline)
{
    const std::scoped_lock lock(m_mutex);
    std::vector<Command> commands;
    for (const auto& [key, slots] : m_slots) {
        commands.push_back(holdSlots(key, slots));
    }
    if (commands.empty()) {
        return {};
    }
    EXHIBIT_CHECK(m_client.askAll(commands, deadline));
    std::erase_if(m_slots, [](const auto& held) { return held.second == 0; });
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
    EXHIBIT_TRY(const auto replies, client.askAll(commands, deadline));
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
