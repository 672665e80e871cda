/** A request over the run channel that is answered with this status; the message is for triaged-init's diagnostics. */
export class ChannelRefusal extends Error {
  override readonly name = 'ChannelRefusal';
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}
