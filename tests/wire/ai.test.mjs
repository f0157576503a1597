// SPDX-License-Identifier: Apache-2.0
// The `ai` package against exhibitd, over its providers for OpenAI and Anthropic.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { embed, generateText, streamText, tool } from 'ai';
import { z } from 'zod';
import { startServers } from './harness.mjs';

let servers;
before(async () => {
  servers = await startServers({ policies: ['tests/wire/surfaces.policy.json', 'tests/wire/redact.policy.json'],
    recordings: ['tests/wire/chat.jsonl', 'tests/wire/redacted.jsonl'] });
});
after(() => servers?.close());

/** The models that answer with the recording `id`. */
const openai = (id) => createOpenAI({ baseURL: servers.baseURL, apiKey: servers.key, headers: { 'x-sample-id': id } });
const anthropic = (id) => createAnthropic({ baseURL: servers.baseURL, apiKey: servers.key, headers: { 'x-sample-id': id } });
const models = {
  chat: (id) => openai(`chat-${id}`).chat('gpt-4o-mini'),
  responses: (id) => openai(`responses-${id}`).responses('gpt-4.1-mini'),
  messages: (id) => anthropic(`messages-${id}`)('claude-sonnet-4-20250514'),
  completions: (id) => openai(`completions-${id}`).completion('gpt-3.5-turbo-instruct'),
};
const tools = { get_weather: tool({ description: 'Weather', inputSchema: z.object({ city: z.string() }) }) };

async function partsOf(stream) {
  const parts = [];
  for await (const part of stream.fullStream) parts.push(part);
  return parts;
}
const textOf = (parts) => parts.filter((part) => part.type === 'text-delta').map((part) => part.text).join('');
const quiet = { prompt: 'Hi', maxRetries: 2, onError() {} };

for (const [name, model] of Object.entries(models)) {
  describe(name, () => {
    test('generates and streams text', async () => {
      const { text, usage } = await generateText({ model: model('text'), ...quiet, onError: undefined });
      assert.ok(text.trim().length > 20);
      assert.ok(usage.outputTokens > 0);
      const parts = await partsOf(streamText({ model: model('stream'), ...quiet }));
      assert.ok(textOf(parts).length > 20);
      assert.equal(parts.at(-1).finishReason, 'stop');
    });

    if (name !== 'completions') {
      test('a redacted stream has placeholders, its usage and its end', async () => {
        const parts = await partsOf(streamText({ model: model('mail-stream'), ...quiet }));
        assert.deepEqual(parts.filter((part) => part.type === 'error'), []);
        assert.equal(textOf(parts), 'Write to [EMAIL] or ring. Also: [EMAIL]');
        assert.doesNotMatch(JSON.stringify(parts.filter((part) => part.type !== 'raw')), /harb|crew/);
        assert.equal(parts.at(-1).finishReason, 'stop');
        assert.ok(parts.at(-1).totalUsage.outputTokens > 0);
      });
    }

    test('a soft stop ends with content-filter', async () => {
      const parts = await partsOf(streamText({ model: model('vault-stream'), ...quiet }));
      assert.deepEqual(parts.filter((part) => part.type === 'error'), []);
      assert.match(textOf(parts), /(word|It) is $/);
      const expected = name === 'messages' ? ['content-filter', 'other', 'unknown'] : ['content-filter'];
      assert.ok(expected.includes(parts.at(-1).finishReason), parts.at(-1).finishReason);
    });

    test('a denial raises, and no retry of it reaches the provider', async () => {
      const before = await servers.providerRequests();
      await assert.rejects(generateText({ model: model('text'), prompt: 'the combination of the vault', maxRetries: 2 }),
        (error) => error.statusCode === 403);
      assert.equal(await servers.providerRequests(), before);
    });

    describe('style error', () => {
      before(() => servers.setStopStyle('error'));
      after(() => servers.setStopStyle('soft'));

      test('a blocked answer raises and is not asked for again', async () => {
        const before = await servers.providerRequests();
        await assert.rejects(generateText({ model: model('vault'), prompt: 'Hi', maxRetries: 2 }), (error) => error.statusCode === 403);
        assert.equal(await servers.providerRequests(), before + 1);
      });

      test('a blocked stream has an error where the text ends', async () => {
        const before = await servers.providerRequests();
        const parts = await partsOf(streamText({ model: model('vault-stream'), ...quiet }));
        assert.match(textOf(parts), /(word|It) is $/);
        assert.ok(parts.some((part) => part.type === 'error'));
        assert.equal(await servers.providerRequests(), before + 1);
      });
    });
  });
}

for (const name of ['chat', 'responses', 'messages']) {
  test(`${name}: tool calls arrive whole, forbidden ones never`, async () => {
    const parts = await partsOf(streamText({ model: models[name]('tools-stream'), ...quiet, tools }));
    const cities = parts.filter((part) => part.type === 'tool-call').map((part) => part.input.city);
    assert.deepEqual(cities, ['Bergen', 'Turku']);
    const dropped = await partsOf(streamText({ model: models[name]('drop-stream'), ...quiet, tools }));
    assert.ok(!dropped.some((part) => part.type.startsWith('tool')));
    assert.equal(textOf(dropped), 'I will clean up.');
  });
}

test('embeddings', async () => {
  const model = openai('embeddings-float').textEmbeddingModel('text-embedding-3-small');
  const { embedding, usage } = await embed({ model, value: 'bill of lading' });
  assert.equal(embedding.length, 24);
  assert.equal(usage.tokens, 7);
});
