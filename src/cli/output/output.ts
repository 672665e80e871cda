import { once } from 'node:events';
import { terminalText, wantsColour } from '../../../sdk/src/renderer/index.js';

/** What a command needs of stdout and stderr. */
export type OutputStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** One of the streams that a command writes to. */
export class Output {
  /** A person looks at it. */
  readonly isTerminal: boolean;
  readonly colour: boolean;

  constructor(
    private readonly stream: OutputStream,
    environment: Readonly<Record<string, string | undefined>>,
  ) {
    this.isTerminal = stream.isTTY === true;
    this.colour = wantsColour(stream, environment);
  }

  /** As it is: bytes that were asked for raw, or text that was made harmless before. Waits for a slow reader. */
  async write(data: string | Uint8Array): Promise<void> {
    if (data.length > 0 && !this.stream.write(data)) await once(this.stream, 'drain');
  }

  /** One line, or several, of any text: whatever is in it only shows. */
  async line(text: string): Promise<void> {
    await this.write(`${terminalText(text, false)}\n`);
  }
}
