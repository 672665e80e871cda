import { badUserInput } from '../../kernel/errors.js';
import { isUuid } from '../../kernel/ids.js';

/** A position in a list ordered by time and id; it says nothing that its reader has not seen. */
export interface RunCursor {
  readonly createdAt: Date;
  readonly id: string;
}

export const encodeCursor = ({ createdAt, id }: RunCursor): string =>
  Buffer.from(`${createdAt.getTime()}/${id}`).toString('base64url');

/** Throws BAD_USER_INPUT for whatever `encodeCursor` did not write. */
export function decodeCursor(path: string, cursor: string): RunCursor {
  const [time = '', id = ''] = Buffer.from(cursor, 'base64url').toString('latin1').split('/');
  const createdAt = new Date(Number(time));
  if (/^\d{1,13}$/.test(time) && isUuid(id) && encodeCursor({ createdAt, id }) === cursor) return { createdAt, id };
  throw badUserInput(path, 'This is no cursor of this list: use the nextCursor of an earlier page.');
}
