// SPDX-License-Identifier: Apache-2.0
#include "server/main/configuration.h"

#include "models/evidence/entry.h"
#include "server/redis/redis_address.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <functional>
#include <sstream>

namespace exhibit::server {
namespace {

constexpr std::size_t kUrlBytesMax = 256;

Result<std::int64_t> parseNumber(const std::string& text, std::int64_t min, std::int64_t max)
{
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < min || value > max) {
        return fail(ErrorCode::InvalidInput,
                    fmt::format("expected a whole number from {} to {}", min, max));
    }
    return value;
}

Result<void> setListen(Configuration& configuration, const std::string& value)
{
    const auto colon = value.rfind(':');
    if (colon == std::string::npos || colon == 0) {
        return fail(ErrorCode::InvalidInput, "expected HOST:PORT, e.g. 127.0.0.1:8470");
    }
    EXHIBIT_TRY(const auto port, parseNumber(value.substr(colon + 1), 0, 65535));
    std::string host = value.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
    }
    configuration.listenAddress = host;
    configuration.listenPort = static_cast<std::uint16_t>(port);
    return {};
}

Result<void> setDatabaseUrl(Secret& target, const std::string& value)
{
    if (!value.starts_with("postgresql://") && !value.starts_with("postgres://")) {
        return fail(ErrorCode::InvalidInput, "expected a postgresql:// URL");
    }
    target = Secret(value);
    return {};
}

Result<void> setLogLevel(Configuration& configuration, const std::string& value)
{
    static const std::map<std::string, ops::LogLevel> levels = {{"debug", ops::LogLevel::Debug},
                                                                {"info", ops::LogLevel::Info},
                                                                {"warning", ops::LogLevel::Warning},
                                                                {"error", ops::LogLevel::Error}};
    const auto found = levels.find(value);
    if (found == levels.end()) {
        return fail(ErrorCode::InvalidInput, "expected debug, info, warning or error");
    }
    configuration.logLevel = found->second;
    return {};
}

template <class T>
Result<void> setNumber(T& target, const std::string& value, std::int64_t min, std::int64_t max)
{
    EXHIBIT_TRY(const auto number, parseNumber(value, min, max));
    target = T(number);
    return {};
}

Result<void> setUrl(std::string& url, const std::string& v)
{
    const bool http = v.starts_with("https://") || v.starts_with("http://");
    if (!http || v.size() > kUrlBytesMax || v.find_first_of(" #?\"<>") != std::string::npos) {
        return fail(ErrorCode::InvalidInput, "expected http(s)://HOST[:PORT][/PATH]");
    }
    url = v.substr(0, v.find_last_not_of('/') + 1);
    return {};
}

/// "VKEY URL, VKEY URL"
Result<void> setWitnesses(Configuration& configuration, const std::string& value)
{
    std::vector<storage::Witnesses::Witness> witnesses;
    std::istringstream list(value);
    for (std::string item; std::getline(list, item, ',');) {
        std::istringstream words(item);
        std::string vkey;
        std::string url;
        std::string more;
        words >> vkey >> url;
        auto key = evidence::NoteKey::parse(vkey);
        if (!key || key->type() != evidence::NoteKey::kCosignature || words >> more) {
            return fail(ErrorCode::InvalidInput,
                        "expected VKEY URL, VKEY URL; the keys are those of witnesses");
        }
        EXHIBIT_CHECK(setUrl(url, std::string(url)));
        witnesses.push_back({*std::move(key), std::move(url)});
    }
    configuration.witnesses = std::move(witnesses);
    return {};
}

Result<void> setRate(std::uint32_t& target, const std::string& value)
{
    return setNumber(target, value, 0, limits::kRateMax);
}

struct Setting {
    const char* name;
    const char* help;
    std::function<Result<void>(Configuration&, const std::string&)> set;
};

std::vector<Setting> redisSettings()
{
    return {
        {"redis.url",
         "redis:// or rediss:// URL of the Redis that replicas share limits through",
         [](Configuration& c, const std::string& v) -> Result<void> {
             EXHIBIT_CHECK(redis::parseAddress(v));
             c.redisUrl = Secret(v);
             return {};
         }},
        {"redis.ca_file",
         "PEM file of the authorities that vouch for it; without it the system's",
         [](Configuration& c, const std::string& v) -> Result<void> {
             c.redisCaFile = v;
             return {};
         }},
    };
}

std::vector<Setting> accessSettings()
{
    return {
        {"rate.address_per_minute",
         "requests a minute of one address, for people and whoever has no key; 0: no limit",
         [](Configuration& c, const std::string& v) { return setRate(c.rates.perAddress, v); }},
        {"rate.person_per_minute",
         "requests a minute of one person; 0: no limit",
         [](Configuration& c, const std::string& v) { return setRate(c.rates.perPerson, v); }},
        {"rate.service_per_minute",
         "requests a minute of one service key; 0, the default: no limit",
         [](Configuration& c, const std::string& v) { return setRate(c.rates.perService, v); }},
        {"trusted_proxies",
         "addresses and networks, with commas, whose X-Forwarded-For or Forwarded names the client",
         [](Configuration& c, const std::string& v) -> Result<void> {
             EXHIBIT_TRY(c.trustedProxies, security::TrustedProxies::parse(v));
             return {};
         }},
        {"upstream.keys",
         "variables with providers' keys, with commas, and where each may go: NAME=https://HOST",
         [](Configuration& c, const std::string& v) -> Result<void> {
             EXHIBIT_TRY(c.upstreamKeys, gateway::UpstreamKeys::parse(v));
             return {};
         }},
    };
}

Result<void> setThreshold(double& target, const std::string& value)
{
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), target);
    if (error != std::errc{} || end != value.data() + value.size()
        || !(target >= 0 && target <= 1)) {
        return fail(ErrorCode::InvalidInput, "expected a number from 0 to 1, e.g. 0.85");
    }
    return {};
}

std::vector<Setting> replaySettings()
{
    return {
        {"replay.embeddings_url",
         "address of an embedding model (OpenAI's wire) that compares the meanings of answers",
         [](Configuration& c, const std::string& v) { return setUrl(c.embeddings.url, v); }},
        {"replay.embeddings_model",
         "its name; without one answers are compared by their words",
         [](Configuration& c, const std::string& v) -> Result<void> {
             c.embeddings.model = v;
             return {};
         }},
        {"replay.embeddings_key",
         "the key that is sent to it",
         [](Configuration& c, const std::string& v) -> Result<void> {
             c.embeddings.key = Secret(v);
             return {};
         }},
        {"replay.embeddings_threshold",
         "cosine from which on two answers count as the same in meaning",
         [](Configuration& c, const std::string& v) {
             return setThreshold(c.embeddings.threshold, v);
         }},
    };
}

std::vector<Setting> evidenceSettings()
{
    return {
        {"signer.dir",
         "folder of a running exhibit-signer; without it one is started in the data folder",
         [](Configuration& c, const std::string& v) -> Result<void> {
             c.signerDir = v;
             return {};
         }},
        {"tsa.url",
         "address of an RFC 3161 time stamp authority for signed heads",
         [](Configuration& c, const std::string& v) { return setUrl(c.tsaUrl, v); }},
        {"ledger.witnesses",
         "witnesses that cosign signed heads (C2SP tlog-witness): VKEY URL, with commas",
         setWitnesses},
        {"ledger.host",
         "host that stands first in the names of tenants' logs",
         [](Configuration& c, const std::string& v) -> Result<void> {
             if (!evidence::isOrigin(v) || v.find('/') != std::string::npos) {
                 return fail(ErrorCode::InvalidInput, "expected a host name");
             }
             c.logHost = v;
             return {};
         }},
    };
}

std::vector<Setting> ownSettings()
{
    return {
        {"data_dir",
         "folder for spool, keys and the private database",
         [](Configuration& c, const std::string& v) -> Result<void> {
             c.dataDir = v;
             return {};
         }},
        {"listen", "HOST:PORT to serve on; port 0 takes any free one", setListen},
        {"database_url",
         "postgresql:// URL of an administrator; without it a private cluster is managed",
         [](Configuration& c, const std::string& v) { return setDatabaseUrl(c.databaseUrl, v); }},
        {"database_listen_url",
         "direct postgresql:// URL for LISTEN when the other goes through PgBouncer",
         [](Configuration& c, const std::string& v) {
             return setDatabaseUrl(c.databaseListenUrl, v);
         }},
        {"drain_timeout_s",
         "seconds that running calls get after SIGTERM",
         [](Configuration& c, const std::string& v) {
             return setNumber(c.drainTimeout, v, 0, 3600);
         }},
        {"run_idle_timeout_s",
         "seconds after which an idle run ends",
         [](Configuration& c, const std::string& v) {
             return setNumber(c.runIdleTimeout, v, 1, 86400);
         }},
        {"connections_max",
         "client connections at once",
         [](Configuration& c, const std::string& v) {
             return setNumber(c.connectionsMax, v, 1, 100'000);
         }},
        {"spool.bytes_max",
         "bytes the spool may hold before calls are refused",
         [](Configuration& c, const std::string& v) {
             return setNumber(c.spoolBytesMax, v, 1 << 20, std::int64_t{1} << 50);
         }},
        {"public_url",
         "address under which people reach this server, for certificates and their QR codes",
         [](Configuration& c, const std::string& v) { return setUrl(c.publicUrl, v); }},
        {"log_level", "debug, info, warning or error", setLogLevel},
    };
}

const std::vector<Setting>& settings()
{
    static const auto list = [] {
        auto all = ownSettings();
        for (const auto& more :
             {accessSettings(), evidenceSettings(), replaySettings(), redisSettings()}) {
            all.insert(all.end(), more.begin(), more.end());
        }
        return all;
    }();
    return list;
}

std::string environmentName(std::string_view setting)
{
    std::string name = "EXHIBIT_";
    for (const char c : setting) {
        name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    return name;
}

std::filesystem::path defaultDataDir()
{
    if (::geteuid() == 0) {
        return "/var/lib/exhibit";
    }
    if (const char* dataHome = std::getenv("XDG_DATA_HOME");
        dataHome != nullptr && *dataHome != '\0') {
        return std::filesystem::path(dataHome) / "exhibit";
    }
    const char* home = std::getenv("HOME");
    return std::filesystem::path(home != nullptr ? home : ".") / ".local/share/exhibit";
}

/// Leaves of a table by their dotted names.
void flatten(const toml::table& table, const std::string& prefix, Settings& into)
{
    for (const auto& [key, node] : table) {
        const std::string name = prefix + std::string(key.str());
        if (const auto* nested = node.as_table()) {
            flatten(*nested, name + ".", into);
        } else if (const auto text = node.value<std::string>()) {
            into[name] = *text;
        } else if (const auto number = node.value<std::int64_t>()) {
            into[name] = std::to_string(*number);
        } else {
            into[name] = "";
        }
    }
}

} // namespace

Result<Settings> settingsFromFile(const std::filesystem::path& file)
{
    try {
        Settings flat;
        flatten(toml::parse_file(file.string()), "", flat);
        return flat;
    } catch (const toml::parse_error& error) {
        return fail(ErrorCode::InvalidInput,
                    fmt::format("line {}: {}", error.source().begin.line, error.description()),
                    file.string());
    }
}

Settings settingsFromEnvironment(const char* const* environment)
{
    Settings found;
    for (const auto& setting : settings()) {
        const std::string assignment = environmentName(setting.name) + "=";
        for (const char* const* entry = environment; entry != nullptr && *entry != nullptr;
             ++entry) {
            const std::string_view text = *entry;
            if (text.starts_with(assignment)) {
                found[setting.name] = std::string(text.substr(assignment.size()));
            }
        }
    }
    return found;
}

Result<Configuration> makeConfiguration(const std::vector<Settings>& layers)
{
    Configuration configuration;
    configuration.dataDir = defaultDataDir();
    for (const auto& layer : layers) {
        for (const auto& [name, value] : layer) {
            const auto& all = settings();
            const auto setting = std::find_if(
                all.begin(), all.end(), [&](const Setting& s) { return name == s.name; });
            if (setting == all.end()) {
                return fail(ErrorCode::InvalidInput, "there is no such setting", name);
            }
            if (auto set = setting->set(configuration, value); !set) {
                return fail(set.error().code, set.error().message, name);
            }
        }
    }
    if (configuration.embeddings.model.empty() != configuration.embeddings.url.empty()) {
        return fail(ErrorCode::InvalidInput,
                    "expected an address and a model, or neither",
                    "replay.embeddings_url");
    }
    return configuration;
}

const std::map<std::string, std::string, std::less<>>& knownSettings()
{
    static const auto names = [] {
        std::map<std::string, std::string, std::less<>> map;
        for (const auto& setting : settings()) {
            map.emplace(setting.name, setting.help);
        }
        return map;
    }();
    return names;
}

} // namespace exhibit::server
