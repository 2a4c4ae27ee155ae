// Why a datastore of files could not be read as a whole: the file, the place in it, and what is wrong there.
// Printed as `file:line:col: message`, the form that editors and people jump to.

export class DatastoreError extends Error {
  override name = 'DatastoreError';
  readonly file: string;
  /** 1-based. */
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(file: string, message: string, line?: number, column?: number) {
    super([file, line, column].filter((part) => part !== undefined).join(':') + `: ${message}`);
    this.file = file;
    this.line = line;
    this.column = column;
  }
}
