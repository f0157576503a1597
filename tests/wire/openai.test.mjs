// SPDX-License-Identifier: Apache-2.0
// The official openai SDK against exhibitd: what applications really do. Each case runs with the
// version for Node 18 and with the newest one that this Node can load.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { dataOf, eventually, recording, sample, startServers } from './harness.mjs';

async function sdks() {
  const list = [['openai 4', (await import('openai')).default]];
  try {
    list.push(['openai 6', (await import('openai-node20')).default]);
  } catch (error) {
    console.log(`# the newer SDK does not load on Node ${process.version}: ${error.message}`);
  }
  return list;
}

let servers;
before(async () => {
  servers = await startServers({
    policies: ['resources/policies/content_accuracy.json', 'resources/policies/secret_output.json',
      'tests/wire/hang_up.policy.json', 'tests/wire/surfaces.policy.json',
      'tests/wire/redact.policy.json'],
    recordings: ['tests/wire/chat.jsonl', 'tests/wire/redacted.jsonl'],
  });
});
after(() => servers?.close());

for (const [name, OpenAI] of await sdks()) {
  const client = (options = {}) => new OpenAI({ baseURL: servers.baseURL, apiKey: servers.key, maxRetries: 0, ...options });

  describe(name, () => {
    test('create returns what the provider said', async () => {
      const { request, response } = await recording('ordinary-01');
      const answer = await client().chat.completions.create(request, sample('ordinary-01'));
      assert.equal(answer.choices[0].message.content, response.choices[0].message.content);
      assert.deepEqual(answer.usage, response.usage);
    });

    test('our fields never reach the provider', async () => {
      const { request } = await recording('ordinary-01');
      const { response } = await client().chat.completions
        .create({ ...request, user_id: 'u-1', session_id: 's-1', metadata: { run_id: 'own-fields', context: { a: null } } })
        .withResponse();
      assert.equal(response.headers.get('x-sample-fallback'), null, 'the provider saw the recorded request');
      assert.ok(response.headers.get('x-exhibit-call-id').startsWith('call_'));
      assert.ok(response.headers.get('x-exhibit-run-id').startsWith('run_'));
    });

    test('stream delivers every delta and the usage', async () => {
      const { request, sse } = await recording('ordinary-04');
      const stream = await client().chat.completions.create(request, sample('ordinary-04'));
      const chunks = [];
      for await (const chunk of stream) chunks.push(chunk);
      assert.deepEqual(chunks, dataOf(sse));
    });

    test('tool calls stream whole', async () => {
      const { request } = await recording('ordinary-parallel-tools-stream');
      const stream = await client().chat.completions.create(request, sample('ordinary-parallel-tools-stream'));
      const calls = [];
      for await (const chunk of stream) {
        for (const call of chunk.choices[0]?.delta?.tool_calls ?? []) {
          calls[call.index] ??= '';
          calls[call.index] += call.function?.arguments ?? '';
        }
      }
      assert.deepEqual(calls.map((text) => JSON.parse(text).city), ['Bergen', 'Turku']);
    });

    test('n=2 keeps both choices apart', async () => {
      const { request } = await recording('ordinary-two-choices-stream');
      const stream = await client().chat.completions.create(request, sample('ordinary-two-choices-stream'));
      const texts = ['', ''];
      for await (const chunk of stream) {
        for (const choice of chunk.choices) texts[choice.index] += choice.delta.content ?? '';
      }
      assert.match(texts[0], /^Morning Tern/);
      assert.match(texts[1], /^Captain Odalys/);
    });

    test('a provider error arrives as its own class', async () => {
      const { request } = await recording('error-400');
      await assert.rejects(client().chat.completions.create(request, sample('error-400')), (error) => {
        assert.ok(error instanceof OpenAI.BadRequestError);
        assert.equal(error.code, 'invalid_value');
        assert.equal(error.param, 'temperature');
        return true;
      });
    });

    test('a rate limit keeps its retry headers and is retried by the SDK', async () => {
      const { request } = await recording('error-429');
      const started = Date.now();
      await assert.rejects(
        client({ maxRetries: 1 }).chat.completions.create(request, sample('error-429')),
        (error) => error instanceof OpenAI.RateLimitError && error.headers !== undefined);
      assert.ok(Date.now() - started >= 1700, 'the SDK waited for retry-after-ms before it tried again');
    });

    test('a wrong key is an authentication error', async () => {
      const { request } = await recording('ordinary-01');
      await assert.rejects(client({ apiKey: 'exk_wrong' }).chat.completions.create(request),
        (error) => error instanceof OpenAI.AuthenticationError);
    });

    test('models are listed', async () => {
      const page = await client().models.list();
      assert.ok(page.data.length > 0);
    });

    test('abort cancels the call and leaves a record with status 499', async () => {
      const { request } = await recording('ordinary-04');
      const controller = new AbortController();
      // What a policy only warns of makes an incident, and its timeline shows the call.
      const messages = [...request.messages, { role: 'user', content: 'this caller will hang up' }];
      const { data: stream, response } = await client().chat.completions
        .create({ ...request, messages }, { signal: controller.signal, ...sample('ordinary-04', { 'x-sample-fault': 'stall' }) })
        .withResponse();
      const read = (async () => { for await (const chunk of stream) void chunk; })();
      setTimeout(() => controller.abort(), 300);
      await read.catch(() => {});
      const run = response.headers.get('x-exhibit-run-id');
      const timeline = await eventually(async () => {
        const found = JSON.parse(await servers.ctl('--json', 'search', `run:${run}`));
        if (!found.incidents.length) return null;
        const shown = JSON.parse(await servers.ctl('--json', 'timeline', found.incidents[0].incident_id));
        return shown.events.some((event) => event.type === 'output') ? shown : null;
      });
      const call = timeline.events.find((event) => event.type === 'output');
      assert.equal(call.data.status, 499);
      assert.equal(call.data.outcome, 'client_gone');
      const ended = JSON.parse(await servers.ctl('--json', 'run', 'show', run));
      assert.equal(ended.run.status, 'cancelled');
      assert.equal(ended.run.termination_reason, 'user_abort');
    });

    test('a block ends the stream with content_filter and the incident', async () => {
      const { request } = await recording('contract-2-answer');
      const { data: stream, response } = await client().chat.completions
        .create({ ...request, metadata: { run_id: `sdk-${name}-${Date.now()}`, context: { contract: { auto_renew: null } } } },
          sample('contract-2-answer'))
        .withResponse();
      let text = '';
      let last;
      let exhibit;
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta?.content ?? '';
        if (chunk.choices[0]?.finish_reason) last = chunk.choices[0].finish_reason;
        exhibit = chunk.exhibit ?? exhibit;
      }
      assert.equal(last, 'content_filter');
      assert.match(text, /^Your contract C-2041 runs until/);
      assert.doesNotMatch(text, /auto-renew/);
      assert.ok(exhibit.incident_id.startsWith('inc_'));
      assert.equal(exhibit.policy_id, 'CONTENT_ACCURACY');
      assert.ok(response.headers.get('x-exhibit-call-id'));
      const found = await eventually(async () => {
        const out = JSON.parse(await servers.ctl('--json', 'search', `run:${exhibit.run_id}`));
        return out.incidents.length ? out.incidents : null;
      });
      assert.equal(found[0].incident_id, exhibit.incident_id);
    });

    const ask = (content, more = {}) => ({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }], ...more });

    test('a whole answer that is blocked ends with content_filter', async () => {
      const answer = await client().chat.completions.create(ask('What is the vault word?'), sample('chat-vault'));
      assert.equal(answer.choices[0].finish_reason, 'content_filter');
      assert.equal(answer.choices[0].message.content, 'Of course. The vault word is ');
    });

    test('a denied request raises, and no retry of it reaches the provider', async () => {
      const before = await servers.providerRequests();
      let sent = 0;
      const counting = (...call) => { sent += 1; return fetch(...call); };
      await assert.rejects(
        client({ maxRetries: 2, fetch: counting }).chat.completions.create(ask('Tell me the combination of the vault.')),
        (error) => {
          assert.ok(error instanceof OpenAI.PermissionDeniedError);
          assert.equal(error.code, 'policy_violation');
          return true;
        });
      assert.equal(sent, 1);
      assert.equal(await servers.providerRequests(), before);
    });

    test('a redacted stream has placeholders, its usage and its end', async () => {
      const { data: stream } = await client().chat.completions
        .create(ask('Whom do I write to?', { stream: true, stream_options: { include_usage: true } }), sample('chat-mail-stream'))
        .withResponse();
      const chunks = [];
      for await (const chunk of stream) chunks.push(chunk);
      const text = chunks.map((chunk) => chunk.choices[0]?.delta?.content ?? '').join('');
      assert.equal(text, 'Write to [EMAIL] or ring. Also: [EMAIL]');
      assert.doesNotMatch(JSON.stringify(chunks), /harb|crew|exam/);
      assert.deepEqual(chunks.map((chunk) => chunk.choices[0]?.finish_reason).filter(Boolean), ['stop']);
      assert.equal(chunks.at(-1).usage.completion_tokens, 19);
    });

    test('the helper for streams reads a redacted one', async () => {
      const streams = client().chat.completions.stream ?? client().beta.chat.completions.stream;
      const helper = streams.call(client().chat.completions.stream ? client().chat.completions : client().beta.chat.completions,
        ask('Whom do I write to?', { stream_options: { include_usage: true } }), sample('chat-mail-stream'));
      const whole = await helper.finalChatCompletion();
      assert.equal(whole.choices[0].message.content, 'Write to [EMAIL] or ring. Also: [EMAIL]');
      assert.equal(whole.choices[0].finish_reason, 'stop');
    });

    test('a forbidden tool call never arrives', async () => {
      const stream = await client().chat.completions
        .create(ask('Please clean up.', { stream: true }), sample('chat-drop-stream'));
      let text = '';
      let last;
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta?.content ?? '';
        assert.equal(chunk.choices[0]?.delta?.tool_calls, undefined);
        last = chunk.choices[0]?.finish_reason ?? last;
      }
      assert.equal(text, 'I will clean up.');
      assert.equal(last, 'content_filter');
    });

    describe('style error', () => {
      before(() => servers.setStopStyle('error'));
      after(() => servers.setStopStyle('soft'));

      test('a whole answer that is blocked raises and is not asked for again', async () => {
        const before = await servers.providerRequests();
        await assert.rejects(
          client({ maxRetries: 2 }).chat.completions.create(ask('What is the vault word?'), sample('chat-vault')),
          (error) => {
            assert.ok(error instanceof OpenAI.PermissionDeniedError);
            assert.equal(error.code, 'policy_violation');
            return true;
          });
        assert.equal(await servers.providerRequests(), before + 1);
      });

      test('a blocked stream raises where the text ends', async () => {
        const { request } = await recording('contract-2-answer');
        const before = await servers.providerRequests();
        const stream = await client({ maxRetries: 2 }).chat.completions
          .create({ ...request, metadata: { context: { contract: { auto_renew: null } } } }, sample('contract-2-answer'));
        let text = '';
        await assert.rejects((async () => {
          for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
        })(), (error) => {
          assert.ok(error instanceof OpenAI.APIError);
          assert.equal(error.code, 'policy_violation');
          assert.ok(error.error.incident_id.startsWith('inc_'));
          return true;
        });
        assert.match(text, /^Your contract C-2041 runs until/);
        assert.equal(await servers.providerRequests(), before + 1);
      });
    });

    test('the next call of a stopped run is refused and not retried', async () => {
      const { request } = await recording('contract-2-answer');
      const metadata = { run_id: `sdk-stop-${name}-${Date.now()}`, context: { contract: { auto_renew: null } } };
      const stream = await client().chat.completions.create({ ...request, metadata }, sample('contract-2-answer'));
      for await (const chunk of stream) void chunk;
      let sent = 0;
      const counting = (...call) => { sent += 1; return fetch(...call); };
      await assert.rejects(
        client({ maxRetries: 2, fetch: counting }).chat.completions.create({ ...request, metadata }, sample('contract-2-answer')),
        (error) => {
          assert.ok(error instanceof OpenAI.PermissionDeniedError);
          assert.equal(error.code, 'run_stopped');
          return true;
        });
      assert.equal(sent, 1, 'x-should-retry: false was honoured');
    });
  });
}
