import test from 'ava';
import * as E from 'fp-ts/lib/Either.js';
import { controlClient } from '../dist/control-client.js';
import { controlServer } from './support/control-server.js';

const limits = { quick: 50, stop: 70, reload: 100 };

test('a daemon that does not answer in time is given up', async (check) => {
  const { socket, asked } = await controlServer(check, { 'GET /v1/status': () => undefined, 'POST /v1/reload': () => undefined });
  const client = controlClient(socket, limits);
  check.deepEqual(await client.status(), E.left({ type: 'no-answer', socket, limit: 50 } as const));
  check.deepEqual(await client.reload(), E.left({ type: 'no-answer', socket, limit: 100 } as const));
  check.deepEqual(asked, ['GET /v1/status', 'POST /v1/reload']);
});

test('so is one whose answer does not end', async (check) => {
  const { socket } = await controlServer(check, { 'GET /v1/status': (response) => void response.writeHead(200).write('{') });
  check.deepEqual(await controlClient(socket, limits).status(), E.left({ type: 'no-answer', socket, limit: 50 } as const));
});
