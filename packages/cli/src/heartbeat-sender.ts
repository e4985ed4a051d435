/** A socket that sends heartbeats to one place. */
import { type Socket, createSocket } from 'node:dgram';
import { type IpAddress, familyOf } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { Endpoint } from './endpoint.js';
import { errorCode } from './file-error.js';

const REFUSED = 'ECONNREFUSED';

export interface Sent {
  /** Whether the host has answered an earlier datagram with "nobody listens there". */
  readonly unheard: boolean;
}

export interface HeartbeatSender {
  /** To the left: what the operating system refused. */
  readonly send: (text: string) => Promise<E.Either<unknown, Sent>>;
  readonly close: () => void;
}

/** Connected, so that "nobody listens there" comes back. `bind` null: the address that the kernel chooses. */
export function openSender({ host, port }: Endpoint, bind: IpAddress | null): TE.TaskEither<unknown, HeartbeatSender> {
  return TE.tryCatch(
    async () => {
      const socket = createSocket(familyOf(host) === 4 ? 'udp4' : 'udp6');
      try {
        if (bind !== null) await settled(socket, (done) => socket.bind({ address: bind, port: 0 }, done));
        await settled(socket, (done) => socket.connect(port, host, done));
      } catch (error) {
        socket.close();
        throw error;
      }
      return senderOn(socket);
    },
    (error) => error,
  );
}

/** Resolves when `begin` has called back, rejects with the first error of the socket. */
function settled(socket: Socket, begin: (done: (error?: Error) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    begin((error) => {
      socket.off('error', reject);
      if (error === undefined) resolve();
      else reject(error);
    });
  });
}

function senderOn(socket: Socket): HeartbeatSender {
  let unheard = false;
  const note = (error: unknown): void => {
    unheard ||= errorCode(error) === REFUSED;
  };
  socket.on('error', note);
  const attempt = (text: string): Promise<Error | null> => new Promise((resolve) => socket.send(text, resolve));
  return {
    send: async (text) => {
      let error = await attempt(text);
      note(error);
      // The answer to an earlier datagram comes back in place of this one, which has not been sent.
      if (errorCode(error) === REFUSED) error = await attempt(text);
      if (error !== null) return E.left(error);
      const sent = { unheard };
      unheard = false;
      return E.right(sent);
    },
    close: () => void socket.close(),
  };
}
