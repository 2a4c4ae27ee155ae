// Raising the rights of a session on devices that have a command for it (`enable` of Cisco IOS, `super` of H3C and Huawei):
// types the command, answers its question with the secret, and looks whether the device agreed. The secret is typed into a
// password question only, and stands in no message.
import { SshError } from './ssh-errors.ts';

export interface EnableSteps {
  readonly command: string;
  /** What the device's answer holds (or its prompt ends with) when it has agreed. */
  readonly granted: RegExp;
}

/** The little of a session that this needs. */
export interface EnableTerminal {
  readonly where: string;
  /** Types a line. */
  type(line: string): void;
  /** Waits for a password question or a settled prompt, gives everything that came since the last typing, as seen. */
  answer(asks: RegExp): Promise<string>;
}

const question = /(?:password|secret|passcode)[^\n]{0,40}:\s*$/i;

/** Does it. Rejects with SshError (auth) when the device does not agree. */
export async function enable(
  terminal: EnableTerminal,
  { command, granted }: EnableSteps,
  secret: string,
): Promise<void> {
  const { where } = terminal;
  const refuse = (why: string) => new SshError('auth', `${where} refuses "${command}": ${why}`);
  terminal.type(command);
  const first = await terminal.answer(question);
  if (!question.test(first)) {
    if (granted.test(first)) return;
    const said = first.split('\n').find((line) => /^\s*(?:%|error)/i.test(line));
    throw refuse(
      said ? `it says: ${said.trim().slice(0, 120)}` : 'it asks for no secret and gives no rights',
    );
  }
  terminal.type(secret);
  const second = await terminal.answer(question);
  if (question.test(second) || !granted.test(second)) {
    throw refuse('the enable secret is wrong, or this user may not use it; check ssh.enable');
  }
}
