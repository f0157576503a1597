// SPDX-License-Identifier: Apache-2.0
// The signer as a process: shut in, known callers, rate limit, death and return.
#include "server/signer/client.h"

#include "models/base/base64.h"
#include "models/base/json.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

using namespace exhibit;
using namespace exhibit::signer;

namespace {

class RunningSigner {
public:
    explicit RunningSigner(const char* requestsPerMinute = "1000") { start(requestsPerMinute); }
    ~RunningSigner() { stop(SIGTERM); }

    void start(const char* requestsPerMinute)
    {
        const char* const bin = std::getenv("EXHIBIT_BIN_DIR");
        const std::string program = std::string(bin == nullptr ? "." : bin) + "/exhibit-signer";
        const std::string folder = socket().parent_path().string();
        const std::string path = socket().string();
        m_pid = ::fork();
        if (m_pid == 0) {
            ::execl(program.c_str(),
                    program.c_str(),
                    "--dir",
                    folder.c_str(),
                    "--socket",
                    path.c_str(),
                    "--requests-per-minute",
                    requestsPerMinute,
                    nullptr);
            ::_exit(127);
        }
        SignerClient client(socket());
        const auto deadline = Deadline::after(std::chrono::seconds(20));
        while (!client.publicKeys() && !deadline.reached()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    }
    void stop(int signal)
    {
        ::kill(m_pid, signal);
        ::waitpid(m_pid, nullptr, 0);
    }
    /// Longer than the address of a socket may be.
    [[nodiscard]] std::filesystem::path socket() const
    {
        return m_folder.path() / std::string(120, 'd') / "s";
    }

private:
    test::TempDir m_folder;
    pid_t m_pid = 0;
};

} // namespace

TEST(SignerProcess, opensNoFileAndNoSocketOnceItServes)
{
    const RunningSigner signer;
    SignerClient client(signer.socket());
    const auto health = client.call(JsonObject{{"call", "health"}});
    ASSERT_TRUE(health) << health.error().message;
    const Json& probe = *findMember(*health, "probe");
    EXPECT_TRUE(findMember(probe, "open_refused")->get_bool()) << printJson(*health);
    EXPECT_TRUE(findMember(probe, "socket_refused")->get_bool());
}

TEST(SignerProcess, keepsItsKeysAndHeadsWhenItIsKilled)
{
    RunningSigner signer;
    SignerClient client(signer.socket());
    const auto keys = client.publicKeys().value();
    const evidence::TreeHead head{1, evidence::leafHash("entry")};
    const auto note = client.signCheckpoint("log.example", head, {});
    ASSERT_TRUE(note) << note.error().message;
    signer.stop(SIGKILL);
    EXPECT_EQ(client.publicKeys().error().code, ErrorCode::Unavailable);
    signer.start("1000");
    EXPECT_EQ(client.publicKeys()->log, keys.log);
    EXPECT_EQ(client.lastHead("log.example").value(), head);
    EXPECT_EQ(client.signCheckpoint("log.example", {1, evidence::emptyRoot()}, {}).error().code,
              ErrorCode::Forbidden);
    EXPECT_EQ(client.signCheckpoint("log.example", head, {}).value(), *note);
}

TEST(SignerProcess, limitsCallersThatAreNotItsOwner)
{
    const RunningSigner signer("5");
    // A child of this process is another caller than the process that started the signer.
    const pid_t other = ::fork();
    if (other == 0) {
        SignerClient client(signer.socket());
        int answered = 0;
        for (int i = 0; i < 10; ++i) {
            answered += client.publicKeys() ? 1 : 0;
        }
        ::_exit(answered);
    }
    int status = 0;
    ::waitpid(other, &status, 0);
    EXPECT_EQ(WEXITSTATUS(status), 5);
    SignerClient owner(signer.socket());
    for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(owner.publicKeys());
    }
}
