/** Why the demo cannot go on, and what its user can do about it. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';

  constructor(
    message: string,
    readonly advice: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
