// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/explanation.h"
#include "models/domain/incident_source.h"

namespace exhibit::domain {

/// What a source may be beside an IncidentSource: one that knows what the record says of any
/// instant of a run. Asked and answered like that one.
class RunExplainer {
public:
    virtual ~RunExplainer() = default;

    [[nodiscard]] virtual Question explain(std::string runId,
                                           UtcTime at,
                                           AnswerTo<RunExplanation> answer)
        = 0;
};

} // namespace exhibit::domain
