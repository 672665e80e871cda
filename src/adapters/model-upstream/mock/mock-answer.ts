/** An answer of the mock's in a provider's protocol; the pieces are sent one after another. */
export interface MockAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly pieces: readonly string[];
}
