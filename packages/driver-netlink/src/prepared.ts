import type { Operation } from '@fastbypass/core';
import { MessageWriter } from './message-writer.js';
import { type Request, writeOperation } from './operations.js';
import { LONGEST_REQUEST } from './transactor.js';

interface Prepared {
  /** Of the interface as it was thought to be. */
  readonly index: number;
  readonly bytes: Buffer;
}

/** Requests that were written ahead, by their very operations: those that come are copied instead of written. */
export class PreparedRequests {
  #operations: readonly Operation[] = [];
  #requests = new Map<Operation, Prepared>();

  /** Instead of what was prepared before. @param indexOf of an interface; undefined: not known */
  prepare(operations: readonly Operation[], indexOf: (name: string) => number | undefined): void {
    if (operations === this.#operations) return;
    this.#operations = operations;
    this.#requests = new Map();
    const writer = new MessageWriter(LONGEST_REQUEST);
    for (const operation of operations) {
      const index = indexOf(operation.interface);
      if (index === undefined) continue;
      writer.clear();
      writeOperation(writer, 0, { operation, index });
      this.#requests.set(operation, { index, bytes: Buffer.from(writer.bytes.subarray(0, writer.length)) });
    }
  }

  write(writer: MessageWriter, sequence: number, request: Request): void {
    const prepared = this.#requests.get(request.operation);
    if (prepared?.index === request.index) writer.copy(prepared.bytes, sequence);
    else writeOperation(writer, sequence, request);
  }
}
