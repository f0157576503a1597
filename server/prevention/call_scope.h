// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "server/prevention/threshold_judge.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace exhibit::prevention {

/// What expressions can ask for: call.{project,model,user,output_tokens}, run.{tokens,cost,
/// llm_calls,duration}, facts.*, decisions.POLICY_ID (the gravest result so far: "WARN" ...).
/// Tool calls have tool.name and tool.arguments.* beside it, answers answer.text and answer.bytes.
struct CallScope {
    std::string project;
    std::string model;
    std::string user;
    const Json* facts = nullptr;
    UsageState usage;
    std::map<std::string, std::string> decisions;

    [[nodiscard]] std::optional<Json> value(const std::vector<std::string>& path) const;
    void note(const std::vector<domain::Decision>& made);
};

} // namespace exhibit::prevention
