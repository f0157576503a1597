// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

namespace exhibit::replay {

/// What a request says about how its answer is sampled: model, seed, temperature and the like, by a
/// fixed list of names and never a text of the conversation. Numbers that are no whole ones stand
/// as the text the client sent. An empty object for a body that is no JSON object.
[[nodiscard]] JsonObject samplingParameters(BytesView request);

} // namespace exhibit::replay
