// The page in a real browser: it renews itself, says loudly when the exporter is gone, keeps what the reader opened or
// closed, and its buttons work. Needs Debian's chromium; skipped where that is absent.

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fabric } from '../../src/model/fabric.ts';
import type { RunningServer } from '../../src/web/server.ts';
import { because } from '../because.ts';
import { sampleFabric } from '../metrics/sample-fabric.ts';
import { launchChromium, noChromium, type WatchedPage, watchedPage } from './chromium.ts';
import { sampleServer } from './sample-server.ts';

let browser: Browser | undefined;
let page: Page | undefined;
let server: RunningServer | undefined;
let fabric: Fabric | undefined;
const active = new Set<string>();

async function openPage(): Promise<WatchedPage> {
  if (!browser) throw new Error('no browser');
  server = await sampleServer(() => fabric, {
    demo: {
      list: () => [{ name: 'leaf02-down', title: 'leaf02 fails', active: active.has('leaf02-down') }],
      inject: (name) => void active.add(name),
      heal: (name) => void active.delete(name),
      healAll: () => active.clear(),
    },
  });
  const watched = await watchedPage(browser);
  page = watched.page;
  await page.goto(server.url);
  return watched;
}

describe.skipIf(noChromium)(
  because(noChromium, 'in Chromium (needs the package chromium)', 'needs the package chromium'),
  () => {
    beforeAll(async () => {
      browser = await launchChromium();
    }, 60_000);
    afterEach(async () => {
      await page?.close();
      await server?.close();
      active.clear();
    });
    afterAll(() => browser?.close());

    it('renews itself and keeps closed what the reader closed', async () => {
      fabric = undefined;
      const { page, complaints } = await openPage();
      expect(await page.textContent('h2')).toBe('Not known yet');
      fabric = sampleFabric();
      await page.waitForSelector('h2:has-text("2 routes missing")', { timeout: 15_000 });
      expect(await page.title()).toBe('2 routes missing on leaf01, leaf02 – Calico BGP');
      await page.click('#device-leaf01 summary');
      // A mark in the old content shows when it has been replaced.
      await page.locator('.tiles').evaluate((tiles) => tiles.setAttribute('id', 'old'));
      await page.waitForSelector('#old', { state: 'detached', timeout: 15_000 });
      expect(await page.getAttribute('#device-leaf01', 'open')).toBeNull();
      expect(await page.getAttribute('#device-leaf02', 'open')).toBe('');
      expect(complaints).toEqual([]);
    }, 60_000);

    it('renews itself around what is being typed', async () => {
      fabric = sampleFabric();
      const { page, complaints } = await openPage();
      await page.selectOption('#filter-only', 'faulty');
      await page.fill('#filter-prefix', '10.233.6');
      await page.press('#filter-prefix', 'ArrowLeft');
      await page.locator('.tiles').evaluate((tiles) => tiles.setAttribute('id', 'old'));
      await page.waitForSelector('#old', { state: 'detached', timeout: 15_000 });
      await page.keyboard.type('4.0/2');
      expect(await page.inputValue('#filter-prefix')).toBe('10.233.4.0/26');
      expect(await page.inputValue('#filter-only')).toBe('faulty');
      expect(complaints).toEqual([]);
    }, 60_000);

    it('renews itself around the reader: focus, selection and scroll positions stay', async () => {
      fabric = sampleFabric();
      const { page, complaints } = await openPage();
      await page.setViewportSize({ width: 390, height: 600 });
      await page.locator('#devices').scrollIntoViewIfNeeded();
      const link = page.locator('.matrix td a').last();
      await link.focus();
      await page.evaluate(`{
        const matrix = document.querySelector('.matrix');
        matrix.parentElement.scrollLeft = 60;
        getSelection().selectAllChildren(matrix.querySelector('th'));
        document.querySelector('#devices').scrollIntoView();
      }`);
      await page.waitForTimeout(300);
      const state = () =>
        page.evaluate(`({
          top: Math.round(document.querySelector('#devices').getBoundingClientRect().top),
          left: document.querySelector('.matrix').parentElement.scrollLeft,
          focus: document.activeElement.getAttribute('href'),
          selection: String(getSelection()),
        })`);
      const before = await state();
      const focus = await link.getAttribute('href');
      expect(before).toMatchObject({ left: 60, focus, selection: 'Prefix' });
      // Another text in the headline shows that the page was renewed.
      const { audit, ...rest } = sampleFabric();
      fabric = { ...rest, audit: { ...audit, summary: { ...audit.summary, sessionsUp: 4711 } } };
      await page.waitForSelector('.tiles dd:has-text("4711")', { timeout: 15_000 });
      expect(await state()).toEqual(before);
      expect(complaints).toEqual([]);
    }, 60_000);

    it('becomes what the server sends, whatever has changed, and never leads a focused link elsewhere', async () => {
      fabric = sampleFabric();
      const { page, complaints } = await openPage();
      const link = page.locator('.findings a[href*="10.233.66.0"]').first();
      await link.focus();
      const href = await link.getAttribute('href');
      const { audit, ...rest } = sampleFabric();
      const [first, ...others] = audit.findings;
      if (!first) throw new Error('the sample has no finding');
      const findings = [
        { ...others[0], ...first, prefix: '10.9.9.0/24', detail: 'a new one' },
        ...others,
        first,
      ];
      fabric = { ...rest, audit: { ...audit, findings } };
      await page.waitForSelector('.findings td:has-text("a new one")', { timeout: 15_000 });
      expect(await page.locator(':focus').getAttribute('href')).toBe(href);
      const sent = await (await fetch(server?.url ?? '')).text();
      const same = await page.evaluate(`{
        const fresh = new DOMParser().parseFromString(${JSON.stringify(sent)}, 'text/html');
        document.getElementById('live').isEqualNode(fresh.getElementById('live'));
      }`);
      expect(same).toBe(true);
      expect(complaints).toEqual([]);
    }, 60_000);

    it('waits on the page of one thing for the first audit, and does not call the exporter gone', async () => {
      fabric = undefined;
      const { page } = await openPage();
      await page.goto(`${server?.url}/explain?target=leaf01`);
      await page.locator('#live').evaluate((live) => live.setAttribute('data-clock', 'old'));
      await page.waitForSelector('#live:not([data-clock="old"])', { timeout: 15_000 });
      expect(await page.isVisible('#lost')).toBe(false);
      fabric = sampleFabric();
      await page.waitForSelector('#readings', { timeout: 15_000 });
    }, 60_000);

    it('says so when the exporter no longer answers', async () => {
      fabric = sampleFabric();
      const { page, complaints } = await openPage();
      expect(await page.isVisible('#lost')).toBe(false);
      await server?.close();
      await page.waitForSelector('#lost', { state: 'visible', timeout: 15_000 });
      expect(await page.textContent('#lost')).toBe(
        'The exporter does not answer. What you see is from 2026-01-15 03:00:00 UTC and may be wrong by now.',
      );
      expect(complaints).toEqual([]);
    }, 60_000);

    it.each(['/', '/explain?target=10.233.66.0/24', '/explain?target=leaf01'])(
      '%s fits the screen of a telephone',
      async (path) => {
        fabric = sampleFabric();
        const { page, complaints } = await openPage();
        await page.setViewportSize({ width: 390, height: 844 });
        await page.goto(`${server?.url}${path}`);
        // Tables scroll in their boxes; the page itself does not.
        expect(await page.locator('html').evaluate(({ scrollWidth }) => scrollWidth)).toBe(390);
        const [finding] = await page.locator('table.findings tbody tr').all();
        if (finding) expect((await finding.boundingBox())?.width).toBeLessThan(390);
        expect(complaints).toEqual([]);
      },
      60_000,
    );

    it('breaks and heals by its buttons, with and without script', async () => {
      fabric = sampleFabric();
      const { page, complaints } = await openPage();
      await page.click('#fault-leaf02-down');
      await page.waitForSelector('#fault-heal-all', { timeout: 15_000 });
      expect([...active]).toEqual(['leaf02-down']);
      await page.click('#fault-leaf02-down');
      await page.waitForSelector('#fault-heal-all', { state: 'detached', timeout: 15_000 });
      expect([...active]).toEqual([]);
      expect(complaints).toEqual([]);
      const plain = await browser?.newPage({ javaScriptEnabled: false });
      await plain?.goto(server?.url ?? '');
      await plain?.click('#fault-leaf02-down');
      await plain?.waitForSelector('#fault-heal-all');
      expect(plain?.url()).toBe(`${server?.url}/`);
      expect([...active]).toEqual(['leaf02-down']);
      await plain?.close();
    }, 60_000);
  },
);
