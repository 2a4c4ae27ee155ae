// Debian's Chromium for tests, and a page whose complaints (script errors, refusals by the content security policy) are kept.
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const executablePath = '/usr/bin/chromium';
export const noChromium = !existsSync(executablePath);

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-quic',
      '--no-first-run',
    ],
  });
}

export interface WatchedPage {
  readonly page: Page;
  readonly complaints: string[];
}

/** A new page; `ignore` says which lines of its console are no complaint. */
export async function watchedPage(
  browser: Browser,
  options: BrowserContextOptions = {},
  ignore = /ERR_CONNECTION_REFUSED/,
): Promise<WatchedPage> {
  const page = await browser.newPage(options);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !ignore.test(message.text())) complaints.push(message.text());
  });
  return { page, complaints };
}
