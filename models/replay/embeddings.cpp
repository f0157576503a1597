// SPDX-License-Identifier: Apache-2.0
#include "models/replay/embeddings.h"

#include "models/base/json.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace exhibit::replay {
namespace {

constexpr std::size_t kDimensionsMax = 16'384;

tl::unexpected<Error> malformed()
{
    return fail(ErrorCode::InvalidInput, "the reply does not hold the vectors of two texts");
}

Result<std::vector<double>> vectorOf(const Json& item)
{
    const Json* numbers = findMember(item, "embedding");
    if (numbers == nullptr || !numbers->is_array() || numbers->get_array().empty()
        || numbers->get_array().size() > kDimensionsMax) {
        return malformed();
    }
    std::vector<double> vector;
    for (const auto& number : numbers->get_array()) {
        boost::system::error_code error;
        const auto value = number.is_number() ? number.to_number<double>(error) : NAN;
        if (error || !std::isfinite(value)) {
            return malformed();
        }
        vector.push_back(value);
    }
    return vector;
}

double product(const std::vector<double>& a, const std::vector<double>& b)
{
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        sum += a[i] * b[i];
    }
    return sum;
}

} // namespace

Bytes embeddingRequest(const std::string& model, const std::string& a, const std::string& b)
{
    return printJson(JsonObject{
        {"model", model}, {"input", JsonArray{Json(a), Json(b)}}, {"encoding_format", "float"}});
}

Result<double> embeddingSimilarity(BytesView reply)
{
    EXHIBIT_TRY(const Json json, parseJson(reply));
    const Json* data = findMember(json, "data");
    if (data == nullptr || !data->is_array() || data->get_array().size() != 2) {
        return malformed();
    }
    std::array<std::vector<double>, 2> vectors;
    for (std::size_t i = 0; i < vectors.size(); ++i) {
        EXHIBIT_TRY(vectors.at(i), vectorOf(data->get_array()[i]));
    }
    const double lengths
        = std::sqrt(product(vectors[0], vectors[0])) * std::sqrt(product(vectors[1], vectors[1]));
    if (vectors[0].size() != vectors[1].size() || !(lengths > 0) || !std::isfinite(lengths)) {
        return malformed();
    }
    return std::clamp(product(vectors[0], vectors[1]) / lengths, -1.0, 1.0);
}

} // namespace exhibit::replay
