import { initialState, listeners, readConfig, transition } from '@fastbypass/core';
import test from 'ava';
import { listenerMetrics } from '../dist/listener-metrics.js';

test('each listener has its series, under its index', (t) => {
  const text = 'LISTEN_HEARTBEAT_IFS=lo\nLISTEN_HB_HOST[3]=127.0.0.1\nLISTEN_HB_PORT[3]=3000\nBYPASS_CARD_HOST[0]=10.1.1.1\nBYPASS_CARD_IFS=lo\n';
  const reading = readConfig(text, 'test.env');
  if (reading.outcome !== 'configured') throw new Error('not a configuration');
  const launched = transition(initialState(reading.config, 0), { type: 'launched', at: 0, listener: 0, awaited: true });
  const state = transition(launched, { type: 'heartbeat', at: 1, listener: 0, source: null });
  t.is(
    listenerMetrics(listeners(state)),
    [
      '# HELP fastbypass_listener_status The status of each listener: 1 for the one that is, 0 for the others.',
      '# TYPE fastbypass_listener_status gauge',
      'fastbypass_listener_status{listener="3",status="unknown"} 0',
      'fastbypass_listener_status{listener="3",status="active"} 1',
      'fastbypass_listener_status{listener="3",status="failed"} 0',
      'fastbypass_listener_status{listener="3",status="unavailable"} 0',
      '',
      '# HELP fastbypass_listener_heartbeats_total Accepted heartbeats of each listener.',
      '# TYPE fastbypass_listener_heartbeats_total counter',
      'fastbypass_listener_heartbeats_total{listener="3"} 1',
      '',
      '# HELP fastbypass_listener_rejected_total Datagrams of senders that are not accepted.',
      '# TYPE fastbypass_listener_rejected_total counter',
      'fastbypass_listener_rejected_total{listener="3"} 0',
      '',
      '# HELP fastbypass_listener_missed_total Windows that ended without a heartbeat.',
      '# TYPE fastbypass_listener_missed_total counter',
      'fastbypass_listener_missed_total{listener="3"} 0',
      '',
    ].join('\n'),
  );
});
