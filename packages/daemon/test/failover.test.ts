import test from 'ava';
import { FailoverWatch } from '../dist/failover.js';

const iso = (at: number): string => `at ${String(at)}`;

test('a failover lasts from its deadline to the last answer to the first plan after it', (t) => {
  const watch = new FailoverWatch();
  t.is(watch.report(iso), null);
  watch.expect({ deadline: 3000, late: 0.2 });
  t.deepEqual(watch.end(3000.456, 3), { deadline: 3000, late: 0.2, toKernel: 3000.456 - 3000, operations: 3 });
  t.is(watch.end(3500, 1), null, 'a repair is none');
  t.deepEqual(watch.report(iso), { deadline: 'at 3000', latenessMs: 0.2, toKernelMs: 0.46, operations: 3 });
});

test('where nothing is to be done, or something else than a deadline has brought the mode, the last one stays', (t) => {
  const watch = new FailoverWatch();
  watch.expect({ deadline: 10, late: 0 });
  watch.expect(null);
  t.is(watch.end(20, 1), null);
  t.is(watch.report(iso), null);
});
