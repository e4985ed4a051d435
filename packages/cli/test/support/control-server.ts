/** A control socket that answers as a test wants. */
import { type Server, type ServerResponse, createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { temporaryFolder } from './fbypass-ctl.js';

/** By `METHOD /path`; what is not named is answered with 404. */
export type Answers = Readonly<Record<string, (response: ServerResponse, server: Server) => void>>;

export const json = (body: unknown, status = 200) => (response: ServerResponse): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

export interface ControlServer {
  readonly socket: string;
  /** `METHOD /path` of each request. */
  readonly asked: readonly string[];
}

export async function controlServer(check: ExecutionContext, answers: Answers): Promise<ControlServer> {
  const socket = join(temporaryFolder(check), 'control.sock');
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const question = `${request.method ?? ''} ${request.url ?? ''}`;
    asked.push(question);
    const answer = answers[question];
    if (answer === undefined) response.writeHead(404).end();
    else answer(response, server);
  });
  server.listen(socket);
  await once(server, 'listening');
  check.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return { socket, asked };
}
