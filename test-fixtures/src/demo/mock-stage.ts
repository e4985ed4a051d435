import { LocalDpi } from '../dpi/dpi.js';
import { freePorts } from '../free-port.js';
import { INTERVAL, type Stage, configText } from './stage.js';

const HOST = '127.0.0.1';

/** Real heartbeats on the loopback of this machine; the network that is switched is in the daemon's memory. */
export async function mockStage(): Promise<Stage> {
  const ports = await freePorts(3);
  const listeners = ports.map((port) => ({ host: HOST, port }));
  const dpis = listeners.map((aim) => new LocalDpi({ ...aim, interval: INTERVAL }));
  return {
    about: `Real heartbeats over UDP on ${HOST}; the network is in memory.`,
    config: configText('mock', 'lo', listeners),
    namespace: null,
    dpis,
    kernelHas: null,
    startCards: () => [],
    close: async () => {
      for (const dpi of dpis) dpi.close();
    },
  };
}
