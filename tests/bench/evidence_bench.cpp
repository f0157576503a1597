// SPDX-License-Identifier: Apache-2.0
// ./dev bench evidence: the bars of the ledger and of verification, each beside what the machine
// gives (openssl's SHA-256 over 16 KiB in the same run).
#include "models/base/sha256.h"
#include "models/evidence/entry.h"
#include "models/evidence/field.h"
#include "models/evidence/mapped_file.h"
#include "models/evidence/pack.h"
#include "models/evidence/tiles.h"
#include "models/evidence/verifier.h"
#include "server/spool/little_endian.h"
#include "server/storage/chain_ledger.h"
#include "server/storage/database_setup.h"
#include "server/storage/ledger_check.h"
#include "tests/support/temp_dir.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <random>
#include <thread>

namespace {

using namespace exhibit;
using namespace exhibit::evidence;
using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

void line(const std::string& what, const std::string& figure, const std::string& bar)
{
    fmt::print("| {} | {} | {} |\n", what, figure, bar);
    std::fflush(stdout);
}

/// Bytes a second of SHA-256 over blocks of 16 KiB: what a core can do.
double hashSpeed()
{
    const Bytes block(16384, 'x');
    const auto start = Clock::now();
    std::size_t count = 0;
    while (secondsSince(start) < 1) {
        for (int i = 0; i < 100; ++i, ++count) {
            [[maybe_unused]] const auto digest = sha256(block);
        }
    }
    return static_cast<double>(count * block.size()) / secondsSince(start);
}

Entry sampleEntry(const std::string& origin, std::uint64_t sequence, const Digest& previous)
{
    return {{{sha256(std::to_string(sequence)), "/model"},
             {sha256("request"), "/request/raw"},
             {sha256("response"), "/response/raw"}},
            origin,
            previous,
            sequence,
            "2026-11-21T10:00:00.000000Z",
            "llm.call"};
}

/// Length-prefixed entries of one chain.
void writeChain(const std::filesystem::path& file, std::uint64_t count)
{
    std::ofstream stream(file, std::ios::binary);
    const std::string origin = "exhibit.bench/t/log1";
    Digest previous = genesisPrevious(origin);
    for (std::uint64_t i = 0; i < count; ++i) {
        const Bytes entry = writeEntry(sampleEntry(origin, i, previous)).value();
        Bytes length;
        spool::appendLittleEndian(length, static_cast<std::uint32_t>(entry.size()));
        stream << length << entry;
        previous = entryHash(entry);
    }
}

void benchChain(const std::filesystem::path& folder, std::uint64_t count)
{
    writeChain(folder / "chain", count);
    const auto map = MappedFile::open(folder / "chain").value();
    // Before and behind: what a core can do changes with what else the machine does.
    const double before = hashSpeed();
    const auto start = Clock::now();
    BytesView rest = map.bytes();
    TreeEdge tree;
    Digest previous = genesisPrevious("exhibit.bench/t/log1");
    while (!rest.empty()) {
        const auto size = spool::readLittleEndian<std::uint32_t>(rest);
        const BytesView entry = rest.substr(4, size);
        const auto head = parseEntryHead(entry);
        if (!head || head->previous != previous || head->sequence != tree.size()) {
            throw std::runtime_error("the chain does not verify");
        }
        previous = entryHash(entry);
        tree.append(leafHash(entry));
        rest.remove_prefix(4 + size);
    }
    const double seconds = secondsSince(start);
    const double hashBytes = (before + hashSpeed()) / 2;
    // Each byte is hashed twice (chain and leaf), and 65 bytes for each node.
    const double hashed
        = 2.0 * static_cast<double>(map.bytes().size()) + 65.0 * static_cast<double>(count);
    line("verification from disk, one core",
         fmt::format("{:.0f} entries/s", static_cast<double>(count) / seconds),
         ">= 400,000");
    line(
        "its hashed bytes against SHA-256 at 16 KiB",
        fmt::format("{:.0f} % of {:.0f} MB/s", 100 * hashed / seconds / hashBytes, hashBytes / 1e6),
        ">= 40 %");
}

struct BenchKeys {
    SigningKey log = SigningKey::fromSeed(Secret(std::string(32, 'l'))).value();
    SigningKey certificate = SigningKey::fromSeed(Secret(std::string(32, 'c'))).value();
};

/// A signed pack of `count` entries, each with a field or, with blob bytes, a blob.
Bytes makePack(const BenchKeys& keys, std::uint64_t count, std::size_t blobBytes)
{
    const std::string origin = "exhibit.bench/t/log1";
    PackPayload payload;
    Tree tree;
    Digest previous = genesisPrevious(origin);
    for (std::uint64_t i = 0; i < count; ++i) {
        Field field{
            randomSalts(1), "/response/raw", Json("text " + std::to_string(i)), std::nullopt};
        if (blobBytes > 0) {
            Bytes blob(blobBytes, static_cast<char>('a' + i % 26));
            field.value = blobValue(blob, field.salt);
            payload[blobPath(i, 0)] = std::move(blob);
        }
        const Bytes file = writeField(field).value();
        Entry entry{{{sha256(file), field.path}},
                    origin,
                    previous,
                    i,
                    "2026-11-21T10:00:00.000000Z",
                    "llm.call"};
        const Bytes bytes = writeEntry(entry).value();
        payload[fieldPath(i, 0)] = file;
        payload[entryPath(i)] = bytes;
        tree.append(leafHash(bytes));
        previous = entryHash(bytes);
    }
    const std::string body = writeCheckpoint({origin, {count, tree.root(count)}});
    const auto key = NoteKey::make(origin, keys.log.publicKey()).value();
    const std::string note = writeNote({body, {makeSignature(key, keys.log.sign(body))}}).value();
    payload[checkpointPath(count)] = note;
    for (std::uint64_t i = 0; i < count; ++i) {
        payload[proofPath(i)]
            = writeTlogProof({{}, i, inclusionProof(tree.nodes(), i, count).value(), note});
    }
    payload["data/redactions.json"] = "[]";
    const auto sign
        = [&keys](const PackStatement& statement, const Digest& digest) -> Result<Envelope> {
        EXHIBIT_TRY(const Bytes bytes, writePackStatement(statement, digest));
        const Bytes toSign = preAuthEncoding(kInTotoType, bytes);
        return Envelope{bytes,
                        std::string(kInTotoType),
                        {{keys.certificate.publicKey().id(), keys.certificate.sign(toSign)}}};
    };
    const auto bag
        = makeBag({"bench", origin, count, 0, "", ""}, "2026-11-21", std::move(payload), sign)
              .value();
    Bytes archive;
    if (!writePack("bench", bag, [&archive](BytesView part) -> Result<void> {
            archive += part;
            return {};
        })) {
        throw std::runtime_error("the pack cannot be written");
    }
    return archive;
}

double verifySeconds(const BenchKeys& keys, const Bytes& pack)
{
    TrustAnchors anchors;
    anchors.logKeys.push_back(
        {NoteKey::make("exhibit.bench/t/log1", keys.log.publicKey()).value()});
    anchors.certificateKeys.push_back(keys.certificate.publicKey());
    const auto start = Clock::now();
    const auto report = verifyPack(pack, anchors);
    const double seconds = secondsSince(start);
    if (report.verdict != Verdict::Valid) {
        throw std::runtime_error(printJson(reportJson("bench", report)).substr(0, 2000));
    }
    return seconds;
}

void benchPacks()
{
    const BenchKeys keys;
    line("pack of 1,000 entries verified",
         fmt::format("{:.0f} ms", 1000 * verifySeconds(keys, makePack(keys, 1000, 0))),
         "<= 300 ms");
    const Bytes large = makePack(keys, 8, std::size_t{128} * 1024 * 1024);
    line("pack of 1 GiB verified",
         fmt::format("{:.0f} MB/s",
                     static_cast<double>(large.size()) / 1e6 / verifySeconds(keys, large)),
         ">= 300 MB/s");
}

/// Tiles of all levels, one file a level, as a server of static files has them.
void writeTiles(const std::filesystem::path& folder, std::uint64_t size)
{
    std::vector<Digest> row;
    for (std::uint64_t i = 0; i < size; ++i) {
        row.push_back(leafHash(std::to_string(i)));
    }
    for (unsigned level = 0; !row.empty(); ++level) {
        std::ofstream file(folder / std::to_string(level), std::ios::binary);
        std::vector<Digest> upper;
        Bytes tile;
        for (const auto& hash : row) {
            tile += asView(hash);
            if (tile.size() == kTileWidth * 32) {
                file << tile;
                upper.push_back(tileNode(tile, 0, kTileWidth));
                tile.clear();
            }
        }
        file << tile;
        row = std::move(upper);
    }
}

void benchProofs(const std::filesystem::path& folder, std::uint64_t size)
{
    writeTiles(folder, size);
    std::vector<MappedFile> levels;
    for (unsigned level = 0; std::filesystem::exists(folder / std::to_string(level)); ++level) {
        levels.push_back(MappedFile::open(folder / std::to_string(level)).value());
    }
    const auto source = [&levels](const TileId& tile) -> Result<Bytes> {
        return Bytes(
            levels.at(tile.level).bytes().substr(tile.index * kTileWidth * 32, tile.width * 32));
    };
    std::mt19937_64 random(7);
    std::vector<double> times;
    for (int i = 0; i < 1000; ++i) {
        const std::uint64_t index = random() % size;
        const auto start = Clock::now();
        const auto proof = inclusionProof(nodesFromTiles(source, size), index, size);
        times.push_back(1e6 * secondsSince(start));
        if (!proof || proof->size() > 24) {
            throw std::runtime_error("no proof");
        }
    }
    std::sort(times.begin(), times.end());
    line(fmt::format("proof of any of {} entries from tiles", size),
         fmt::format("p50 {:.0f} µs, p99 {:.0f} µs", times[500], times[990]),
         "<= 1,000 µs");
}

/// What `exhibitctl ledger verify` waits for: every entry, field, column and tile of a log.
void benchVerify(storage::Database& database, storage::SubjectKeys& keys, TenantId tenant)
{
    using namespace exhibit::storage;
    const auto start = Clock::now();
    const auto check = database.read(
        tenant, Deadline::after(std::chrono::minutes(10)), [&keys](Transaction& transaction) {
            return checkLedger(transaction, keys, {});
        });
    if (!check || !check->sound()) {
        throw std::runtime_error("the log is not sound");
    }
    line(fmt::format("ledger verify, log of {} entries with ten fields each", check->entries),
         fmt::format("{:.0f} entries/s", static_cast<double>(check->entries) / secondsSince(start)),
         "-");
}

/// Two tenants at once, batches of 500, fsync on.
void benchAppends(const std::filesystem::path& folder, std::size_t batches)
{
    using namespace exhibit::storage;
    const auto deadline = Deadline::after(std::chrono::minutes(10));
    auto setup = DatabaseSetup::open({folder, {}, {}, true}, deadline).value();
    if (!setup.bringUpToDate(deadline)) {
        throw std::runtime_error("no database");
    }
    Database database(setup.urls());
    SubjectKeys keys(spool::keyFileWrapper(folder / "fields.key").value());
    ChainLedger ledger(keys, "exhibit.bench");
    std::vector<EntryDraft> batch(500);
    for (auto& draft : batch) {
        draft = {"bench.call", utcNow(), {}, "service", "exhibitd", {}, "user:ada"};
        for (const auto* path :
             {"/call_id", "/request", "/response/released", "/usage", "/user_id"}) {
            draft.fields.push_back({path, "a value of some forty bytes, as they are"});
        }
    }
    const std::array tenants{TenantId::generate(), TenantId::generate()};
    const auto start = Clock::now();
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 2; ++writer) {
        writers.emplace_back([&, writer] {
            const auto tenant = tenants.at(static_cast<std::size_t>(writer));
            const auto run = [&](Transaction& transaction) -> Result<bool> {
                EXHIBIT_CHECK(transaction.query(
                    "INSERT INTO tenants (tenant_id, slug) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                    {tenant, "bench" + std::to_string(writer)}));
                EXHIBIT_CHECK(ledger.append(transaction, tenant, batch));
                return true;
            };
            for (std::size_t i = 0; i < batches; ++i) {
                if (!database.write(tenant, deadline, run)) {
                    std::abort();
                }
            }
        });
    }
    for (auto& writer : writers) {
        writer.join();
    }
    line("durable appends, two tenants, batches of 500, ten fields each",
         fmt::format("{:.0f} entries/s",
                     1000.0 * static_cast<double>(batches) / secondsSince(start)),
         ">= 5,000");
    benchVerify(database, keys, tenants.front());
}

} // namespace

int main(int argc, char** argv)
{
    const bool small = argc > 1 && std::string_view(argv[1]) == "--small";
    const test::TempDir folder;
    fmt::print("| | figure | bar |\n|---|---|---|\n");
    try {
        benchChain(folder.path(), small ? 50'000 : 1'000'000);
        std::filesystem::create_directory(folder.path() / "tiles");
        benchProofs(folder.path() / "tiles", small ? 300'000 : 10'000'000);
        benchPacks();
        benchAppends(folder.path() / "data", small ? 5 : 40);
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
    return 0;
}
