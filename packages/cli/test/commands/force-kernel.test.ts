/** `force_on`, `force_off` and `plan` on the real kernel, in a namespace of their own. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Namespace, whyNoNamespaces } from '@fastbypass/test-fixtures';
import test, { type ExecutionContext } from 'ava';
import { configFile, FORCIBLE } from '../support/config.js';
import { type Outcome, start, temporaryFolder } from '../support/fbypass-ctl.js';

const why = await whyNoNamespaces();

interface Box {
  readonly namespace: Namespace;
  readonly stateFile: string;
  readonly ctl: (...words: readonly string[]) => Promise<Outcome>;
  /** Every address, what is up, and whether secondaries are promoted on eth0. */
  readonly all: () => Promise<string>;
  /** Whether the interface is administratively up. */
  readonly isUp: (name: string) => Promise<boolean>;
}

function kernelTest(driver: string, title: string, config: string, body: (check: ExecutionContext, box: Box) => Promise<void>): void {
  const named = `${driver}: ${title}`;
  const run = async (check: ExecutionContext): Promise<void> => {
    const namespace = await Namespace.create();
    check.teardown(() => namespace.delete());
    for (const name of ['eth0', 'e1', 'e2']) await namespace.addPair(name);
    const file = configFile(check, config);
    const folder = temporaryFolder(check);
    const options = ['--config', file, '--socket', `${folder}/control.sock`, '--driver', driver];
    await body(check, {
      namespace,
      stateFile: `${folder}/control.state.json`,
      ctl: (...words) => start(check, [...options, ...words], ['ip', 'netns', 'exec', namespace.name]).end,
      // The kernel itself is at work on link-local addresses and on carriers.
      all: async () => {
        const addresses = (await namespace.ip('-o', 'address', 'show')).split('\n').filter((line) => !line.includes(' fe80:'));
        const up = await namespace.ip('-br', 'link', 'show', 'up');
        const names = up.split('\n').map((line) => line.split(/\s/)[0]);
        return [...addresses, ...names, await namespace.run('cat', '/proc/sys/net/ipv4/conf/eth0/promote_secondaries')].join('\n');
      },
      isUp: async (name) => /<[^>]*\bUP\b/.test(await namespace.ip('-o', 'link', 'show', 'dev', name)),
    });
  };
  if (why === null) test.serial(named, run);
  else test.serial.skip(`${named} (${why})`, run);
}

const addressesV4 = async (namespace: Namespace, name: string): Promise<readonly string[]> => (await namespace.addresses(name)).filter((address) => !address.includes(':'));

for (const driver of ['netlink', 'iproute2']) {
  kernelTest(driver, 'bypass takes addresses and links, normal brings them back under their prefixes; twice is once', FORCIBLE, async (check, { namespace, stateFile, ctl, all, isUp }) => {
    // The first card is the primary of a subnet in which a stranger lives too.
    for (const address of ['192.168.1.211/24', '192.168.1.5/24', '192.168.1.212/32']) await namespace.ip('address', 'add', address, 'dev', 'eth0');
    await namespace.ip('address', 'add', 'fd00::7/64', 'dev', 'e1', 'nodad');
    await namespace.setPromotion('eth0', false);

    const before = await all();
    const plan = await ctl('plan', '--mode', 'bypass');
    check.is(plan.status, 0, plan.stderr);
    check.is(await all(), before, 'a plan changes nothing');
    check.deepEqual(plan.stdout.trimEnd().split('\n'), [
      'promote-secondaries eth0',
      'address-del eth0 192.168.1.211/24',
      'address-del eth0 192.168.1.212/32',
      'link-down e1',
      'link-down e2',
    ]);

    const on = await ctl('force_on');
    check.is(on.status, 0, on.stderr);
    for (const operation of plan.stdout.trimEnd().split('\n')) check.true(on.stdout.includes(`${operation}: done\n`), on.stdout);
    check.deepEqual(await addressesV4(namespace, 'eth0'), ['192.168.1.5/24']);
    check.false(await isUp('e1'));
    check.false(await isUp('e2'));
    check.true(readFileSync(stateFile, 'utf8').includes('fd00::7/64'));

    const again = await ctl('force-on');
    check.is(again.status, 0, again.stderr);
    check.regex(again.stdout, /Nothing was to be done/);
    check.like(await ctl('plan', '--mode', 'bypass'), { status: 0, stdout: 'For bypass there is nothing to do now.\n' });

    const off = await ctl('force_off');
    check.is(off.status, 0, off.stderr);
    check.deepEqual([...(await addressesV4(namespace, 'eth0'))].sort(), ['192.168.1.211/24', '192.168.1.212/32', '192.168.1.5/24']);
    check.true(await isUp('e1'));
    check.true(await isUp('e2'));
    check.true((await namespace.addresses('e1')).includes('fd00::7/64'));
    check.false((await all()).includes('192.168.1.202'), 'the address of no listener is added');

    const offAgain = await ctl('force-off');
    check.is(offAgain.status, 0, offAgain.stderr);
    check.regex(offAgain.stdout, /Nothing was to be done/);
  });

  kernelTest(driver, 'a lease that a killed daemon has left ends: what stays does not expire', `${FORCIBLE}BYPASS_CARD_LEASE=100\n`, async (check, { namespace, stateFile, ctl, all }) => {
    await namespace.ip('address', 'add', '192.168.1.211/24', 'dev', 'eth0', 'valid_lft', '100', 'preferred_lft', '100');
    await namespace.ip('address', 'add', '192.168.1.5/24', 'dev', 'eth0', 'valid_lft', '1000', 'preferred_lft', '1000');
    await namespace.ip('address', 'add', '192.168.1.9/24', 'dev', 'eth0', 'valid_lft', '1000', 'preferred_lft', '1000');
    // Of the cards the file need not know anything. What is nobody's here may once have been one, on this interface or another.
    const index = Number(/^\d+/.exec(await namespace.ip('-o', 'link', 'show', 'dev', 'eth0'))?.[0]);
    const leased = [
      { interface: 'eth0', index, address: '192.168.1.5/24' },
      { interface: 'eth0', index: index + 1, address: '192.168.1.9/24' },
    ];
    writeFileSync(stateFile, JSON.stringify({ version: 1, cards: [], shut: [], leased, lost: [] }));
    const off = await ctl('force_off');
    check.is(off.status, 0, off.stderr);
    check.true(off.stdout.includes('address-add eth0 192.168.1.211/24 without a lifetime: done\n'), off.stdout);
    const standing = (await all()).split('\n').filter((line) => line.includes(' eth0 '));
    check.regex(standing.find((line) => line.includes('192.168.1.211')) ?? '', /valid_lft forever/);
    for (const stranger of ['192.168.1.5/', '192.168.1.9/']) check.regex(standing.find((line) => line.includes(stranger)) ?? '', /valid_lft \d+sec/, `${stranger} is left as it is`);
    check.deepEqual((JSON.parse(readFileSync(stateFile, 'utf8')) as { leased: unknown }).leased, []);
  });

  kernelTest(driver, 'without a memory file leased addresses of cards stay after force_off, and go with force_on', `${FORCIBLE}BYPASS_CARD_LEASE=100\n`, async (check, { namespace, stateFile, ctl, all }) => {
    // The second is a secondary of the first: it goes with it.
    const lease = async (): Promise<void> => {
      for (const address of ['192.168.1.211/24', '192.168.1.212/24']) await namespace.ip('address', 'replace', address, 'dev', 'eth0', 'valid_lft', '100', 'preferred_lft', '100');
    };
    await lease();
    const plan = await ctl('plan', '--mode', 'normal');
    const released = ['address-add eth0 192.168.1.211/24 without a lifetime', 'address-add eth0 192.168.1.212/24 without a lifetime'];
    check.deepEqual(plan.stdout.trimEnd().split('\n'), released);
    const off = await ctl('force_off');
    check.is(off.status, 0, off.stderr);
    check.regex(off.stdout, /The kernel is as normal asks/);
    check.deepEqual((await all()).split('\n').filter((line) => line.includes(' eth0 ') && !line.includes('valid_lft forever')), []);
    check.regex((await ctl('force_off')).stdout, /Nothing was to be done/);
    rmSync(stateFile);
    await lease();
    const on = await ctl('force_on');
    check.is(on.status, 0, on.stderr);
    check.false(on.stdout.includes('address-add'), on.stdout);
    check.deepEqual(await addressesV4(namespace, 'eth0'), []);
  });
}

kernelTest('netlink', 'what the configuration no longer names is settled from the state file', FORCIBLE, async (check, { namespace, ctl, isUp }) => {
  await namespace.ip('address', 'add', '192.168.1.211/24', 'dev', 'eth0');
  check.is((await ctl('force_on')).status, 0);
  const later = configFile(check, FORCIBLE.replaceAll(/^.*CUBRO.*\n|^BYPASS_CARD_HOST\[0\].*\n/gm, ''));
  await namespace.ip('address', 'add', '192.168.1.211/24', 'dev', 'eth0');
  const on = await ctl('force_on', '--config', later);
  check.is(on.status, 0, on.stderr);
  check.deepEqual(await addressesV4(namespace, 'eth0'), []);
  check.true(await isUp('e1'));
  check.true(await isUp('e2'));
});

kernelTest('netlink', 'an interface that is missing: status 1 with its name, and all else is done', FORCIBLE, async (check, { namespace, ctl }) => {
  await namespace.ip('link', 'delete', 'dev', 'e1');
  const plan = await ctl('plan', '--mode', 'normal');
  check.is(plan.status, 0);
  check.regex(plan.stderr, /would still not be so: interface e1 is missing/);
  const off = await ctl('force_off');
  check.is(off.status, 1);
  check.regex(off.stderr, /NOT all is as normal asks:\n {2}interface e1 is missing/);
  check.deepEqual(await addressesV4(namespace, 'eth0'), ['192.168.1.211/32', '192.168.1.212/32']);
  // What is not there needs no shutting down.
  check.is((await ctl('force_on')).status, 0);
});

kernelTest('netlink', 'an interface that comes while it is waited for is taken', FORCIBLE, async (check, { namespace, ctl }) => {
  await namespace.ip('link', 'delete', 'dev', 'e1');
  const off = ctl('force_off');
  for (let seen = ''; !seen.includes('192.168.1.212'); ) seen = await namespace.ip('-o', 'address', 'show');
  await namespace.ip('link', 'add', 'name', 'e1', 'type', 'veth', 'peer', 'name', 'other');
  const { status, stdout, stderr } = await off;
  check.is(status, 0, stderr);
  check.true(stdout.includes('link-up e1: done\n'));
});
