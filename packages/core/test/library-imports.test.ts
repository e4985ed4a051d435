import test from 'ava';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { match } from 'ts-pattern';

// These specifiers are the only ones that both compile and load in Node's ESM; the import rules forbid the others.
test('the three libraries load by the names that the core uses', (check) => {
  const described = pipe(
    t.number.decode(1),
    E.map((n) =>
      match(n)
        .with(1, () => 'one')
        .otherwise(() => 'other'),
    ),
  );
  check.deepEqual(described, E.right('one'));
});
