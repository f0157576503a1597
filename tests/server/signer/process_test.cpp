// SPDX-License-Identifier: Apache-2.0
// The signer as a process: shut in, known callers, rate limit, death and return.
#include "models/base/json.h"
#include "server/signer/protocol.h"
#include "server/signer/socket_address.h"
#include "tests/server/signer/running_signer.h"

#include <gtest/gtest.h>

#include <thread>

#include <sys/socket.h>

using namespace exhibit;
using namespace exhibit::signer;
using exhibit::signer::testing::RunningSigner;

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
    signer.start();
    EXPECT_EQ(client.publicKeys()->log, keys.log);
    EXPECT_EQ(client.lastHead("log.example").value(), head);
    EXPECT_EQ(client.signCheckpoint("log.example", {1, evidence::emptyRoot()}, {}).error().code,
              ErrorCode::Forbidden);
    EXPECT_EQ(client.signCheckpoint("log.example", head, {}).value(), *note);
}

TEST(SignerProcess, limitsCallersThatAreNotItsOwner)
{
    const RunningSigner signer({"--requests-per-minute", "5"});
    // A child of this process is another caller than the process that started the signer.
    const pid_t other = ::fork();
    if (other == 0) {
        int answered = 0;
        for (int i = 0; i < 10; ++i) {
            SignerClient client(signer.socket()); // A new connection is not a new caller.
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

TEST(SignerProcess, aCallerThatDoesNotReadItsAnswersHoldsNobodyUp)
{
    const RunningSigner signer;
    const int silent = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const auto address = SocketAddress::of(signer.socket()).value();
    ASSERT_EQ(::connect(silent, address.get(), sizeof address.address), 0);
    const Bytes request = frame(JsonObject{{"call", "public-keys"}}).value();
    // Until neither side takes any more: the answers are larger than the questions.
    for (int idle = 0; idle < 20;) {
        if (::send(silent, request.data(), request.size(), MSG_DONTWAIT | MSG_NOSIGNAL) > 0) {
            idle = 0;
            continue;
        }
        ++idle;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    SignerClient other(signer.socket());
    EXPECT_TRUE(other.publicKeys());
    ::close(silent);
    EXPECT_TRUE(other.publicKeys());
}
