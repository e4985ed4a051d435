/** Launching and reopening, with sockets that do as the test says. */
import { type MonitorState, initialState, listenerOf, listeners, readConfig, transition } from '@fastbypass/core';
import test from 'ava';
import type { Endpoint, HeartbeatSocket, HeartbeatSockets, SocketHooks } from '../dist/heartbeats/heartbeat-sockets.js';
import { Launcher } from '../dist/launcher.js';
import { until } from './e2e/bed.js';

interface FakeSocket extends HeartbeatSocket {
  readonly endpoint: Endpoint;
  hooks: SocketHooks;
  closed: boolean;
}

/** Sockets that were bound, and those that were refused. */
class FakeSockets implements HeartbeatSockets {
  readonly bound: FakeSocket[] = [];
  /** Why the next ones are refused, one after the other. */
  readonly refusals: string[] = [];

  bind(endpoint: Endpoint, hooks: SocketHooks): Promise<HeartbeatSocket> {
    const refusal = this.refusals.shift();
    if (refusal !== undefined) return Promise.reject(new Error(refusal));
    const socket: FakeSocket = {
      endpoint,
      hooks,
      closed: false,
      receiveBuffer: Infinity,
      attach: (next) => {
        socket.hooks = next;
      },
      close: () => {
        socket.closed = true;
      },
    };
    this.bound.push(socket);
    return Promise.resolve(socket);
  }

  readEmpty(inQuestion: () => readonly HeartbeatSocket[], then: () => void): void {
    for (const socket of inQuestion()) (socket as FakeSocket).hooks.onDatagram(null, 0);
    then();
  }
}

function bench(): { readonly sockets: FakeSockets; readonly launcher: Launcher; readonly heard: number[]; readonly told: string[] } {
  const reading = readConfig('LISTEN_HEARTBEAT_IFS=eth0\nBYPASS_CARD_IFS=eth0\nBYPASS_CARD_HOST[0]=10.1.0.1\nLISTEN_HB_HOST[0]=0.0.0.0\nLISTEN_HB_PORT[0]=3000\nLISTEN_HB_HOST[1]=0.0.0.0\nLISTEN_HB_PORT[1]=3001\n', 'test.env');
  if (reading.outcome !== 'configured') throw new Error('the test has a bad configuration');
  let state: MonitorState = initialState(reading.config, 0);
  const sockets = new FakeSockets();
  const heard: number[] = [];
  const told: string[] = [];
  const launcher = new Launcher(
    sockets,
    {
      listeners: () => listeners(state),
      listener: (id) => listenerOf(state, id),
      observed: () => new Map(),
      prepare: () => Promise.resolve(),
      whyNotAdded: () => null,
      onLaunched: (listener, awaited) => {
        state = transition(state, { type: 'launched', at: 0, listener, awaited });
      },
      onUnavailable: (listener, reason) => {
        state = transition(state, { type: 'unavailable', at: 0, listener, reason });
      },
      onDatagram: (id) => heard.push(listenerOf(state, id)?.config.index ?? NaN),
      oneAtATime: (task) => task(),
      onSocketTrouble: (message) => told.push(message),
    },
    false,
  );
  return { sockets, launcher, heard, told };
}

test('a socket that breaks is told of once, bound again until that is granted, and heard again', async (t) => {
  const { sockets, launcher, heard, told } = bench();
  t.teardown(() => {
    launcher.stop();
  });
  await launcher.launchAll();
  t.is(sockets.bound.length, 2);
  sockets.refusals.push('not yet');
  sockets.bound[1]?.hooks.onBroken('recvmmsg ENETDOWN');
  t.deepEqual(told, ['the socket of listener 1 broke and is being reopened: recvmmsg ENETDOWN']);
  t.deepEqual(launcher.problems(), told);
  await until('it is bound again', () => sockets.bound.length === 3);
  await until('nothing is wrong any more', () => launcher.problems().length === 0);
  t.is(sockets.bound[2]?.endpoint.port, 3001);
  t.is(told.length, 1);
  sockets.bound[2]?.hooks.onDatagram(null, 0);
  sockets.bound[0]?.hooks.onDatagram(null, 0);
  t.deepEqual(heard, [1, 0]);
});

test('what is queued is read of the sockets of those who are in question', async (t) => {
  const { sockets, launcher, heard } = bench();
  await launcher.launchAll();
  let done = 0;
  launcher.readEmpty(() => [1, 7], () => done++);
  t.deepEqual([heard, done], [[1], 1]);
  launcher.stop();
  t.true(sockets.bound.every(({ closed }) => closed));
});
