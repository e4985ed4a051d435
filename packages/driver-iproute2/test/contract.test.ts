import test from 'ava';
import { driverContract } from '@fastbypass/test-fixtures';
import { harnessOf } from './harness.js';

driverContract(test, harnessOf('iproute2'));
