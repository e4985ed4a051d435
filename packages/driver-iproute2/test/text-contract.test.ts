import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { driverContract } from '@fastbypass/test-fixtures';
import { harnessOf } from './harness.js';

/** An `ip` that does not know `-json`, as that of Debian 9. */
const folder = mkdtempSync(join(tmpdir(), 'ip-without-json-'));
const command = join(folder, 'ip');
writeFileSync(command, '#!/bin/sh\ncase "$1" in -json) echo "Option \\"$1\\" is unknown" >&2; exit 255;; esac\nexec ip "$@"\n');
// Tests without permission run it as somebody else.
for (const path of [folder, command]) chmodSync(path, 0o755);
test.after.always(() => rmSync(folder, { recursive: true }));

driverContract(test, harnessOf('iproute2 without -json', { command }));
