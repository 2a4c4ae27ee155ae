// The escaping template: nothing that a device, an object or a user said becomes markup.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html } from '../../src/web/html.ts';

describe('html', () => {
  it('escapes text, keeps its own markup, joins lists, leaves nothing out of place', () => {
    const inner = html`<b>${'<i>"&\''}</b>`;
    expect(html`<p title="${'"x'}">${[inner, 7]}${undefined}${false}</p>`.html).toBe(
      '<p title="&quot;x"><b>&lt;i&gt;&quot;&amp;&#39;</b>7</p>',
    );
  });

  it('lets no string open a tag or leave an attribute', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', 'a', ';', '{', '$') }),
        (text) => {
          expect(html`${text}`.html).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
        },
      ),
    );
  });
});
