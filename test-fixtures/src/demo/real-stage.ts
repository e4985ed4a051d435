import { BypassCard, pinger } from '../dpi/bypass-card.js';
import { RemoteDpi } from '../dpi/remote-dpi.js';
import { Namespace } from '../netns/namespace.js';
import { CARDS, GLOBAL, INTERVAL, OWN, type Stage, configText } from './stage.js';

const HOST = '192.168.1.202';
const PORTS = [3000, 3100, 3200];

/**
 * Two namespaces and a cable: in `broker` the daemon with eth0 and the managed interfaces, in `outside` the DPIs and
 * the cards. Neither is connected to the network of this machine.
 */
export async function realStage(): Promise<Stage> {
  const broker = await Namespace.create();
  const outside = await Namespace.create().catch(async (error: unknown) => {
    await broker.delete();
    throw error;
  });
  const close = async (): Promise<void> => {
    for (const namespace of [broker, outside]) await namespace.delete();
  };
  try {
    await connect(broker, outside);
    const listeners = PORTS.map((port) => ({ host: HOST, port }));
    const dpis = await Promise.all(listeners.map((aim) => RemoteDpi.start(outside, { ...aim, interval: INTERVAL })));
    const way = pinger() === 'ping' ? 'The cards ping.' : 'No ping is installed here: the cards knock on a TCP port.';
    return {
      about: `The real kernel, in throw-away network namespaces.\n${way}`,
      config: configText(null, 'eth0', listeners),
      namespace: broker,
      dpis,
      kernelHas: async () => {
        const there = await broker.addresses('eth0');
        return CARDS.filter((card) => there.some((address) => address.startsWith(`${card}/`)));
      },
      startCards: (onSwitch) =>
        CARDS.map((address, card) =>
          BypassCard.start(outside, address, (position) => {
            onSwitch(card, position);
          }),
        ),
      close: async () => {
        for (const dpi of dpis) dpi.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function connect(broker: Namespace, outside: Namespace): Promise<void> {
  await broker.addPair('eth0', 'cable');
  await broker.ip('link', 'set', 'dev', 'cable', 'netns', outside.name);
  await broker.ip('address', 'add', '192.168.1.200/24', 'dev', 'eth0');
  await outside.ip('link', 'set', 'dev', 'cable', 'up');
  await outside.ip('address', 'add', '192.168.1.1/24', 'dev', 'cable');
  for (const name of [GLOBAL, ...Object.values(OWN)]) await broker.addPair(name);
}
