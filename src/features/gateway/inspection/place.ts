/** Where in a body something stands; written out only when it is told. */
export class Place {
  static readonly root = new Place(undefined, '');

  private constructor(
    private readonly parent: Place | undefined,
    private readonly step: string | number,
  ) {}

  member(name: string): Place {
    return new Place(this, name);
  }

  element(index: number): Place {
    return new Place(this, index);
  }

  toString(): string {
    const before = this.parent?.toString() ?? '';
    if (typeof this.step === 'number') return `${before}[${this.step}]`;
    return this.parent ? (before && `${before}.`) + shown(this.step) : '';
  }
}

/**
 * A name or type that an agent wrote, as it may be told and logged: shorter than keys of providers are, and without what
 * could pass for something else in a log.
 */
export const shown = (text: string): string => (/^[A-Za-z_$][A-Za-z0-9_$]{0,31}$/.test(text) ? text : '(another name)');
