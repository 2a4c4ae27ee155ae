// What people come to the page for, walked in a real browser on the running demo fabric: ten journeys, each without a
// complaint of the browser, and every page they lead to without a serious fault of accessibility (axe-core).
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { because } from '../because.ts';
import { cli } from '../cli/io.ts';
import { launchChromium, noChromium, watchedPage } from './chromium.ts';

const patience = { timeout: 40_000 };

let browser: Browser;
let url = '';
const stop = new AbortController();
let ended: Promise<unknown>;

async function faults(body: object, name = ''): Promise<void> {
  const response = await fetch(`${url}/demo/faults${name === '' ? '' : `/${name}`}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
}

const breaks = (name: string) => faults({ action: 'inject' }, name);

/** Serious and critical faults that axe finds, in words. */
async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    interface Result {
      violations: { id: string; impact: string; nodes: { html: string }[] }[];
    }
    const { axe } = globalThis as unknown as { axe: { run(): Promise<Result> } };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
}

/** Walks with a fresh page; 404 answers to a search are no complaint. */
async function walk(steps: (page: Page) => Promise<void>, colorScheme: 'light' | 'dark' = 'light') {
  const { page, complaints } = await watchedPage(browser, { colorScheme }, /status of 40[04]/);
  page.setDefaultTimeout(patience.timeout);
  try {
    await page.goto(url);
    await steps(page);
    expect(await seriousFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  } finally {
    await page.close();
  }
}

async function search(page: Page, word: string): Promise<void> {
  await page.fill('#search', word);
  await page.press('#search', 'Enter');
  await page.waitForURL(/\/explain\?target=/);
}

const verdict = (page: Page) => page.textContent('.headline h2');

describe.skipIf(noChromium)(
  because(noChromium, 'ten journeys in Chromium (needs the package chromium)', 'needs the package chromium'),
  () => {
    beforeAll(async () => {
      browser = await launchChromium();
      url = await new Promise<string>((resolve, reject) => {
        ended = cli(['demo', '--web.listen-address', '127.0.0.1:0'], {
          signal: stop.signal,
          onErr: (text) => {
            const found = /Look at (http:\/\/127\.0\.0\.1:\d+)/.exec(text);
            if (found?.[1]) resolve(found[1]);
          },
        }).then((ran) => reject(new Error(ran.err)), reject);
      });
    }, 60_000);
    beforeEach(async () => {
      await faults({ action: 'heal' });
      await expect
        .poll(async () => {
          const answer = await fetch(`${url}/api/v1/findings`);
          return ((await answer.json()) as { data?: { total: number } }).data?.total;
        }, patience)
        .toBe(0);
    }, 60_000);
    afterAll(async () => {
      stop.abort('the test is over');
      await browser?.close();
      await ended.catch(() => {});
    }, 30_000);

    it(
      '1: sees at a glance that all is well',
      () =>
        walk(async (page) => {
          await page.waitForSelector('h2:has-text("Every route is where it should be")', patience);
          expect(await page.textContent('#fabric')).toBe('Fabric');
          expect(await page.locator('.device .badge.bad').count()).toBe(0);
        }),
      90_000,
    );

    it(
      '2: finds a missing route without a reload, and sees why',
      () =>
        walk(async (page) => {
          await breaks('withdraw-node3-block');
          const why = page.locator('.findings tr', { hasText: '10.233.66.0/24' }).first().locator('a');
          await why.waitFor(patience);
          await why.click();
          await page.waitForURL(/target=10\.233\.66\.0%2F24/);
          expect(await verdict(page)).toContain('10.233.66.0/24');
          expect(await page.textContent('tr.lost')).toContain('node3');
          expect(await page.textContent('#advice')).toBe('What to do');
          expect(await page.locator('.evidence code').count()).toBeGreaterThan(3);
        }),
      90_000,
    );

    it(
      '3: asks which way a pod goes',
      () =>
        walk(async (page) => {
          await search(page, '10.233.67.5');
          expect(await verdict(page)).toContain('lies in 10.233.67.0/24');
          expect(await page.locator('ol.way').first().textContent()).toContain('arrives');
        }, 'dark'),
      90_000,
    );

    it(
      '4: looks at the other end of a session that is down',
      () =>
        walk(async (page) => {
          await breaks('wrong-as-node6');
          await page.locator('.findings tr', { hasText: 'wrong-as' }).first().waitFor(patience);
          await search(page, 'node6');
          const row = page.locator('tr', { hasText: /node6 says:.*Bad peer AS/s }).first();
          expect(await row.textContent()).toMatch(/node6 says:.*node[45] says:/s);
          await row.locator('th a').click();
          await page.waitForURL(/target=node[45]/);
          expect(await page.textContent('#sessions')).toBe('Sessions, from both ends');
        }),
      90_000,
    );

    it(
      '5: takes a switch that cannot be read for unknown, not for faulty',
      () =>
        walk(async (page) => {
          await breaks('snmp-silent-leaf01');
          await search(page, 'leaf01');
          await page.waitForSelector('.badge:has-text("failed")', patience);
          expect(await page.getAttribute('section.headline', 'class')).not.toContain('good');
          expect(await page.locator('section.headline.bad').count()).toBe(0);
        }),
      90_000,
    );

    it(
      '6: filters the matrix to what is faulty, and asks about one cell',
      () =>
        walk(async (page) => {
          await breaks('filter-10.233.67.0-at-leaf01');
          await page.locator('.matrix .badge.bad').first().waitFor(patience);
          await page.selectOption('#filter-only', 'faulty');
          await page.click('.filters button');
          await page.waitForURL(/only=faulty/);
          expect(await page.locator('.matrix tbody tr').count()).toBe(1);
          await page.locator('.matrix td a', { hasText: 'missing' }).click();
          await page.waitForURL(/target=10\.233\.67\.0%2F24&device=leaf01/);
          expect(await verdict(page)).toContain('leaf01');
        }),
      90_000,
    );

    it(
      '7: is told what may have been meant',
      () =>
        walk(async (page) => {
          await search(page, 'leaf1');
          expect(await verdict(page)).toBe('Nothing is known by that name');
          expect(await page.textContent('.headline')).toContain('leaf01');
          await search(page, 'leaf01');
          expect(await page.inputValue('#search')).toBe('leaf01');
        }),
      90_000,
    );

    it(
      '8: finds a route that nobody should announce',
      () =>
        walk(async (page) => {
          await breaks('rogue-route');
          const row = page.locator('.findings tr', { hasText: '10.233.100.0/24' }).first();
          await row.waitFor(patience);
          await row.locator('a').click();
          await page.waitForURL(/target=10\.233\.100\.0%2F24/);
          expect(await page.textContent('main')).toContain('node6');
        }),
      90_000,
    );

    it(
      '9: reaches search and findings by keyboard alone',
      () =>
        walk(async (page) => {
          await page.keyboard.press('Tab');
          expect(await page.locator(':focus').textContent()).toBe('Calico BGP');
          await page.keyboard.press('Tab');
          expect(await page.locator(':focus').getAttribute('id')).toBe('search');
          await page.keyboard.type('10.233.64.0/24');
          await page.keyboard.press('Enter');
          await page.waitForURL(/target=10\.233\.64\.0%2F24/);
          expect(await page.getAttribute('section.headline', 'class')).toContain('good');
        }, 'dark'),
      90_000,
    );

    it(
      '10: comes from the drawing to a node and sees what it announces',
      () =>
        walk(async (page) => {
          await page.locator('.rack .device', { hasText: 'node4' }).locator('.name a').click();
          await page.waitForURL(/target=node4/);
          expect(await page.textContent('#prefixes')).toBe('Prefixes that it announces');
          await page.locator('th a', { hasText: '10.233.67.0/24' }).click();
          await page.waitForURL(/target=10\.233\.67\.0%2F24/);
          expect(await verdict(page)).toContain('10.233.67.0/24');
        }),
      90_000,
    );
  },
);
