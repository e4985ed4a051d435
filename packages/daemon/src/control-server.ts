/** The control socket: HTTP/1.1 with JSON on a Unix socket. */
import type { InstantRecord, ReloadReport, StatusReport } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { type Server as NetServer, connect, createServer as createNetServer } from 'node:net';
import { dirname } from 'node:path';
import { match } from 'ts-pattern';
import type { EventName } from './announcer.js';
import { type MakeWay, shared } from './right-of-way.js';

export interface ControlHooks {
  readonly status: () => StatusReport;
  /** `now`: ISO-8601. */
  readonly now: () => string;
  readonly reload: () => Promise<ReloadReport>;
  readonly stop: () => void;
  readonly metrics: () => Promise<Text>;
  /** Before what takes long is answered. */
  readonly makeWay: MakeWay;
}

interface Text {
  readonly contentType: string;
  readonly text: string;
}

export interface ControlServer {
  /** @param record is asked for where somebody reads events */
  readonly publish: (event: EventName, record: () => InstantRecord & { readonly at: number; readonly time: string }) => void;
  /** Ends every connection and takes the socket file away. */
  readonly close: () => Promise<void>;
}

/** Bytes that may wait for a reader of events; a slower one is dropped. */
const MAX_WAITING = 1024 * 1024;

/** ms that a holder of the lock is given to answer. */
const LOCK_PATIENCE = 2000;

/** Bytes of a socket's path (sun_path without its NUL); Node cuts a longer one off without a word. */
const MAX_PATH = 107;

/**
 * Listens on `path`, an absolute one, mode 0660. Left: a sentence that says why not, above all that another instance is there.
 *
 * A socket file that nobody answers on is replaced. A lock in the abstract namespace, which ends with its process,
 * keeps two daemons that start at once from replacing each other's.
 */
export async function openControlServer(path: string, hooks: ControlHooks): Promise<E.Either<string, ControlServer>> {
  if (Buffer.byteLength(path) > MAX_PATH) return E.left(`the control socket ${path} cannot be made: its path has more than ${String(MAX_PATH)} bytes`);
  const another = `another instance answers on ${path}: one daemon per control socket`;
  const lock = await listenOn(createNetServer(), `\0${path}`);
  const unlock = (): void => {
    if (E.isRight(lock)) lock.right.close();
  };
  const give = (why: string): E.Either<string, ControlServer> => {
    unlock();
    return E.left(why);
  };
  if (E.isLeft(lock) && lock.left !== 'EADDRINUSE') return give(`the control socket ${path} cannot be locked: ${lock.left}`);
  // Who holds the lock is about to answer; anybody may take a name of that kind, so silence does not keep us out.
  let found = await whatStandsAt(path);
  for (const end = performance.now() + LOCK_PATIENCE; E.isLeft(lock) && found === 'free' && performance.now() < end; found = await whatStandsAt(path)) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  if (found === 'alive') return give(another);
  if (found !== 'free') return give(`the control socket ${path} cannot be made: ${found.reason}`);
  const streams = new Set<ServerResponse>();
  const answers: Answers = {
    status: shared(hooks.makeWay, () => ({ contentType: JSON_TYPE, text: `${JSON.stringify(hooks.status())}\n` })),
    metrics: shared(hooks.makeWay, hooks.metrics),
  };
  const server = createServer((request, response) => {
    void serve(request, response, hooks, answers, streams);
  });
  try {
    mkdirSync(dirname(path), { recursive: true });
    rmSync(path, { force: true });
  } catch (error) {
    return give(`the control socket ${path} cannot be made: ${reasonOf(error)}`);
  }
  const bound = await listenOn(server, path);
  if (E.isLeft(bound)) return give(`the control socket ${path} cannot be made: ${bound.left}`);
  chmodSync(path, 0o660);
  return E.right({
    publish: (event, record) => {
      if (streams.size === 0) return;
      const text = eventText(event, record());
      for (const stream of streams) if (stream.writableLength > MAX_WAITING) stream.destroy();
      for (const stream of streams) stream.write(text);
    },
    close: () =>
      new Promise((done) => {
        // Whoever finds the socket closed may start the next daemon at once.
        unlock();
        server.close(() => {
          done();
        });
        for (const stream of streams) stream.end();
        server.closeIdleConnections();
        // An answer that is on its way may end; a client that does not read is not waited for.
        setTimeout(() => {
          server.closeAllConnections();
        }, 200).unref();
      }),
  });
}

const eventText = (event: EventName, data: object): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

const JSON_TYPE = 'application/json';

/** What takes long and may be asked for by many at once. */
interface Answers {
  readonly status: () => Promise<Text>;
  readonly metrics: () => Promise<Text>;
}

async function serve(request: IncomingMessage, response: ServerResponse, hooks: ControlHooks, answers: Answers, streams: Set<ServerResponse>): Promise<void> {
  const json = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': JSON_TYPE });
    response.end(`${JSON.stringify(body)}\n`);
  };
  const give = ({ contentType, text }: Text): void => {
    response.writeHead(200, { 'content-type': contentType });
    response.end(text);
  };
  request.resume();
  response.on('error', () => undefined);
  const path = (request.url ?? '/').replace(/\?.*$/, '');
  const methods: Readonly<Record<string, string>> = {
    '/v1/status': 'GET',
    '/v1/events': 'GET',
    '/metrics': 'GET',
    '/v1/reload': 'POST',
    '/v1/stop': 'POST',
  };
  const method = methods[path];
  if (method === undefined) {
    json(404, { error: `there is no ${path}; accepted: ${Object.keys(methods).join(', ')}` });
    return;
  }
  if (request.method !== method) {
    response.setHeader('allow', method);
    json(405, { error: `${path} takes ${method}` });
    return;
  }
  await match(path)
    .with('/v1/status', async () => {
      give(await answers.status());
    })
    .with('/v1/reload', async () => {
      const report = await hooks.reload();
      json(report.reload === 'accepted' ? 200 : 422, report);
    })
    .with('/v1/stop', () => {
      response.once('close', hooks.stop);
      response.setHeader('connection', 'close');
      json(200, { stop: 'accepted' });
    })
    .with('/v1/events', async () => {
      await hooks.makeWay();
      if (response.destroyed) return;
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(eventText('status', { time: hooks.now(), ...hooks.status() }));
      streams.add(response);
      response.once('close', () => streams.delete(response));
    })
    .otherwise(async () => {
      give(await answers.metrics());
    });
}

/** Left: the error's code. */
function listenOn<S extends Server | NetServer>(server: S, path: string): Promise<E.Either<string, S>> {
  return new Promise((give) => {
    server.once('error', (error) => {
      give(E.left('code' in error ? String(error.code) : error.message));
    });
    server.listen(path, () => {
      give(E.right(server));
    });
  });
}

/** A socket file that nobody listens on is free to be replaced; anything else that is no socket is somebody's file. */
async function whatStandsAt(path: string): Promise<'alive' | 'free' | { readonly reason: string }> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 'free';
  if (!found.isSocket()) return { reason: 'a file that is no socket stands there' };
  return new Promise((give) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      give('alive');
    });
    socket.once('error', (error) => {
      const isStale = 'code' in error && (error.code === 'ECONNREFUSED' || error.code === 'ENOENT');
      give(isStale ? 'free' : { reason: error.message });
    });
  });
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
