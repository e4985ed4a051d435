/** `stop` against a fake daemon that takes its time. */
import { setTimeout } from 'node:timers/promises';
import test from 'ava';
import { type Answers, controlServer, json } from '../support/control-server.js';
import { run, temporaryFolder } from '../support/fbypass-ctl.js';
import { NORMAL } from '../support/status-report.js';

test.serial('it waits until nobody answers any more', async (check) => {
  let gone = false;
  const answers: Answers = {
    'GET /v1/status': json(NORMAL),
    'POST /v1/stop': (response, server) => {
      json({ stop: 'accepted' })(response);
      void setTimeout(400).then(() => {
        gone = true;
        server.close();
      });
    },
  };
  const { socket, asked } = await controlServer(check, answers);
  const { status, stdout, stderr } = await run(check, 'stop', '--socket', socket);
  check.true(gone);
  check.is(status, 0);
  check.is(stderr, '');
  check.regex(stdout, /has stopped/);
  check.deepEqual([...new Set(asked)], ['POST /v1/stop', 'GET /v1/status']);
});

test.serial('a daemon that ends faster than it answers has stopped too', async (check) => {
  const answers: Answers = {
    'POST /v1/stop': (response, server) => {
      server.close();
      response.socket?.destroy();
    },
  };
  const { socket } = await controlServer(check, answers);
  const { status, stdout } = await run(check, 'stop', '--json', '--socket', socket);
  check.is(status, 0);
  check.deepEqual(JSON.parse(stdout), { stop: 'done' });
});

test.serial('status 3 where no daemon is', async (check) => {
  check.is((await run(check, 'stop', '--socket', `${temporaryFolder(check)}/control.sock`)).status, 3);
});

test.serial('status 1 for an answer that is none', async (check) => {
  const { socket } = await controlServer(check, { 'POST /v1/stop': json({ stop: 'perhaps' }) });
  const { status, stderr } = await run(check, 'stop', '--socket', socket);
  check.is(status, 1);
  check.regex(stderr, /"stop" is missing or not as expected/);
});
