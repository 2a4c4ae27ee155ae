// The only way HTML is made here: a tagged template that escapes every value unless it is HTML made the same way.
// WHATWG HTML: text and double-quoted attribute values; never put a value into a script, a style or an unquoted attribute.

/** HTML that was made by `html` and needs no escaping. */
export interface Html {
  readonly html: string;
}

export type HtmlValue = Html | string | number | undefined | false | readonly HtmlValue[];

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function render(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (typeof value === 'string') return value.replace(/[&<>"']/g, (character) => escapes[character] ?? '');
  if (typeof value === 'number') return String(value);
  if ('html' in value) return value.html;
  return value.map(render).join('');
}

/** Makes HTML from literal markup and values: strings are escaped, lists joined, `undefined` and `false` left out. */
export function html(markup: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return { html: markup.map((part, i) => part + render(values[i])).join('') };
}
