import test, { type ExecutionContext } from 'ava';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { type Addon, loadAddon, netlinkDriver } from '../dist/index.js';
import { MessageWriter } from '../dist/message-writer.js';
import { writeLinkQuestion } from '../dist/link.js';

const loaded = loadAddon();

const IFF_LOOPBACK = 0x8;

test('where there is no addon, one line says so, and what it takes', (t) => {
  for (const refused of [E.map(() => null)(loadAddon('/nowhere')), E.map(() => null)(netlinkDriver({ prebuilds: '/nowhere' }))]) {
    t.true(E.isLeft(refused));
    if (E.isRight(refused)) continue;
    t.is(refused.left.kind, 'driver-unavailable');
    t.regex(refused.left.message, /not built for linux-\w+: there is no \/nowhere\/linux-\w+\/netlink\.node \(it takes a C compiler/);
    t.false(refused.left.message.includes('\n'));
  }
});

test('where the addon cannot be loaded, one line says why', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'fbt-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, `linux-${process.arch}`));
  await writeFile(join(folder, `linux-${process.arch}`, 'netlink.node'), 'no shared object');
  const refused = loadAddon(folder);
  t.true(E.isLeft(refused));
  if (E.isLeft(refused)) t.regex(refused.left.message, /^The netlink driver's addon \S+ cannot be loaded: .*\.$/);
});

test('which addon is loaded, or why none is, depends on the machine', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'fbt-'));
  t.teardown(() => rm(folder, { recursive: true }));
  for (const arch of ['x64', 'arm64']) {
    await mkdir(join(folder, `linux-${arch}`));
    await writeFile(join(folder, `linux-${arch}`, 'netlink.node'), 'no shared object');
  }
  const said = (platform: string, arch: string, endianness: 'BE' | 'LE' = 'LE'): string => {
    const loading = loadAddon(folder, { platform, arch, endianness });
    return E.isLeft(loading) ? loading.left.message.replaceAll(folder, '') : 'loaded';
  };
  for (const arch of ['x64', 'arm64']) t.true(said('linux', arch).startsWith(`The netlink driver's addon /linux-${arch}/netlink.node cannot be loaded: `), said('linux', arch));
  t.is(said('linux', 'riscv64'), "The netlink driver's addon was not built for linux-riscv64: there is no /linux-riscv64/netlink.node (it takes a C compiler and Node's headers).");
  t.is(said('linux', 's390x', 'BE'), 'The netlink driver needs a little-endian machine; s390x is none.');
  t.is(said('darwin', 'arm64'), 'The netlink driver needs Linux; this is darwin.');
});

/** A test of the addon itself; needs no permission. */
function withAddon(title: string, body: (t: ExecutionContext, addon: Addon) => void): void {
  if (E.isLeft(loaded)) test.skip(`${title} (${loaded.left.message})`, () => undefined);
  else test(title, (t) => body(t, loaded.right));
}

withAddon('what is received fits or is refused, and nothing is received where nothing is', (t, addon) => {
  const socket = addon.open(0, 65536);
  const writer = new MessageWriter(128);
  const bytes = Buffer.alloc(65536);
  t.is(addon.receive(socket, bytes), 0);
  writeLinkQuestion(writer, 1, 'lo');
  addon.send(socket, writer.bytes, writer.length);
  t.throws(() => addon.receive(socket, Buffer.alloc(20)), { code: 'EMSGSIZE' });
  addon.send(socket, writer.bytes, writer.length);
  t.is(addon.receive(socket, bytes), bytes.readUInt32LE(0));
  addon.close(socket);
});

withAddon('a socket that is closed is refused, closing it again is not', (t, addon) => {
  const socket = addon.open(0x111, 65536);
  addon.watch(socket, () => undefined);
  t.throws(() => addon.watch(socket, () => undefined), { code: 'EALREADY' });
  addon.close(socket);
  addon.close(socket);
  t.like(t.throws(() => addon.receive(socket, Buffer.alloc(10))), { code: 'EBADF', errno: 9 });
});

withAddon('the flags of an interface are told under its own name alone', (t, addon) => {
  const socket = addon.open(0, 65536);
  t.true(((addon.flags(socket, 1, 'lo') ?? 0) & IFF_LOOPBACK) !== 0);
  for (const [index, name] of [[1, 'l'], [1, 'lo0'], [1, ''], [1, 'lo'.repeat(40)], [0, 'lo'], [-1, 'lo'], [2 ** 31 - 1, 'lo']] as const) t.is(addon.flags(socket, index, name), undefined, `${index} ${name}`);
  addon.close(socket);
});

withAddon('arguments of another kind are refused', (t, addon) => {
  const socket = addon.open(0, 65536);
  const loose = addon as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const [call, args] of [
    ['open', []],
    ['open', ['a', 'b']],
    ['send', [socket]],
    ['send', [socket, Buffer.alloc(4), 5]],
    ['send', [{}, Buffer.alloc(4), 4]],
    ['receive', [socket, 'text']],
    ['flags', [socket, 'text', 'lo']],
    ['flags', [socket, 1]],
    ['watch', [socket, 7]],
    ['watch', [undefined, () => undefined]],
    ['close', [7]],
    ['inNamespace', [7]],
  ] as const) {
    t.throws(() => loose[call]?.(...args), { code: 'EINVAL' }, call);
  }
  addon.close(socket);
});
