-- SPDX-License-Identifier: Apache-2.0
-- wrk: posts the body of $BENCH_BODY with the key of $BENCH_KEY and prints one line of JSON.
local file = assert(io.open(os.getenv("BENCH_BODY"), "rb"))
wrk.method = "POST"
wrk.body = file:read("*a")
file:close()
wrk.headers["Content-Type"] = "application/json"
wrk.headers["x-sample-id"] = os.getenv("BENCH_SAMPLE")
wrk.headers["Authorization"] = "Bearer " .. (os.getenv("BENCH_KEY") or "none")

function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format(
        'RESULT {"requests":%d,"rps":%.1f,"p50_us":%.0f,"p99_us":%.0f,"failed":%d}\n',
        summary.requests, summary.requests / (summary.duration / 1e6),
        latency:percentile(50), latency:percentile(99),
        errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
