// SPDX-License-Identifier: Apache-2.0
// Prints the median and the 99th percentile, in microseconds, of writing 8 kB over written bytes of
// a file in FOLDER and waiting for the disk: the floor under anything that is durable first.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

int main(int argc, char** argv)
{
    const std::string path = std::string(argc > 1 ? argv[1] : "/tmp") + "/exhibit-fdatasync.tmp";
    const int fd = ::open(path.c_str(), O_CREAT | O_RDWR | O_TRUNC, 0600);
    const std::vector<char> block(8192, 'x');
    constexpr int kBlocks = 1000;
    for (int i = 0; i < kBlocks; ++i) {
        if (::write(fd, block.data(), block.size()) < 0) {
            std::perror("write");
            return 3;
        }
    }
    ::fdatasync(fd);
    std::vector<double> times;
    for (int i = 0; i < kBlocks; ++i) {
        const auto start = std::chrono::steady_clock::now();
        if (::pwrite(fd, block.data(), block.size(), static_cast<off_t>(i) * 8192) < 0) {
            return 3;
        }
        ::fdatasync(fd);
        const auto took = std::chrono::steady_clock::now() - start;
        times.push_back(std::chrono::duration<double, std::micro>(took).count());
    }
    ::close(fd);
    ::unlink(path.c_str());
    std::sort(times.begin(), times.end());
    std::printf(
        "{\"p50\":%.0f,\"p99\":%.0f}\n", times[times.size() / 2], times[times.size() * 99 / 100]);
    return 0;
}
