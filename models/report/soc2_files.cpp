// SPDX-License-Identifier: Apache-2.0
#include "models/report/soc2_files.h"

#include "models/evidence/zip_writer.h"

namespace exhibit::report {
namespace {

Result<Bytes> redactedListing(BytesView listing, const ExportRedaction& redaction)
{
    Bytes redacted;
    while (!listing.empty()) {
        const auto end = listing.find('\n');
        auto member = parseJson(listing.substr(0, end));
        if (!member || !member->is_object()) {
            return fail(ErrorCode::Corrupt, "a line of a listing is no object");
        }
        auto& object = member->get_object();
        for (const char* name : {"id", "details"}) {
            if (Json* value = object.if_contains(name)) {
                *value = redaction.json(*value);
            }
        }
        redacted += printJson(*member) + "\n";
        listing.remove_prefix(end == listing.npos ? listing.size() : end + 1);
    }
    return redacted;
}

} // namespace

Result<void> redactSoc2(Soc2Bundle& bundle,
                        Soc2Listings& listings,
                        const ExportRedaction& redaction)
{
    bundle.redacted = redaction.on();
    if (!redaction.on()) {
        return {};
    }
    for (auto& [name, listing] : listings) {
        EXHIBIT_TRY(listing, redactedListing(listing, redaction));
    }
    for (auto& row : bundle.rows) {
        for (auto& id : row.sampleIds) {
            redaction.apply(id);
        }
        if (const auto listing = listings.find(row.evidenceFile); listing != listings.end()) {
            row.evidenceSha256 = sha256(listing->second);
        }
    }
    return {};
}

Json soc2Json(const Soc2Bundle& bundle, const Soc2Listings& listings)
{
    Json json = toJson(bundle);
    JsonObject files;
    for (const auto& [name, listing] : listings) {
        files.emplace(name, listing);
    }
    json.get_object().emplace("listings", std::move(files));
    return json;
}

Result<Bytes> soc2Archive(const Soc2Bundle& bundle, const Soc2Listings& listings)
{
    Soc2Listings files = listings;
    files["soc2.json"] = printJson(toJson(bundle));
    files["soc2.csv"] = soc2Csv(bundle);
    Bytes manifest;
    for (const auto& [name, bytes] : files) {
        manifest += toHex(asView(sha256(bytes))) + "  " + name + "\n";
    }
    files["manifest-sha256.txt"] = std::move(manifest);
    Bytes archive;
    evidence::ZipWriter writer([&archive](BytesView bytes) -> Result<void> {
        archive += bytes;
        return {};
    });
    for (const auto& [name, bytes] : files) {
        EXHIBIT_CHECK(writer.add("soc2-" + bundle.bundleId + "/" + name, bytes));
    }
    EXHIBIT_CHECK(writer.finish());
    return archive;
}

} // namespace exhibit::report
