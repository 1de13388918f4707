/** Pages of the one browser of a run, and what they do that a mail must not: ask for addresses, open dialogs, complain. */
import axe, { type RunOptions } from 'axe-core';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { inject } from 'vitest';

export type Scheme = 'light' | 'dark';
export const schemes: readonly Scheme[] = ['light', 'dark'];

/** Widths in CSS pixels: the smallest phone, a usual one, a window of a mail client. */
export const widthsShown = { narrow: 320, phone: 375, client: 700 } as const;

export function connectBrowser(): Promise<Browser> {
  return chromium.connect(inject('browserUrl'));
}

export interface MailView {
  readonly page: Page;
  /** Every address that was asked for but the mail's own. */
  readonly requests: string[];
  /** Dialogs, console messages and uncaught errors, with what they said. */
  readonly incidents: string[];
  show(html: string): Promise<void>;
  close(): Promise<void>;
}

/** Where mails are shown: an origin that no DNS can know (RFC 2606 §2). */
const mailUrl = 'http://mail.invalid/';

export interface ViewOptions extends BrowserContextOptions {
  /** Answers for pictures; default: they are blocked, as most clients do at first. */
  readonly picture?: Buffer;
}

/** A page that shows mails as they are: scripts are allowed to run, so that one that can be smuggled in is seen. */
export async function openMailView(browser: Browser, options: ViewOptions = {}): Promise<MailView> {
  const { picture, ...contextOptions } = options;
  const context = await browser.newContext(contextOptions);
  const requests: string[] = [];
  let document = '';
  await context.route('**/*', (route) => {
    const request = route.request();
    if (request.url() === mailUrl)
      return route.fulfill({ contentType: 'text/html; charset=utf-8', body: document });
    requests.push(request.url());
    const isPicture = request.resourceType() === 'image';
    return isPicture && picture ? route.fulfill({ contentType: 'image/png', body: picture }) : route.abort();
  });
  const page = await context.newPage();
  const incidents = noteIncidents(context, page);
  return {
    page,
    requests,
    incidents,
    show: async (html) => {
      document = html;
      await page.goto(mailUrl);
    },
    close: () => context.close(),
  };
}

/** Dialogs, console messages and uncaught errors of a page, and windows it opens, as they come. */
export function noteIncidents(context: BrowserContext, page: Page): string[] {
  const incidents: string[] = [];
  page.on('dialog', (dialog) => {
    incidents.push(`dialog ${dialog.type()}: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    // That the browser found a picture blocked is what was wanted.
    if (!message.text().includes('net::ERR_FAILED')) incidents.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => incidents.push(`error: ${error.message}`));
  context.on('page', (opened) => {
    if (opened !== page) incidents.push(`window: ${opened.url()}`);
  });
  return incidents;
}

/** A mail stands within a client's page: that page has the landmarks, and a mail that brought its own would double them. */
export const clientsOwnRules = ['region', 'landmark-one-main'];

/** The rules whose findings depend on the colour scheme. */
export const colourRules = ['color-contrast', 'link-in-text-block'];

export interface RuleChoice {
  /** Ids of the only rules to run. */
  readonly only?: readonly string[];
  /** Ids of rules that do not apply. */
  readonly without?: readonly string[];
}

/** Everything axe finds against WCAG 2.2 AA and its own best practices, as `rule: what it says — element`. */
export async function violations(page: Page, { only, without = [] }: RuleChoice = {}): Promise<string[]> {
  // As a string: a page's own policy may forbid it to evaluate one.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const options: RunOptions = {
    resultTypes: ['violations'],
    // What stands in frames is looked at by itself.
    iframes: false,
    ...(only && { runOnly: [...only] }),
    rules: {
      ...(only === undefined && { 'target-size': { enabled: true } }),
      ...Object.fromEntries(without.map((rule) => [rule, { enabled: false }])),
    },
  };
  const found = await page.evaluate(
    (asked) => (window as unknown as { axe: typeof axe }).axe.run(document, asked),
    options,
  );
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html }) => `${id}: ${help} — ${html.slice(0, 160)}`),
  );
}
