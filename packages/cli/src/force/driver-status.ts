import type { DriverError } from '@fastbypass/core';
import { ExitStatus } from '../exit-status.js';

export const driverStatus = ({ kind }: DriverError): ExitStatus => (kind === 'not-permitted' ? ExitStatus.notPermitted : ExitStatus.failed);
