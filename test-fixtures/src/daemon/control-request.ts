import { request } from 'node:http';

export interface ControlAnswer {
  /** Of HTTP. */
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** ms; a reload waits for the plans that it causes. */
const LIMIT = 20_000;

/** Asks the control socket at `socketPath`; rejects where nobody answers. */
export function controlRequest(socketPath: string, method: string, path: string): Promise<ControlAnswer> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method, path, agent: false, signal: AbortSignal.timeout(LIMIT), headers: { host: 'localhost', 'content-length': 0 } });
    asked.on('error', reject);
    asked.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text: Buffer.concat(chunks).toString('utf8') });
      });
    });
    asked.end();
  });
}
