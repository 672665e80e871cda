import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { QueryFailedError } from 'typeorm';
import { errorForLog, errorSerializers } from './error-for-log.js';

const driverError = Object.assign(new Error('violates a rule'), { code: '23514', detail: 'Failing row: (a prompt)' });
const failed = new QueryFailedError('INSERT INTO runs VALUES ($1)', ['a prompt'], driverError);

describe('errorForLog', () => {
  it('tells what went wrong, and nothing of what the statement was given', () => {
    const lines: string[] = [];
    const logger = pino({ serializers: errorSerializers }, { write: (line) => lines.push(line) });
    logger.error({ err: failed }, 'outer');
    logger.child({ runId: 'x' }).error({ err: new Error('not kept', { cause: failed }) }, 'child');
    logger.error({ err: new AggregateError([failed], 'all failed') }, 'many');
    expect(lines).toHaveLength(3);
    for (const line of lines) {
      expect(line).toContain('violates a rule');
      expect(line).toContain('23514');
      expect(line).not.toContain('a prompt');
      expect(line).not.toContain('INSERT');
    }
  });

  it('tells the type alone of what is no error', () => {
    expect(errorForLog('sk-secret')).toEqual({ type: 'string' });
  });

  it('leaves alone what was made ready before', () => {
    expect(errorSerializers.err(errorForLog(failed))).toMatchObject({ message: 'violates a rule' });
  });
});
