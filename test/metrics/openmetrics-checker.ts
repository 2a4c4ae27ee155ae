// A strict reader of OpenMetrics 1.0.0 text, independent of the renderer: grammar of lines, one block per family with
// TYPE first, suffixes by type, units, StateSets with exactly one 1, counters not negative, no series twice, `# EOF`.
// https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md

const suffixes: Record<string, readonly string[]> = {
  gauge: [''],
  counter: ['_total', '_created'],
  info: ['_info'],
  stateset: [''],
  histogram: ['_bucket', '_count', '_sum', '_created'],
  summary: ['', '_count', '_sum', '_created'],
  unknown: [''],
};

const sampleLine =
  /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? ([-+]?(?:[0-9.]+(?:e[-+]?[0-9]+)?|Inf))$/;

interface Sample {
  readonly name: string;
  readonly labels: Map<string, string>;
  readonly value: number;
}

interface Block {
  readonly name: string;
  readonly type: string;
  unit?: string;
  help?: string;
  readonly samples: Sample[];
}

function checkSample(block: Block, { name, labels, value }: Sample): string[] {
  const problems: string[] = [];
  const suffix = name.slice(block.name.length);
  const allowed = suffixes[block.type] ?? [];
  if (!name.startsWith(block.name) || !allowed.includes(suffix))
    problems.push(`${name}: not of ${block.name}`);
  if (block.type === 'info' && value !== 1) problems.push(`${name}: info is ${value}`);
  if (/^(_total|_bucket|_count)$/.test(suffix) && value < 0) problems.push(`${name}: negative counter`);
  const le = labels.get('le') ?? '';
  if (suffix === '_bucket' && !/^(\+Inf|[0-9]+\.[0-9]+(e[-+]?[0-9]+)?)$/.test(le)) {
    problems.push(`${name}: le="${le}"`);
  }
  return problems;
}

function checkStates({ name: family, samples }: Block): string[] {
  const problems: string[] = [];
  const states = new Map<string, number>();
  for (const { name, labels, value } of samples) {
    if (!labels.has(family)) problems.push(`${name}: no label of its own name`);
    if (value !== 0 && value !== 1) problems.push(`${name}: state is ${value}`);
    const rest = [...labels].filter(([key]) => key !== family).join(' ');
    states.set(rest, (states.get(rest) ?? 0) + value);
  }
  for (const [labels, sum] of states)
    if (sum !== 1) problems.push(`${family} ${labels}: ${sum} states are 1`);
  return problems;
}

function checkBlock(block: Block): string[] {
  const { name, type, unit, help, samples } = block;
  const problems: string[] = [];
  if (!suffixes[type]) problems.push(`${name}: unknown type ${type}`);
  if (help === undefined) problems.push(`${name}: no HELP`);
  if (unit && !name.endsWith(`_${unit}`)) problems.push(`${name}: unit ${unit}`);
  if (type === 'counter' && name.endsWith('_total')) problems.push(`${name}: _total in TYPE`);
  for (const sample of samples) problems.push(...checkSample(block, sample));
  return type === 'stateset' ? [...problems, ...checkStates(block)] : problems;
}

function parseSample(line: string): { sample: Sample; id: string } | undefined {
  const match = sampleLine.exec(line);
  if (!match) return undefined;
  const [, name = '', labelText = '', value = ''] = match;
  const pairs = [...labelText.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)];
  const labels = new Map(pairs.map(([, key = '', text = '']) => [key, text]));
  // A label twice in one line is no sample.
  if (labels.size < pairs.length) return undefined;
  return { sample: { name, labels, value: Number(value) }, id: `${name} ${[...labels].sort().join(' ')}` };
}

/** Takes a comment line into its family; gives what is wrong with it. */
function takeMeta(block: Block, word: string, rest: string): string[] {
  if (block.samples.length > 0) return [`${word} ${block.name}: behind its samples`];
  if (word === 'UNIT') block.unit = rest;
  else block.help = rest;
  return word === 'HELP' && /(^|[^\\])(\\\\)*"/.test(rest) ? [`${block.name}: bare quote in HELP`] : [];
}

/** Everything wrong with an exposition; empty when it is right. */
export function checkOpenMetrics(text: string): string[] {
  const problems: string[] = [];
  if (!text.endsWith('\n# EOF\n')) problems.push('does not end in "# EOF"');
  const lines = text.slice(0, -1).split('\n').slice(0, -1);
  const blocks = new Map<string, Block>();
  const series = new Set<string>();
  let current: Block | undefined;
  for (const line of lines) {
    const [, word, name = '', rest = ''] = /^# (TYPE|UNIT|HELP) ([a-zA-Z_:]\w*) (.*)$/.exec(line) ?? [];
    const parsed = parseSample(line);
    if (word === 'TYPE') {
      if (blocks.has(name)) problems.push(`${name}: two blocks`);
      current = { name, type: rest, samples: [] };
      blocks.set(name, current);
    } else if (word && current?.name === name) {
      problems.push(...takeMeta(current, word, rest));
    } else if (parsed && current) {
      if (series.has(parsed.id)) problems.push(`${parsed.id}: twice`);
      series.add(parsed.id);
      current.samples.push(parsed.sample);
    } else {
      problems.push(`not a line of OpenMetrics here: ${line}`);
    }
  }
  for (const block of blocks.values()) problems.push(...checkBlock(block));
  return problems;
}
