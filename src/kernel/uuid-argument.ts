import { badUserInput } from './errors.js';
import { isUuid } from './ids.js';

/** An id as the client wrote it, in the form that the database holds; `path` names the argument. */
export function uuidArgument<T extends string>(path: string, text: string | T): T {
  if (!isUuid(text)) throw badUserInput(path, `${path} must be a UUID such as 550e8400-e29b-41d4-a716-446655440000.`);
  return text.toLowerCase() as T;
}
