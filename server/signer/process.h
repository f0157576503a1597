// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/base/time.h"

#include <filesystem>
#include <stop_token>
#include <thread>

namespace exhibit::signer {

/// The signing process beside exhibitd: started from exhibitd's own folder, started again when it
/// ends, ended with the object. Its log is DIR/signer.log.
class SignerProcess {
public:
    /// Its keys and heads lie in `folder`.
    [[nodiscard]] static std::unique_ptr<SignerProcess> start(const std::filesystem::path& folder);
    ~SignerProcess();

    /// Unavailable when it does not answer before the deadline: it goes on being started.
    [[nodiscard]] Result<void> waitUntilItAnswers(Deadline deadline) const;

    /// Where the signer of that folder answers.
    [[nodiscard]] static std::filesystem::path socketIn(const std::filesystem::path& folder)
    {
        return folder / "signer.sock";
    }
    [[nodiscard]] pid_t pid() const { return m_pid; }

private:
    explicit SignerProcess(std::filesystem::path folder);
    [[nodiscard]] Result<void> spawn();
    void supervise(const std::stop_token& stop);

    std::filesystem::path m_folder;
    std::filesystem::path m_socket;
    std::atomic<pid_t> m_pid{0};
    std::jthread m_supervisor; ///< Spawns it too: the child ends with that thread.
};

} // namespace exhibit::signer
