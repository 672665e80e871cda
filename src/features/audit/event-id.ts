import { randomBytes } from 'node:crypto';
import type { AuditEventId } from '../../kernel/ids.js';

const MAX_SEQUENCE = 0xfff;

/**
 * UUIDs of version 7 (RFC 9562): milliseconds, then 12 bits that count within them, then chance. Each id of one process is
 * greater than the one before, so that events of the same millisecond stand in the order in which they happened.
 */
export class EventIds {
  #milliseconds = 0;
  #sequence = 0;

  constructor(private readonly now: () => number = Date.now) {}

  next(): AuditEventId {
    const now = this.now();
    if (now > this.#milliseconds) {
      this.#milliseconds = now;
      this.#sequence = 0;
    } else if (this.#sequence < MAX_SEQUENCE) this.#sequence += 1;
    else {
      this.#milliseconds += 1;
      this.#sequence = 0;
    }
    const time = this.#milliseconds.toString(16).padStart(12, '0');
    const sequence = this.#sequence.toString(16).padStart(3, '0');
    const random = randomBytes(8);
    random[0] = (random[0]! & 0x3f) | 0x80;
    const tail = random.toString('hex');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence}-${tail.slice(0, 4)}-${tail.slice(4)}` as AuditEventId;
  }
}
