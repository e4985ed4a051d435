/** What befalls a service: hangs, deaths, bad configurations, upgrades, reboots, and its end. */
import { BACKEND, CARDS, CONFIG, UNIT } from '../support/broker.js';
import { laterVersion } from '../support/package.js';
import { filesOf, type Scene } from '../support/story.js';
import { until } from '../support/until.js';

export function lifeScenes(scene: Scene): void {
  scene('a hung daemon is killed by the watchdog and comes back', async (t, { broker }) => {
    const pid = await broker.property('MainPID');
    await broker.machine.kill('STOP', pid);
    await broker.restartedSince(pid);
    t.regex(await broker.journal(), /Watchdog timeout|watchdog/i);
    await broker.is('normal');
    t.is(await broker.network(), 'cards 2 e1 up');
  });

  scene('kill -9, in bypass: it comes back, and the network stays as it was', async (t, { broker }) => {
    await broker.hush();
    await broker.is('bypass');
    const pid = await broker.property('MainPID');
    await broker.machine.kill('KILL', pid);
    await broker.restartedSince(pid);
    await broker.is('bypass');
    t.is(await broker.network(), 'cards 0 e1 down');
    broker.talk();
    await broker.is('normal');
  });

  scene('a configuration that cannot be used: tried again and again, until it is mended', async (t, { broker }) => {
    broker.configure(`${CONFIG}LISTEN_HEARTBEAT_FAILED=none\n`);
    t.not((await broker.machine.run('systemctl', 'restart', UNIT)).status, 0);
    await until('it has been tried again', async () => Number(await broker.property('NRestarts')) >= 2);
    await until('systemd has seen status 78', async () => (await broker.property('ExecMainStatus')) === '78');
    broker.configure(CONFIG);
    await broker.is('normal');
  });

  scene('a configuration that only root may read: it says what to do, and goes on when that is done', async (t, { broker }) => {
    const { machine } = broker;
    await machine.succeed('chmod', '600', `${BACKEND}/.env`);
    t.not((await machine.run('systemctl', 'restart', UNIT)).status, 0);
    t.regex(await broker.journal(), /\.env: error: the file cannot be read: .*"chgrp fastbypass \S+\.env" and "chmod g\+r \S+\.env"/);
    await machine.succeed('chgrp', 'fastbypass', `${BACKEND}/.env`);
    await machine.succeed('chmod', 'g+r', `${BACKEND}/.env`);
    await broker.is('normal');
  });

  scene('without its addons systemd is told by systemd-notify, and heartbeats are read by Node', async (t, { broker }) => {
    const { machine } = broker;
    const addons = '/usr/lib/fastbypass_monitor/prebuilds/linux-x64';
    await machine.succeed('mkdir', '/root/away');
    await machine.succeed('mv', `${addons}/unix-datagram.node`, `${addons}/udp-sockets.node`, '/root/away');
    await machine.succeed('systemctl', 'restart', UNIT);
    await broker.is('normal');
    await until('the status has come', async () => (await broker.property('StatusText')).startsWith('mode normal'));
    t.regex(await broker.journal(), /systemd is told by systemd-notify/);
    t.regex(await broker.journal(), /heartbeats are read by Node alone/);
    await machine.succeed('sh', '-c', `mv /root/away/* ${addons}/`);
    await machine.succeed('systemctl', 'restart', UNIT);
    await broker.is('normal');
  });

  scene('the driver iproute2 works in the sandbox, promotion of secondaries too', async (t, { broker }) => {
    const { machine } = broker;
    broker.configure(`${CONFIG.replace(CARDS[0], '10.78.0.1/24')}DRIVER=iproute2\n`);
    await machine.succeed('systemctl', 'restart', UNIT);
    await broker.is('normal');
    await machine.succeed('sh', '-c', 'for name in all host0; do echo 0 > /proc/sys/net/ipv4/conf/$name/promote_secondaries; done; ip address add 10.78.0.9/24 dev host0');
    await broker.dpis[0]?.hush();
    await broker.is('bypass');
    t.regex(await broker.journal(), /promote-secondaries host0: done/);
    t.regex(await machine.succeed('ip', '-o', '-4', 'address', 'show', 'dev', 'host0'), / 10\.78\.0\.9\/24 /);
    broker.dpis[0]?.talk();
    await machine.succeed('ip', 'address', 'del', '10.78.0.9/24', 'dev', 'host0');
    broker.configure(CONFIG);
    await machine.succeed('systemctl', 'restart', UNIT);
    await broker.is('normal');
    t.is(await broker.network(), 'cards 2 e1 up');
  });

  scene('the journal has priorities, the log file has lines of its own', async (t, { broker }) => {
    const { machine } = broker;
    const warnings = await machine.succeed('journalctl', '--no-pager', '--output=cat', '--priority=warning', '--unit', UNIT);
    t.regex(warnings, /mode is BYPASS/);
    t.notRegex(warnings, /mode is normal/);
    t.regex(machine.read(`${BACKEND}/logs/fastbypass_monitor.log`), /^\S+Z WARNING mode is BYPASS/m);
    t.is((await machine.succeed('stat', '-c', '%A %U', `${BACKEND}/logs`)).trim(), 'drwxr-x--- fastbypass');
  });

  scene('an upgrade keeps bypass, the configuration and every address', async (t, { broker, deb }) => {
    const { machine } = broker;
    await broker.dpis[0]?.hush();
    await broker.is('bypass');
    const pid = await broker.property('MainPID');
    const later = await laterVersion(deb, machine);
    await machine.succeed('systemd-run', '--unit=observer', '--service-type=exec', '--property=StandardOutput=file:/root/seen', 'ip', '-o', 'monitor', 'address', 'link');
    await machine.succeed('dpkg', '-i', later);
    await broker.restartedSince(pid);
    await broker.is('bypass');
    await machine.succeed('systemctl', 'stop', 'observer');
    t.deepEqual(machine.read('/root/seen').split('\n').filter((line) => / (host0|e1)[ @:]/.test(line)), []);
    t.is(await broker.network(), 'cards 0 e1 down');
    t.is(machine.read(`${BACKEND}/.env`), CONFIG);
    broker.dpis[0]?.talk();
    await broker.is('normal');
    t.is(await broker.network(), 'cards 2 e1 up');
  });

  scene('after a reboot it is back by itself', async (t, { broker }) => {
    await broker.machine.reboot();
    t.is(await broker.property('ActiveState'), 'active');
    await broker.is('normal');
    t.is(await broker.network(), 'cards 2 e1 up');
  });

  scene('disable: not there after a reboot; enable: there again', async (t, { broker }) => {
    const { machine } = broker;
    t.is((await broker.ctl('disable')).status, 0);
    t.is(await broker.property('ActiveState'), 'active');
    await machine.reboot();
    t.is(await broker.property('ActiveState'), 'inactive');
    t.is((await broker.ctl('status')).status, 3);
    t.is((await broker.ctl('enable')).status, 0);
    t.is(await broker.property('UnitFileState'), 'enabled');
    t.is((await broker.ctl('start')).status, 0);
    await broker.is('normal');
  });

  scene('removed it is stopped, and the network stays; purged nothing is left', async (t, { broker, before }) => {
    const { machine } = broker;
    await machine.succeed('dpkg', '--remove', 'fastbypass-monitor');
    t.not((await machine.run('systemctl', 'is-active', UNIT)).status, 0);
    t.is(machine.read(`${BACKEND}/.env`), CONFIG);
    t.is(await broker.network(), 'cards 2 e1 up');
    await machine.succeed('dpkg', '--purge', 'fastbypass-monitor');
    t.deepEqual([...(await filesOf(machine))].filter((path) => !before.has(path)), []);
    t.not((await machine.run('ls', '/run/fastbypass_monitor')).status, 0);
    t.not((await machine.run('id', 'fastbypass')).status, 0);
  });
}
