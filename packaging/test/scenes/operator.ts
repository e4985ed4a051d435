/** What an operator does: install, configure, look, reload, stop, start, force. */
import { readFileSync } from 'node:fs';
import { BACKEND, CARDS, CONFIG, LISTENER, UNIT } from '../support/broker.js';
import type { Scene } from '../support/story.js';

export function operatorScenes(scene: Scene): void {
  scene('installed by dpkg -i, the service runs and waits for a configuration', async (t, { broker, path }) => {
    const { machine } = broker;
    await machine.succeed('dpkg', '-i', path);
    t.is(await broker.property('ActiveState'), 'active');
    t.is(await broker.property('UnitFileState'), 'enabled');
    t.regex(await broker.property('StatusText'), /^waiting for a configuration: \/var\/fastbypass_monitor\/backend\/\.env names no listener/);
    t.regex(await machine.succeed('systemctl', 'status', '--no-pager', UNIT), /Status: "waiting for a configuration/);
    t.deepEqual((await broker.status()).listeners, []);
    t.is((await broker.ctl('check')).status, 78);
    t.is(machine.read(`${BACKEND}/sample.env`), readFileSync(new URL('../../sample.env', import.meta.url), 'utf8'));
    t.regex(await machine.succeed('stat', '-c', '%A %U %G', '/run/fastbypass_monitor/control.sock'), /^srw-rw---- fastbypass fastbypass$/m);
    for (const page of [['8', 'fastbypass_monitor'], ['8', 'fbypass_ctl'], ['5', 'fastbypass_monitor.env']]) await machine.succeed('man', '--where', ...page);
  });

  scene('it is not root, has two capabilities, and is sandboxed: exposure at most 2.0', async (t, { broker }) => {
    const { machine } = broker;
    const status = await machine.succeed('cat', `/proc/${await broker.property('MainPID')}/status`);
    const [, uid] = /^Uid:\s+(\d+)/m.exec(status) ?? [];
    t.is(uid, (await machine.succeed('id', '-u', 'fastbypass')).trim());
    // CAP_NET_BIND_SERVICE is 10, CAP_NET_ADMIN is 12.
    for (const set of ['CapEff', 'CapBnd']) t.regex(status, new RegExp(`^${set}:\\s+0000000000001400$`, 'm'));
    const [, exposure] = /Overall exposure level for \S+: ([\d.]+)/.exec(await machine.succeed('systemd-analyze', 'security', '--no-pager', UNIT)) ?? [];
    t.true(Number(exposure) <= 2, `exposure ${String(exposure)}`);
  });

  scene('it runs in real time, all of its threads, where the machine lets it', async (t, { broker }) => {
    const { status } = await broker.machine.run('chrt', '--rr', '1', 'true');
    const policies = await broker.machine.succeed('chrt', '--all-tasks', '--pid', await broker.property('MainPID'));
    t.deepEqual([...new Set(policies.match(/SCHED_\w+/g))], [status === 0 ? 'SCHED_RR' : 'SCHED_OTHER'], policies);
  });

  scene('fbypass_ctl reload takes a configuration up; heartbeats from outside make it normal, and the cards are answered', async (t, { broker }) => {
    broker.configure(CONFIG);
    const reload = await broker.ctl('reload');
    t.is(reload.status, 0, reload.output);
    t.regex(await broker.property('StatusText'), /^mode unknown; nothing is managed until \d of 2 listeners have reported$/);
    broker.talk();
    await broker.is('normal');
    t.is(await broker.network(), 'cards 2 e1 up');
    for (const card of CARDS) t.true(await broker.machine.answers(card));
    t.regex(await broker.property('StatusText'), /^mode normal/);
  });

  scene('a silent DPI: bypass, no card is answered, the listed interface goes down; and back', async (t, { broker }) => {
    await broker.dpis[1]?.hush();
    await broker.is('bypass');
    t.is(await broker.network(), 'cards 0 e1 down');
    for (const card of CARDS) t.false(await broker.machine.answers(card));
    t.true(await broker.machine.answers(LISTENER));
    t.regex(await broker.property('StatusText'), /^mode BYPASS/);
    broker.dpis[1]?.talk();
    await broker.is('normal');
    t.is(await broker.network(), 'cards 2 e1 up');
  });

  scene('systemctl reload returns when it is done, and fails where it was rejected', async (t, { broker }) => {
    const { machine } = broker;
    const pid = await broker.property('MainPID');
    broker.configure(`${CONFIG}LISTEN_HEARTBEAT_FAILED=2\n`);
    t.is((await machine.run('systemctl', 'reload', UNIT)).status, 0);
    t.is((await broker.status()).threshold, 2);
    broker.configure(`${CONFIG}LISTEN_HEARTBEAT_FAILED=none\n`);
    t.not((await machine.run('systemctl', 'reload', UNIT)).status, 0);
    t.regex(await broker.journal(), /LISTEN_HEARTBEAT_FAILED/);
    t.is((await broker.status()).threshold, 2);
    t.is((await broker.ctl('reload')).status, 78);
    broker.configure(CONFIG);
    t.is((await machine.run('systemctl', 'reload', UNIT)).status, 0);
    t.is(await broker.property('ActiveState'), 'active');
    t.is(await broker.property('MainPID'), pid);
    await broker.is('normal');
  });

  scene('the commands that read, with their exit status', async (t, { broker }) => {
    const { machine } = broker;
    machine.write('/root/good.env', CONFIG);
    machine.write('/root/bad.env', `${CONFIG}BYPASS_CARD_HOST[2]=10.77.0.300\n`);
    machine.write('/root/trace', '{"at":10,"heartbeat":0}\n{"at":99,"end":true}\n');
    machine.write('/root/no-trace', 'nonsense\n');
    for (const [status, ...words] of [
      [0, 'version'],
      [0, 'help'],
      [0, 'help', 'force_on'],
      [2, 'nonsense'],
      [0, 'status'],
      [0, 'status', '--json'],
      [0, 'why'],
      [0, 'tail'],
      [0, 'tail', '3'],
      [0, 'check'],
      [0, 'check', '/root/good.env'],
      [78, 'check', '/root/bad.env'],
      [0, 'plan', '--mode', 'bypass'],
      [0, 'plan', '--mode', 'normal'],
      [2, 'plan'],
      [0, 'simulate', '--config', '/root/good.env', '--trace', '/root/trace'],
      [2, 'simulate', '--config', '/root/good.env', '--trace', '/root/no-trace'],
      [0, 'heartbeat', '127.0.0.1:3999', '--count', '2', '--interval', '10'],
      [2, 'heartbeat', 'nowhere'],
    ] as const) {
      const ran = await broker.ctl(...words);
      t.is(ran.status, status, `${words.join(' ')}:\n${ran.output}`);
    }
    for (const words of [['status', '--watch'], ['tailf']]) {
      const ran = await machine.run('timeout', '--preserve-status', '--signal=INT', '3', 'fbypass_ctl', ...words);
      t.is(ran.status, 0, `${words.join(' ')}:\n${ran.output}`);
      t.true(ran.output.length > 0);
    }
    t.regex((await machine.run('fastbypass_monitor', '--version')).output, /^fastbypass_monitor \d+\.\d+\.\d+$/m);
  });

  scene('without root: status 4, and what to do; in the group fastbypass it is permitted', async (t, { broker }) => {
    const { machine } = broker;
    for (const words of [['status'], ['reload'], ['stop'], ['restart'], ['disable']]) {
      const ran = await machine.run('runuser', '-u', 'nobody', '--', 'fbypass_ctl', ...words);
      t.is(ran.status, 4, `${words.join(' ')}:\n${ran.output}`);
      t.regex(ran.output, /root|sudo/);
    }
    for (const words of [['status'], ['reload']]) t.is((await machine.run('runuser', '-u', 'nobody', '-G', 'fastbypass', '--', 'fbypass_ctl', ...words)).status, 0);
    await broker.is('normal');
  });

  scene('stop, start, restart, force_on, force_off, with their exit status', async (t, { broker }) => {
    const ctl = async (status: number, ...words: readonly string[]): Promise<void> => {
      const ran = await broker.ctl(...words);
      t.is(ran.status, status, `${words.join(' ')}:\n${ran.output}`);
    };
    await ctl(0, 'stop');
    t.is(await broker.property('ActiveState'), 'inactive');
    t.is(await broker.network(), 'cards 2 e1 up');
    for (const word of ['status', 'reload', 'why']) await ctl(3, word);
    await ctl(0, 'start');
    await broker.is('normal');
    await ctl(0, 'restart');
    await broker.is('normal');
    await ctl(0, 'force_on');
    t.is(await broker.property('ActiveState'), 'inactive');
    t.is(await broker.network(), 'cards 0 e1 down');
    await ctl(0, 'force_off');
    t.is(await broker.network(), 'cards 2 e1 up');
    await ctl(0, 'start');
    await broker.is('normal');
  });
}
