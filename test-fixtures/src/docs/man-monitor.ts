/** fastbypass_monitor(8), from the daemon's own tables. */
import { DESCRIPTION, EXIT_STATUSES, OPTION_TABLE, SIGNALS } from '@fastbypass/daemon';
import { FILES } from './files.js';
import { block, bold, italic, manPage, paragraph, plain, term } from './roff.js';

const ENDPOINTS: readonly (readonly [question: string, answer: string])[] = [
  ['GET /v1/status', 'what status and why of fbypass_ctl show, as a JSON object'],
  ['POST /v1/reload', 'answers when the reload is done: 200 where it was accepted, 422 where it was rejected, with the diagnostics'],
  ['POST /v1/stop', 'stops the daemon'],
  ['GET /v1/events', 'server-sent events: status, mode, plan, reload'],
  ['GET /metrics', 'metrics in the text format of Prometheus'],
];

export const monitorPage = (): string =>
  manPage({
    name: 'fastbypass_monitor',
    section: 8,
    summary: 'switch optical bypass cards by the heartbeats of DPIs',
    sections: [
      { title: 'SYNOPSIS', body: [paragraph(`${bold('fastbypass_monitor')} [${italic('options')}]`)] },
      {
        title: 'DESCRIPTION',
        body: [
          paragraph(plain(DESCRIPTION.join('\n'))),
          paragraph(
            plain(
              'A listener is one address and port on which the heartbeats of one DPI arrive. While every listener has not reported yet (settled: no), no card and no interface is touched. From LISTEN_HEARTBEAT_FAILED failed listeners on the mode is bypass, else normal. What somebody else changes of what is managed is repaired at once; what is not named in the configuration is never touched.',
            ),
          ),
        ],
      },
      {
        title: 'OPTIONS',
        body: Object.entries(OPTION_TABLE).map(([name, { value, meaning }]) => term(`${bold(`--${name}`)}${value === null ? '' : ` ${italic(value)}`}`, plain(`${meaning}.`))),
      },
      { title: 'SIGNALS', body: SIGNALS.map(([signal, meaning]) => term(bold(signal), plain(`${meaning}.`))) },
      {
        title: 'CONTROL SOCKET',
        body: [
          paragraph('HTTP/1.1 on a Unix socket:'),
          ...ENDPOINTS.map(([question, answer]) => term(bold(question), plain(`${answer}.`))),
          block('curl --unix-socket /run/fastbypass_monitor/control.sock http://localhost/v1/status'),
        ],
      },
      { title: 'EXIT STATUS', body: EXIT_STATUSES.map(([status, meaning]) => term(bold(String(status)), plain(`${meaning}.`))) },
      { title: 'FILES', body: FILES },
      { title: 'SEE ALSO', body: [paragraph(`${bold('fbypass_ctl')}(8), ${bold('fastbypass_monitor.env')}(5)`)] },
    ],
  });
