// SPDX-License-Identifier: Apache-2.0
// The official Anthropic SDK against exhibitd, in the version for Node 18 and in the newest one
// that this Node can load.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { dataOf, recording, sample, startServers } from './harness.mjs';

async function sdks() {
  const list = [['anthropic 0.39', (await import('@anthropic-ai/sdk')).default]];
  try {
    list.push(['anthropic newest', (await import('anthropic-newest')).default]);
  } catch (error) {
    console.log(`# the newer SDK does not load on Node ${process.version}: ${error.message}`);
  }
  return list;
}

let servers;
before(async () => {
  servers = await startServers({ policies: ['tests/wire/surfaces.policy.json', 'tests/wire/redact.policy.json'],
    recordings: ['tests/wire/kept.jsonl', 'tests/wire/redacted.jsonl'] });
  await servers.setQuota('FREE', 'nobody-may', { runs_per_day: 0 });
  await servers.setQuota('TEAM', 'cannot-pay', { cost_microcents_per_day: 1 });
});
after(() => servers?.close());

for (const [name, Anthropic] of await sdks()) {
  const client = (options = {}) => new Anthropic({ baseURL: servers.url, apiKey: servers.key, maxRetries: 0, ...options });
  const streamed = async (id, extra = {}) => {
    const { request } = await recording(id);
    return client().messages.stream({ ...request, ...extra }, sample(id));
  };

  describe(name, () => {
    test('create returns what the provider said', async () => {
      const { request, response } = await recording('messages-text');
      const { data, response: raw } = await client().messages.create(request, sample('messages-text')).withResponse();
      assert.deepEqual(data.content, response.content);
      assert.deepEqual(data.usage, response.usage);
      assert.equal(raw.headers.get('request-id'), 'req_011Surface');
      assert.equal(raw.headers.get('anthropic-ratelimit-requests-remaining'), '49');
      assert.ok(raw.headers.get('x-exhibit-call-id').startsWith('call_'));
    });

    test('a stream delivers every event', async () => {
      const { request, sse } = await recording('messages-stream');
      const stream = await client().messages.create(request, sample('messages-stream'));
      const events = [];
      for await (const event of stream) events.push(event);
      assert.deepEqual(events, dataOf(sse).filter((event) => event.type !== 'ping'));
    });

    test('thinking, text and tool calls come together', async () => {
      const thought = await (await streamed('messages-thinking-stream')).finalMessage();
      assert.equal(thought.content[0].thinking, 'The shelf is 120 by 80; a box is 40 by 40; so 3 by 2.');
      assert.equal(thought.content[1].text, 'Six boxes fit on one layer.');
      assert.equal(thought.usage.output_tokens, 58);
      const called = await (await streamed('messages-tools-stream')).finalMessage();
      assert.deepEqual(called.content.slice(1).map((block) => block.input.city), ['Bergen', 'Turku']);
      assert.equal(called.stop_reason, 'tool_use');
    });

    test('a tool call in a whole answer keeps its input', async () => {
      const { request, response } = await recording('messages-tool');
      const answer = await client().messages.create(request, sample('messages-tool'));
      assert.deepEqual(answer.content, response.content);
    });

    test('a soft stop returns a refusal with the incident', async () => {
      const { request } = await recording('messages-vault');
      const answer = await client().messages.create(request, sample('messages-vault'));
      assert.equal(answer.stop_reason, 'refusal');
      assert.equal(answer.content[0].text, 'Of course. The vault word is ');
      assert.ok(answer.exhibit.incident_id.startsWith('inc_'));
    });

    test('a soft stop ends a stream with a refusal', async () => {
      const stream = await streamed('messages-vault-stream');
      let notice;
      stream.on('streamEvent', (event) => { notice = event.exhibit ?? notice; });
      const message = await stream.finalMessage();
      assert.equal(message.stop_reason, 'refusal');
      assert.equal(message.content[0].text, 'Of course. The vault word is ');
      assert.equal(notice.policy_id, 'VAULT_WORD');
    });

    test('a redacted stream has placeholders, its usage and its end', async () => {
      const stream = client().messages.stream(
        { model: 'claude-sonnet-4-20250514', max_tokens: 300, messages: [{ role: 'user', content: 'Whom do I write to?' }] },
        sample('messages-mail-stream'));
      const seen = [];
      stream.on('streamEvent', (event) => seen.push(event));
      const message = await stream.finalMessage();
      assert.equal(message.content[0].text, 'Write to [EMAIL] or ring. Also: [EMAIL]');
      assert.doesNotMatch(JSON.stringify(seen), /harb|crew|exam/);
      assert.equal(message.stop_reason, 'end_turn');
      assert.equal(message.usage.input_tokens, 31);
      assert.equal(message.usage.output_tokens, 33);
    });

    test('a forbidden tool call never arrives', async () => {
      const message = await (await streamed('messages-drop-stream')).finalMessage();
      assert.deepEqual(message.content.map((block) => block.type), ['text']);
      assert.equal(message.stop_reason, 'refusal');
    });

    test('a denial raises, and no retry of it reaches the provider', async () => {
      const before = await servers.providerRequests();
      let sent = 0;
      const counting = (...call) => { sent += 1; return fetch(...call); };
      await assert.rejects(
        client({ maxRetries: 2, fetch: counting }).messages.create(
          { model: 'claude-sonnet-4-20250514', max_tokens: 5, messages: [{ role: 'user', content: 'combination of the vault' }] }),
        (error) => {
          assert.ok(error instanceof Anthropic.PermissionDeniedError);
          assert.equal(error.error.type, 'error');
          assert.equal(error.error.error.policy_id, 'NO_VAULT_QUESTIONS');
          return true;
        });
      assert.equal(sent, 1);
      assert.equal(await servers.providerRequests(), before);
    });

    test('the next call of a stopped run is refused', async () => {
      const metadata = { run_id: `anthropic-${name}-${Date.now()}` };
      await (await streamed('messages-vault-stream', { metadata })).finalMessage();
      const before = await servers.providerRequests();
      const { request } = await recording('messages-text');
      await assert.rejects(client({ maxRetries: 2 }).messages.create({ ...request, metadata }, sample('messages-text')),
        (error) => error.status === 403 && error.error.error.code === 'run_stopped');
      assert.equal(await servers.providerRequests(), before);
    });

    test('tokens are counted', async () => {
      const counted = await client().messages.countTokens({ model: 'claude-sonnet-4-20250514', messages: [{ role: 'user', content: 'How long is this?' }] });
      assert.equal(counted.input_tokens, 12);
    });

    test('quotas raise what users expect, and are not asked for again', async () => {
      const { request } = await recording('messages-text');
      const before = await servers.providerRequests();
      let sent = 0;
      const counting = (...call) => { sent += 1; return fetch(...call); };
      const asking = (user) => client({ maxRetries: 2, fetch: counting }).messages.create(request,
        sample('messages-text', { 'x-exhibit-user-id': user }));
      await assert.rejects(asking('nobody-may'), (error) => error instanceof Anthropic.RateLimitError
        && error.error.type === 'error' && error.error.error.type === 'rate_limit_error'
        && error.error.error.error_code === 'USER_DAILY_RUNS_EXCEEDED' && error.error.error.limit === 0);
      await assert.rejects(asking('cannot-pay'), (error) => error.status === 402
        && error.error.error.type === 'billing_error');
      assert.equal(sent, 2);
      assert.equal(await servers.providerRequests(), before);
    });

    test('what nobody may or nobody has raises as its own class', async () => {
      const { request } = await recording('messages-text');
      await assert.rejects(client({ apiKey: 'exk_unknown' }).messages.create(request),
        (error) => error instanceof Anthropic.AuthenticationError && error.error.error.type === 'authentication_error');
      await assert.rejects(client().messages.create({ ...request, metadata: { context: 'no object' } }),
        (error) => error instanceof Anthropic.BadRequestError && error.error.error.type === 'invalid_request_error');
    });

    describe('style error', () => {
      before(() => servers.setStopStyle('error'));
      after(() => servers.setStopStyle('soft'));

      test('a blocked answer raises and is not asked for again', async () => {
        const before = await servers.providerRequests();
        const { request } = await recording('messages-vault');
        await assert.rejects(client({ maxRetries: 2 }).messages.create(request, sample('messages-vault')), (error) => {
          assert.ok(error instanceof Anthropic.PermissionDeniedError);
          assert.ok(error.error.error.incident_id.startsWith('inc_'));
          return true;
        });
        assert.equal(await servers.providerRequests(), before + 1);
      });

      test('a blocked stream raises where the text ends', async () => {
        const stream = await streamed('messages-vault-stream');
        let text = '';
        stream.on('text', (piece) => { text += piece; });
        await assert.rejects(stream.finalMessage(), (error) => {
          assert.match(String(error.message), /policy_violation/);
          return true;
        });
        assert.equal(text, 'Of course. The vault word is ');
      });
    });

    test("the provider's own error is retried as it asks", async () => {
      const { request } = await recording('messages-529');
      const before = await servers.providerRequests();
      await assert.rejects(client({ maxRetries: 1 }).messages.create(request, sample('messages-529')),
        (error) => error.status === 529 && error.error.error.type === 'overloaded_error');
      assert.equal(await servers.providerRequests(), before + 2);
    });
  });
}
