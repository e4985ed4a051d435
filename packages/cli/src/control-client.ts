/** Speaks to the daemon through its control socket: HTTP/1.1 with JSON. */
import { request } from 'node:http';
import { ReloadReport, StatusReport, StopReport } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type { ControlError } from './control-error.js';
import { errorCode, isRefusal, reasonOf } from './file-error.js';

/** Answered from memory. ms */
const QUICK = 5_000;
/** The answer comes before the stop. ms */
export const STOP_LIMIT = 10_000;
/** Reloads run one at a time, and a plan on the kernel may be under way. ms */
export const RELOAD_LIMIT = 60_000;

export interface ControlClient {
  readonly status: TE.TaskEither<ControlError, StatusReport>;
  /** Resolves when the reload is done, be it accepted or rejected. */
  readonly reload: TE.TaskEither<ControlError, ReloadReport>;
  /** Resolves when the daemon is about to end. */
  readonly stop: TE.TaskEither<ControlError, StopReport>;
}

/** @param limits ms that an answer may take */
export function controlClient(socket: string, limits: { readonly quick: number; readonly stop: number; readonly reload: number } = { quick: QUICK, stop: STOP_LIMIT, reload: RELOAD_LIMIT }): ControlClient {
  return {
    status: ask({ socket, method: 'GET', path: '/v1/status', limit: limits.quick }, StatusReport, [200]),
    reload: ask({ socket, method: 'POST', path: '/v1/reload', limit: limits.reload }, ReloadReport, [200, 422]),
    stop: ask({ socket, method: 'POST', path: '/v1/stop', limit: limits.stop }, StopReport, [200, 202]),
  };
}

interface Question {
  readonly socket: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** ms from asking to the end of the answer. */
  readonly limit: number;
}

interface Answer {
  /** Of HTTP. */
  readonly status: number;
  readonly body: string;
}

const ask = <A>(question: Question, codec: t.Type<A, unknown>, expected: readonly number[]): TE.TaskEither<ControlError, A> =>
  pipe(
    TE.tryCatch(
      () => fetchAnswer(question),
      (error) => controlError(question, error),
    ),
    TE.flatMapEither(({ status, body }) => {
      const strange = (what: string): E.Either<ControlError, A> => E.left({ type: 'strange-answer', socket: question.socket, what: `${question.method} ${question.path}: ${what}` });
      if (!expected.includes(status)) return strange(`HTTP status ${String(status)}`);
      const decoded = codec.decode(parseJson(body));
      return E.isRight(decoded) ? decoded : strange(whereWrong(decoded.left));
    }),
  );

function fetchAnswer({ socket, method, path, limit }: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: socket, method, path, agent: false, signal: AbortSignal.timeout(limit), headers: { host: 'localhost', 'content-length': 0 } });
    asked.on('error', reject);
    asked.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }));
    });
    asked.end();
  });
}

function controlError({ socket, limit }: Question, error: unknown): ControlError {
  const code = errorCode(error) ?? '';
  if (['ENOENT', 'ECONNREFUSED'].includes(code)) return { type: 'not-running', socket };
  if (isRefusal(error)) return { type: 'not-permitted', socket };
  // How node:http says that the signal has fired.
  if (code === 'ABORT_ERR') return { type: 'no-answer', socket, limit };
  return { type: 'broken', socket, reason: reasonOf(error) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The first place of an answer that does not fit. */
function whereWrong([first]: t.Errors): string {
  const context = first?.context ?? [];
  // The alternatives of a union are numbered in the context; they are no part of the answer.
  const path = context.filter((_, place) => !(context[place - 1]?.type instanceof t.UnionType)).map(({ key }) => key).filter((key) => key !== '');
  return path.length === 0 ? 'this is not the JSON that was expected' : `"${path.join('.')}" is missing or not as expected`;
}
