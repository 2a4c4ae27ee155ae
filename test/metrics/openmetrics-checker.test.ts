// The checker itself must complain: a test that rests on it would otherwise pass for anything.
import { describe, expect, it } from 'vitest';
import { checkOpenMetrics } from './openmetrics-checker.ts';

const good = '# TYPE a gauge\n# HELP a Text.\na{b="c"} 1\n# EOF\n';

describe('checkOpenMetrics', () => {
  it('accepts what is right', () => {
    expect(checkOpenMetrics(good)).toEqual([]);
  });

  it.each([
    ['no end', '# TYPE a gauge\n# HELP a Text.\na 1\n'],
    ['text behind the end', `${good}a 2\n`],
    ['a series twice', good.replace('# EOF', 'a{b="c"} 2\n# EOF')],
    ['a label twice', good.replace('b="c"', 'b="c",b="d"')],
    ['no help', good.replace('# HELP a Text.\n', '')],
    ['a bare quote in help', good.replace('Text', 'A "text"')],
    ['a sample of another family', good.replace('a{', 'z{')],
    ['a counter without _total', good.replace('gauge', 'counter')],
    [
      '_total in the name of a counter',
      good.replaceAll(/\ba\b(?= |\{)/g, 'a_total').replace('gauge', 'counter'),
    ],
    ['a wrong unit', good.replace('# HELP', '# UNIT a seconds\n# HELP')],
    ['a state without its own label', good.replace('gauge', 'stateset')],
    ['two states at once', '# TYPE s stateset\n# HELP s T.\ns{s="x"} 1\ns{s="y"} 1\n# EOF\n'],
    ['an info that is not 1', '# TYPE i info\n# HELP i T.\ni_info{v="1"} 2\n# EOF\n'],
    ['a bucket bound that is no float', '# TYPE h histogram\n# HELP h T.\nh_bucket{le="1"} 1\n# EOF\n'],
    ['two blocks of one family', good.replace('# EOF', '# TYPE a gauge\n# EOF')],
    ['a bare value', good.replace(' 1', ' one')],
    ['an empty line', good.replace('# EOF', '\n# EOF')],
  ])('complains of %s', (_, text) => {
    expect(checkOpenMetrics(text)).not.toEqual([]);
  });
});
