// What the second half of loading shares: the file, the environment, the folder that relative paths start from, and the
// list of problems found so far. Nothing here throws: a problem is put on the list and loading goes on, so that one run
// shows all of them. Secrets are resolved here, and no message ever contains one.
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { place } from './explain.ts';
import { Secret } from './secret.ts';
import type { Path, Problem, Source } from './source.ts';

export interface Context {
  readonly source: Source;
  readonly env: NodeJS.ProcessEnv;
  /** Absolute; where relative paths start. */
  readonly folder: string;
  readonly problems: Problem[];
}

/** Notes that something is wrong with the value at `path`; `text` finishes the sentence that its place begins. */
export function report(context: Context, path: Path, text: string): void {
  const { source, problems } = context;
  problems.push(source.problem(path, `${place(source.data, path) || 'the configuration'} ${text}`));
}

/** As report, but points at the key: for what is missing in a section. */
export function reportKey(context: Context, path: Path, text: string): void {
  const { source, problems } = context;
  problems.push(source.keyProblem(path, `${place(source.data, path) || 'the configuration'} ${text}`));
}

/** An absolute path: relative ones start at the configuration's folder, `~/` at the home directory. */
export function absolutePath(context: Context, path: string): string {
  const home = context.env.HOME || homedir();
  return path.startsWith('~/') ? resolve(home, path.slice(2)) : resolve(context.folder, path);
}

const reasons: Record<string, string> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'may not be read by the user this runs as',
  EPERM: 'may not be read by the user this runs as',
  ELOOP: 'is a symbolic link that leads to itself',
};

/** Why a file system call failed, as the end of a sentence. */
export function fileTrouble(error: unknown): string {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  return reasons[code] ?? `cannot be read (${code})`;
}

/** The absolute path of something that must be readable now; a problem when it is not. */
export function readablePath(
  context: Context,
  at: Path,
  path: string,
  kind: 'file' | 'file or directory',
): string {
  const absolute = absolutePath(context, path);
  try {
    const isDirectory = statSync(absolute).isDirectory();
    accessSync(absolute, constants.R_OK);
    if (isDirectory && kind === 'file')
      report(context, at, `names ${absolute}, which is a directory, not a file`);
  } catch (error) {
    report(context, at, `names ${absolute}, which ${fileTrouble(error)}`);
  }
  return absolute;
}

type RawSecret = string | { readonly env: string } | { readonly file: string };

const mostBytes = 65_536;

/** The secret behind `raw`; when it cannot be had, a problem and undefined. */
function resolveSecret(context: Context, at: Path, raw: RawSecret): Secret | undefined {
  if (typeof raw === 'string') {
    const variable = /^\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?$/.exec(raw)?.[1];
    if (variable === undefined) return new Secret(raw);
    // Other tools put variables in like this; here it would silently be a wrong password.
    report(context, at, `holds a "$" name, which is not replaced here; write {env: ${variable}}`);
    return undefined;
  }
  if ('env' in raw) {
    const text = context.env[raw.env];
    if (text) return new Secret(text);
    const state = text === undefined ? 'is not set' : 'is empty';
    report(context, [...at, 'env'], `names the environment variable ${raw.env}, which ${state}`);
    return undefined;
  }
  const text = readTextFile(context, [...at, 'file'], absolutePath(context, raw.file));
  return text === undefined ? undefined : new Secret(text.replace(/[\r\n]+$/, ''));
}

/** The text of a small file that must not be empty; when it cannot be had, a problem and undefined. */
export function readTextFile(context: Context, at: Path, file: string): string | undefined {
  const trouble = (text: string) => {
    report(context, at, `names ${file}, which ${text}`);
    return undefined;
  };
  try {
    const stats = statSync(file);
    if (!stats.isFile()) return trouble('is not a plain file');
    if (stats.size > mostBytes) return trouble(`is larger than ${mostBytes} bytes, too large for a secret`);
    const text = readFileSync(file, 'utf8');
    return text.trim() === '' ? trouble('is empty') : text;
  } catch (error) {
    return trouble(fileTrouble(error));
  }
}

type WithSecrets<T, K extends keyof T> = Omit<T, K> & { readonly [P in K]?: Secret };

/** A section with its secrets resolved; `lost` names those that are given but could not be had. */
export function withSecrets<T extends object, K extends keyof T & string>(
  context: Context,
  at: Path,
  section: T,
  keys: readonly K[],
): WithSecrets<T, K> & { readonly lost: readonly string[] } {
  const result = { ...section } as Record<string, unknown>;
  const lost: string[] = [];
  for (const key of keys) {
    const raw = section[key] as RawSecret | undefined;
    if (raw === undefined) continue;
    const secret = resolveSecret(context, [...at, key], raw);
    delete result[key];
    if (secret) result[key] = secret;
    else lost.push(key);
  }
  return { ...(result as WithSecrets<T, K>), lost };
}
