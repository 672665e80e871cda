/** Lines with the time since the demo's start, on stdout or, with --json, on stderr. */
export class Progress {
  readonly #start = performance.now();

  constructor(
    private readonly stream: NodeJS.WritableStream,
    private readonly colour: boolean,
  ) {}

  step(text: string): void {
    this.#line(text, '1');
  }

  note(text: string): void {
    this.#line(text, '2');
  }

  /** What a user must not overlook. */
  loud(text: string): void {
    this.#line(`!! ${text}`, '1;33');
  }

  /** As it is, e.g. the rendered output of the agent. */
  raw(text: string): void {
    this.stream.write(text);
  }

  /** Says every ten seconds that the work is still going on. */
  async during<T>(what: () => string, work: Promise<T>): Promise<T> {
    const timer = setInterval(() => this.note(`still ${what()}`), 10_000);
    try {
      return await work;
    } finally {
      clearInterval(timer);
    }
  }

  #line(text: string, style: string): void {
    const elapsed = `[${((performance.now() - this.#start) / 1000).toFixed(1).padStart(6)} s]`;
    this.stream.write(
      this.colour ? `\u001b[2m${elapsed}\u001b[0m \u001b[${style}m${text}\u001b[0m\n` : `${elapsed} ${text}\n`,
    );
  }
}
