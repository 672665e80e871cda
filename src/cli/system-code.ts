/** What the system said lies deepest: ECONNREFUSED and the like. */
export function systemCode(error: Error): string | undefined {
  let cause: unknown = error.cause;
  while (typeof cause === 'object' && cause !== null) {
    const { code, cause: deeper } = cause as { readonly code?: unknown; readonly cause?: unknown };
    if (typeof code === 'string') return code;
    cause = deeper;
  }
  return undefined;
}
