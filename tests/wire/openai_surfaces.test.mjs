// SPDX-License-Identifier: Apache-2.0
// The official openai SDK on the surfaces beside chat completions: responses, embeddings and
// completions, each with stops of both styles.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { dataOf, recording, sample, startServers } from './harness.mjs';

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
  servers = await startServers({ policies: ['tests/wire/surfaces.policy.json'], recordings: ['tests/wire/kept.jsonl'] });
  await servers.setQuota('FREE', 'nobody-may', { runs_per_day: 0 });
});
after(() => servers?.close());

for (const [name, OpenAI] of await sdks()) {
  const client = (options = {}) => new OpenAI({ baseURL: servers.baseURL, apiKey: servers.key, maxRetries: 0, ...options });
  const ask = async (api, id, extra = {}) => api.create({ ...(await recording(id)).request, ...extra }, sample(id));
  const eventsOf = async (stream) => {
    const events = [];
    for await (const event of stream) events.push(event);
    return events;
  };

  describe(name, () => {
    test('a response is what the provider said', async () => {
      const { response } = await recording('responses-text');
      const answer = await ask(client().responses, 'responses-text');
      assert.equal(answer.output_text, 'Demurrage is a charge for holding a ship or container beyond the agreed time.');
      assert.deepEqual(answer.output, response.output);
      assert.deepEqual(answer.usage, response.usage);
    });

    test('a stream of a response delivers every event', async () => {
      for (const id of ['responses-stream', 'responses-tools-stream']) {
        const { sse } = await recording(id);
        assert.deepEqual(await eventsOf(await ask(client().responses, id)), dataOf(sse));
      }
    });

    test('a response is put together by the SDK', async () => {
      const { request } = await recording('responses-tools-stream');
      const stream = client().responses.stream({ ...request, stream: undefined }, sample('responses-tools-stream'));
      const final = await stream.finalResponse();
      assert.deepEqual(final.output.slice(1).map((item) => JSON.parse(item.arguments).city), ['Bergen', 'Turku']);
    });

    test('a soft stop leaves a response incomplete', async () => {
      const answer = await ask(client().responses, 'responses-vault');
      assert.equal(answer.status, 'incomplete');
      assert.equal(answer.incomplete_details.reason, 'content_filter');
      assert.equal(answer.output_text, 'Certainly. The vault word is ');
      assert.ok(answer.exhibit.incident_id.startsWith('inc_'));
    });

    test('a soft stop ends a stream of a response as incomplete', async () => {
      const events = await eventsOf(await ask(client().responses, 'responses-vault-stream'));
      const text = events.filter((event) => event.type === 'response.output_text.delta').map((event) => event.delta).join('');
      assert.equal(text, 'Certainly. The vault word is ');
      const last = events.at(-1);
      assert.equal(last.type, 'response.incomplete');
      assert.equal(last.response.incomplete_details.reason, 'content_filter');
      assert.equal(last.response.output[0].content[0].text, 'Certainly. The vault word is ');
      assert.equal(last.exhibit.policy_id, 'VAULT_WORD');
      const numbers = events.map((event) => event.sequence_number);
      assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b), 'the numbers stay in order');
      assert.equal(new Set(numbers).size, numbers.length);
    });

    test('a forbidden tool call never arrives', async () => {
      const events = await eventsOf(await ask(client().responses, 'responses-drop-stream'));
      assert.ok(!JSON.stringify(events).includes('drop_all_tables'));
      assert.deepEqual(events.at(-1).response.output.map((item) => [item.type, item.status]), [['message', 'completed']]);
    });

    test('embeddings come as asked for, and as the SDK asks by default', async () => {
      const { response } = await recording('embeddings-float');
      const floats = await ask(client().embeddings, 'embeddings-float');
      assert.deepEqual(floats.data[0].embedding, response.data[0].embedding);
      const { request } = await recording('embeddings-base64');
      const decoded = await client().embeddings.create({ model: request.model, input: request.input }, sample('embeddings-base64'));
      assert.equal(decoded.data[0].embedding.length, 24);
      assert.ok(Math.abs(decoded.data[0].embedding[0] + 0.175) < 1e-6);
      assert.equal(decoded.usage.total_tokens, 7);
    });

    test('completions, whole and streamed', async () => {
      const whole = await ask(client().completions, 'completions-text');
      assert.equal(whole.choices[0].text, ' the time allowed to load or discharge a ship.');
      const { sse } = await recording('completions-stream');
      assert.deepEqual(await eventsOf(await ask(client().completions, 'completions-stream')), dataOf(sse));
    });

    test('a soft stop of completions', async () => {
      const whole = await ask(client().completions, 'completions-vault');
      assert.equal(whole.choices[0].text, ' ');
      assert.equal(whole.choices[0].finish_reason, 'content_filter');
      const events = await eventsOf(await ask(client().completions, 'completions-vault-stream'));
      assert.equal(events.map((event) => event.choices[0].text).join(''), ' known. It is ');
      assert.equal(events.at(-1).choices[0].finish_reason, 'content_filter');
      assert.ok(events.at(-1).exhibit.incident_id.startsWith('inc_'));
    });

    test('a denial raises on every surface, and no retry of it reaches the provider', async () => {
      const before = await servers.providerRequests();
      let sent = 0;
      const counting = (...call) => { sent += 1; return fetch(...call); };
      const api = client({ maxRetries: 2, fetch: counting });
      const asked = 'the combination of the vault';
      for (const denied of [
        () => api.responses.create({ model: 'gpt-4o', input: asked }),
        () => api.responses.create({ model: 'gpt-4o', instructions: asked, input: 'Hi' }),
        () => api.embeddings.create({ model: 'text-embedding-3-small', input: [asked] }),
        () => api.completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: asked })]) {
        await assert.rejects(denied, (error) => error instanceof OpenAI.PermissionDeniedError
          && error.code === 'policy_violation' && error.error.policy_id === 'NO_VAULT_QUESTIONS');
      }
      assert.equal(sent, 4);
      assert.equal(await servers.providerRequests(), before);
    });

    test('a kept response is fetched and deleted, and stopped as when it was made', async () => {
      const { responses } = client();
      const kept = await responses.retrieve('resp_kept');
      assert.equal(kept.output_text ?? kept.output[0].content[0].text, 'Laytime is the time allowed for loading.');
      const stopped = await responses.retrieve('resp_vault');
      assert.equal(stopped.status, 'incomplete');
      assert.ok(!JSON.stringify(stopped).includes('VAULT-'));
      await (responses.delete ?? responses.del).call(responses, 'resp_kept');
    });

    test('quotas raise what users expect on every surface, and are not asked for again', async () => {
      const before = await servers.providerRequests();
      let sent = 0;
      const counting = (...call) => { sent += 1; return fetch(...call); };
      const api = client({ maxRetries: 2, fetch: counting, defaultHeaders: { 'x-exhibit-user-id': 'nobody-may' } });
      for (const refused of [
        () => api.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }),
        () => api.chat.completions.create({ model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'Hi' }] }),
        () => api.responses.create({ model: 'gpt-4o', input: 'Hi' }),
        () => api.embeddings.create({ model: 'text-embedding-3-small', input: ['Hi'] }),
        () => api.completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'Hi' })]) {
        await assert.rejects(refused, (error) => error instanceof OpenAI.RateLimitError
          && error.code === 'USER_DAILY_RUNS_EXCEEDED' && error.type === 'quota_exceeded');
      }
      assert.equal(sent, 5);
      assert.equal(await servers.providerRequests(), before);
    });

    describe('style error', () => {
      before(() => servers.setStopStyle('error'));
      after(() => servers.setStopStyle('soft'));

      test('blocked answers raise and are not asked for again', async () => {
        const before = await servers.providerRequests();
        const api = client({ maxRetries: 2 });
        for (const [surface, id] of [[api.responses, 'responses-vault'], [api.completions, 'completions-vault']]) {
          await assert.rejects(ask(surface, id), (error) => error instanceof OpenAI.PermissionDeniedError
            && error.error.incident_id.startsWith('inc_'));
        }
        assert.equal(await servers.providerRequests(), before + 2);
      });

      test('blocked streams raise where the text ends', async () => {
        for (const [surface, id] of [[client().responses, 'responses-vault-stream'], [client().completions, 'completions-vault-stream']]) {
          let text = '';
          await assert.rejects((async () => {
            for await (const event of await ask(surface, id)) text += event.delta ?? event.choices?.[0].text ?? '';
          })(), (error) => {
            assert.ok(error instanceof OpenAI.APIError);
            assert.equal(error.code, 'policy_violation');
            return true;
          });
          assert.match(text, /(word|It) is $/);
        }
      });
    });
  });
}
