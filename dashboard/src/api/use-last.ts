import { useState } from 'react';

/** The present value, else the last one that there was for the same key: what is known stays while the server is away. */
export function useLast<T>(key: string, value: T | undefined): T | undefined {
  const [last, setLast] = useState({ key, value });
  if (value !== undefined && (last.value !== value || last.key !== key)) setLast({ key, value });
  return value ?? (last.key === key ? last.value : undefined);
}
