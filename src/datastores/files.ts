// Objects from YAML and JSON files, as `kubectl get -o yaml`, `calicoctl get -o yaml` and people write them: one or many
// documents, lists of any kind, directories. A file that cannot be read whole is an error, never a shorter list.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectProblem } from '../model/expectation.ts';
import { type ApiObject, objectName } from '../model/object.ts';
import { DatastoreError } from './files-error.ts';
import { objectsIn } from './files-objects.ts';
import { largestYaml, looksLikeJson, parseDocuments } from './files-parse.ts';

export { DatastoreError } from './files-error.ts';

/** What came of loading files. */
export interface LoadedFiles {
  readonly objects: readonly ApiObject[];
  readonly problems: readonly ObjectProblem[];
  /** Every file that was read, in order. */
  readonly files: readonly string[];
}

/** Largest JSON file that is read, in bytes; a dump of ten thousand nodes takes some 100 MB. */
const largestJson = 256 * 1024 * 1024;

const endings = /\.(ya?ml|json)$/i;

function unreadable(path: string, error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error)) return error;
  const { code, message } = error;
  const what =
    code === 'ENOENT' ? 'no such file or directory' : code === 'EACCES' ? 'permission denied' : message;
  return new DatastoreError(path, what);
}

/** The file itself, or the YAML and JSON files of a directory (sorted; not of directories in it). */
async function filesAt(path: string): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => endings.test(name)).sort();
  if (names.length === 0) throw new DatastoreError(path, 'holds no *.yaml, *.yml or *.json file');
  return names.map((name) => join(path, name));
}

async function readText(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > largestJson)
    throw new DatastoreError(path, `is ${size} bytes long; ${largestJson} are the most`);
  const bytes = await readFile(path);
  if (size > largestYaml && !looksLikeJson(bytes.toString('latin1', 0, 1024))) {
    const hint = 'the most for YAML: write it as JSON (kubectl get -o json)';
    throw new DatastoreError(path, `is ${size} bytes long; ${largestYaml} are ${hint}`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new DatastoreError(path, 'is not UTF-8 text');
  }
}

/** Calls `read`; what the file system refuses becomes a DatastoreError that names the path. */
async function named<T>(path: string, read: (path: string) => Promise<T>): Promise<T> {
  try {
    return await read(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function identity(object: ApiObject): string {
  const slash = object.apiVersion.indexOf('/');
  const group = slash < 0 ? '' : object.apiVersion.slice(0, slash);
  return `${group} ${objectName(object)}`;
}

/**
 * Reads every object of the files and directories.
 * @returns the objects, each once (of two with the same kind and name the last one), and what was wrong with single ones
 * @throws DatastoreError with file, line and column when a file is missing, unreadable, too big or no YAML
 */
export async function loadFiles(paths: readonly string[]): Promise<LoadedFiles> {
  const problems: ObjectProblem[] = [];
  const files: string[] = [];
  const objects = new Map<string, ApiObject>();
  for (const path of paths) {
    for (const file of await named(path, filesAt)) {
      files.push(file);
      const documents = parseDocuments(file, await named(file, readText));
      for (const object of objectsIn(documents, (problem) => problems.push(problem))) {
        const key = identity(object);
        const older = objects.get(key);
        if (older) {
          const message = `stands at ${older.origin} and again at ${object.origin}; the last one counts`;
          problems.push({ severity: 'warning', object: objectName(object), message });
          objects.delete(key);
        }
        objects.set(key, object);
      }
    }
  }
  return { objects: [...objects.values()], problems, files };
}
