// Writes plain data as YAML 1.2 in block style: the demo's configuration and objects are files that a newcomer reads and
// copies from. Strings that another reading could take for something else are quoted as JSON, which YAML contains
// (yaml.org/spec/1.2.2, section 7.3.1).

export type PlainData =
  | string
  | number
  | boolean
  | null
  | readonly PlainData[]
  | { readonly [key: string]: PlainData };

const plainWord = /^[A-Za-z/][\w./-]*$/;
const reserved = /^(true|false|null|yes|no|on|off|y|n)$/i;

const scalarText = (text: string) =>
  plainWord.test(text) && !reserved.test(text) ? text : JSON.stringify(text);

function inline(value: PlainData): string | undefined {
  if (typeof value === 'string') return scalarText(value);
  if (value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value)) {
    const items: readonly PlainData[] = value;
    const texts = items.map((item) => (item !== null && typeof item === 'object' ? undefined : inline(item)));
    return texts.includes(undefined) ? undefined : `[${texts.join(', ')}]`;
  }
  return Object.keys(value).length === 0 ? '{}' : undefined;
}

function lines(value: PlainData): string[] {
  const flat = inline(value);
  if (flat !== undefined) return [flat];
  if (Array.isArray(value)) {
    const items: readonly PlainData[] = value;
    return items.flatMap((item) => lines(item).map((line, i) => `${i === 0 ? '- ' : '  '}${line}`));
  }
  return Object.entries(value as { readonly [key: string]: PlainData }).flatMap(([key, entry]) => {
    const text = inline(entry);
    if (text !== undefined) return [`${scalarText(key)}: ${text}`];
    return [`${scalarText(key)}:`, ...lines(entry).map((line) => `  ${line}`)];
  });
}

/** One YAML document. */
export function toYaml(value: PlainData): string {
  return `${lines(value).join('\n')}\n`;
}
