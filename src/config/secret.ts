// A password, community or passphrase from the configuration: a value that prints as `<secret>` wherever it might be
// printed by accident: string conversion, JSON, console.log, pino. Only `reveal()` gives the text; call it where the
// bytes leave for the device, and nowhere else.
import { inspect } from 'node:util';

const hidden = '<secret>';

export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. Never log it, never put it into an error message. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [inspect.custom](): string {
    return hidden;
  }
}
