// What every switch driver must keep to, whoever wrote it: names, read-only templates, commands of its own allowed.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { driverNames } from '../../../src/collectors/switches/driver-names.ts';
import { drivers } from '../../../src/collectors/switches/drivers.ts';
import { commandAllowed } from '../../../src/collectors/switches/ssh.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { parsePrefix } from '../../../src/model/prefix.ts';

const query = {
  prefixes: ['10.233.64.0/24', '192.0.2.1/32', 'fd00:10:244::/64', '2001:db8::1/128'].map(parsePrefix),
  ranges: ['10.233.64.0/18', 'fd00:10:244::/48'].map(parsePrefix),
};

it('has one driver for each name', () => {
  expect(Object.keys(drivers)).toEqual([...driverNames]);
});

describe.each(Object.entries(drivers))('%s', (name, driver) => {
  it('is called by its own name', () => {
    expect(driver.name).toBe(name);
  });

  it('only shows: no template can change a device', () => {
    for (const { template, purpose } of driver.commands) {
      // RouterOS: menus and `print`, each part of a line by itself.
      for (const part of template.split('; '))
        expect(part).toMatch(/^((show|display|info|get)\b|\/[a-z6 ]+ print( |$))/);
      expect(template).not.toMatch(
        /;(?! )|[&`$'"\n]|\|(?!\s*(?:as json|json|display|no-more|nz|include|match))/,
      );
      expect(purpose).not.toBe('');
    }
  });

  it('has a page that says what it does with vrfs and enable', () => {
    const page = readFileSync(`docs/drivers/${name}.md`, 'utf8');
    const [, section = ''] = page.split('\n## VRFs and more rights\n');
    const says = (text: string) => section.split('\n## ')[0]?.includes(text);
    expect(says('`ssh.vrfs` is refused')).toBe(!driver.readsVrfs);
    const forms = driver.commands.filter(({ template }) => /\{vrf\}/.test(template) && !/6/.test(template));
    const shown = forms.filter(({ template }) => says(`- \`${template}\``));
    expect(shown.length > 0).toBe(driver.readsVrfs === true);
    const oneByOne = (driver.sessionVrfs ?? 'all') !== 'all';
    expect(says('`vrfs: all` is refused')).toBe(driver.readsVrfs === true && oneByOne);
    expect(says('`ssh.enable` is refused')).toBe(driver.enable === undefined);
    if (driver.enable)
      expect(says(`\`ssh.enable\` holds the secret of \`${driver.enable.command}\``)).toBe(true);
  });

  it('plans only commands that its list allows', () => {
    const planned = [...driver.sessionCommands(query), ...driver.routeCommands(query)];
    expect(planned.length).toBeGreaterThan(1);
    for (const { command } of planned) expect(commandAllowed(driver, command), command).toBe(true);
  });

  it('throws ParseError, and nothing else, for texts that are no answer', () => {
    for (const { command } of [
      ...driver.sessionCommands(query),
      ...driver.routeCommands(query).slice(0, 4),
    ]) {
      for (const text of ['', '% Invalid input', 'nonsense', '{', '[]', '{"a":1}', '\x1b[2J', 'null']) {
        expect(() => driver.parse(command, text), `${command}: ${text}`).toThrow(ParseError);
      }
    }
  });
});
