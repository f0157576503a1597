// SPDX-License-Identifier: Apache-2.0
// Starts the real sample provider and the real exhibitd in a private folder, on free ports.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const bin = process.env.EXHIBIT_BIN_DIR;
const source = process.env.EXHIBIT_SOURCE_DIR;

async function start(program, args) {
  const child = spawn(join(bin, program), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (bytes) => { errors = (errors + bytes).slice(-20000); });
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`${program} ended with ${code}:\n${errors}`);
  });
  exited.catch(() => {});
  const lines = createInterface({ input: child.stdout });
  const listening = (async () => {
    for await (const line of lines) {
      const said = line.startsWith('{') ? JSON.parse(line) : {};
      if (said.listening) return said.listening;
    }
    throw new Error(`${program} never said where it listens:\n${errors}`);
  })();
  const address = await Promise.race([listening, exited]);
  return { child, address, url: `http://${address}` };
}

async function stop(program) {
  if (program.child.exitCode !== null) return;
  const exited = once(program.child, 'exit');
  program.child.kill('SIGTERM');
  await exited;
}

/** The bundled recordings and a test's own, in one folder. */
async function gatherRecordings(folder, own) {
  const bundled = join(source, 'tests/support/recordings');
  if (own.length === 0) return bundled;
  const all = join(folder, 'recordings');
  await mkdir(all);
  for (const name of await readdir(bundled)) await copyFile(join(bundled, name), join(all, name));
  for (const file of own) await copyFile(join(source, file), join(all, file.replaceAll('/', '_')));
  return all;
}

/** Everything a wire test needs; call close() at the end. */
export async function startServers({ policies = [], recordings = [], upstreamArgs = [] } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'exhibit-wire-'));
  const upstream = await start('exhibit-sample-upstream',
    ['--listen', '127.0.0.1:0', '--recordings', await gatherRecordings(folder, recordings), ...upstreamArgs]);
  const server = await start('exhibitd', ['serve', '--data-dir', folder, '--listen', '127.0.0.1:0',
    '--rate-address-per-minute', '0', '--rate-person-per-minute', '0']);
  const key = (await readFile(join(folder, 'admin.key'), 'utf8')).trim();
  const ctl = async (...args) => {
    const { stdout } = await promisify(execFile)(join(bin, 'exhibitctl'), args,
      { env: { ...process.env, EXHIBIT_SERVER: server.url, EXHIBIT_API_KEY: key } });
    return stdout;
  };
  process.env.SAMPLE_UPSTREAM_KEY = 'unused';
  await ctl('upstream', 'add', 'sample', '--base-url', upstream.url);
  await ctl('upstream', 'add', 'sample-anthropic', '--base-url', upstream.url, '--wire', 'anthropic');
  for (const policy of policies) await ctl('policy', 'import', join(source, policy));
  const close = async () => {
    await stop(server);
    await stop(upstream);
    await rm(folder, { recursive: true, force: true });
  };
  /** How many requests the provider has seen. */
  const providerRequests = async () =>
    (await (await fetch(`${upstream.url}/sample/statistics`)).json()).requests;
  /** How the stops of the default project look from now on: soft or error. */
  const setStopStyle = async (style) => {
    const reply = await fetch(`${server.url}/admin/projects/default`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ stop_style: style }),
    });
    if (!reply.ok) throw new Error(await reply.text());
  };
  /** What a tier allows, and whose it is. */
  const setQuota = async (tier, user, limits) => {
    const send = (method, path, body) => fetch(`${server.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    for (const reply of [await send('PUT', `/admin/quotas/${tier}`, limits),
      await send('POST', '/admin/quotas/assignments', { scope: 'user', subject: user, tier })]) {
      if (!reply.ok) throw new Error(await reply.text());
    }
  };
  return { upstream, server, key, ctl, close, providerRequests, setStopStyle, setQuota, url: server.url, baseURL: `${server.url}/v1` };
}

/** The project's own recording of that id. */
export async function recording(id) {
  const folder = join(source, 'tests/support/recordings');
  for (const file of await readdir(folder)) {
    for (const line of (await readFile(join(folder, file), 'utf8')).split('\n').filter(Boolean)) {
      const row = JSON.parse(line);
      if (row.id === id) return row;
    }
  }
  throw new Error(`no recording ${id}`);
}

/** Request options that select the recording that answers. */
export const sample = (id, headers = {}) => ({ headers: { 'x-sample-id': id, ...headers } });

/** The data of a recording's events. */
export const dataOf = (sse) => sse.filter((line) => line.startsWith('data: {')).map((line) => JSON.parse(line.slice(6)));

/** Repeats `look` until it returns something truthy; for what becomes visible within a second. */
export async function eventually(look, deadlineMs = 10000) {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error('never became true: ' + look);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
