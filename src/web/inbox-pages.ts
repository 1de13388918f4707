/** What the inbox received, to look at in a browser: a list, each mail, and the list as JSON. Demo only. */
import { type Context, Hono } from 'hono';
import type { InboxStore } from '../inbox/inbox-store.ts';
import type { InboxMail, MailParts } from '../inbox/mail.ts';
import { answerMail } from './mail-document.ts';
import { showBytes, showMoment } from './show.ts';
import type { Views } from './views.ts';
import { wholeNumber } from './whole-number.ts';

export type InboxShelf = Pick<InboxStore, 'list' | 'get' | 'source' | 'parts' | 'count'>;

export interface InboxPagesDeps {
  readonly inbox: InboxShelf;
  readonly views: Views;
  /** Pictures that mails may show. */
  readonly logoUrls: readonly string[];
  readonly missing: (c: Context) => Response;
}

/** Mails on one page of the list. */
export const mailsPerPage = 50;

/** Most mails that one answer of the JSON list holds. */
const maxListed = 500;

/** Characters of a mail's source that a page shows; the rest is in the file. */
const maxShownSource = 200_000;

const tabs = ['html', 'text', 'headers', 'source'] as const;
type Tab = (typeof tabs)[number];

export function inboxPages({ inbox, views, logoUrls, missing }: InboxPagesDeps): Hono {
  const app = new Hono();

  app.get('/inbox', (c) => {
    const address = (c.req.query('address') ?? '').trim().slice(0, 254);
    const wanted = wholeNumber(c.req.query('page')) ?? 1;
    const { total } = inbox.list({ address, limit: 0 });
    const pages = Math.max(1, Math.ceil(total / mailsPerPage));
    const page = Math.min(Math.max(1, wanted), pages);
    const { mails } = inbox.list({ address, offset: (page - 1) * mailsPerPage, limit: mailsPerPage });
    return c.html(
      views.page('inbox', {
        title: '收件箱 Inbox',
        isDemo: false,
        isInbox: true,
        address,
        total,
        mails: mails.map(shownMail),
        pager: { isNeeded: pages > 1, page, pages, ...pageLinks(address, page, pages) },
      }),
    );
  });

  app.get('/inbox/:id', async (c) => {
    const mail = inbox.get(c.req.param('id'));
    const parts = mail && (await inbox.parts(mail.id).catch(() => unreadable));
    if (!mail || !parts) return missing(c);
    const tab = chosenTab(c.req.query('tab'), parts);
    const source = tab === 'source' ? ((await inbox.source(mail.id)) ?? Buffer.alloc(0)) : Buffer.alloc(0);
    return c.html(
      views.page('mail', {
        title: mail.subject || '（无主题 no subject）',
        isDemo: false,
        isInbox: true,
        mail: shownMail(mail),
        attachments: parts.attachments.map((one) => ({ ...one, size: showBytes(one.size) })),
        tabs: tabsOf(mail.id, tab, parts),
        isHtml: tab === 'html',
        isText: tab === 'text',
        isHeaders: tab === 'headers',
        isSource: tab === 'source',
        text: parts.text ?? '',
        headers: parts.headers,
        source: source.toString('utf8').slice(0, maxShownSource),
        isCut: source.length > maxShownSource,
      }),
    );
  });

  app.get('/inbox/:id/html', async (c) => {
    const parts = await inbox.parts(c.req.param('id')).catch(() => undefined);
    return parts?.html === undefined ? missing(c) : answerMail(c, parts.html, logoUrls);
  });

  app.get('/inbox/:id/raw', async (c) => {
    const source = await inbox.source(c.req.param('id'));
    if (!source) return missing(c);
    return c.body(new Uint8Array(source), 200, {
      'Content-Type': 'message/rfc822',
      'Content-Disposition': `attachment; filename="${c.req.param('id')}.eml"`,
    });
  });

  app.get('/api/inbox', (c) => {
    const address = (c.req.query('address') ?? '').trim();
    const offset = wholeNumber(c.req.query('offset')) ?? 0;
    const limit = Math.min(wholeNumber(c.req.query('limit')) ?? mailsPerPage, maxListed);
    return c.json(inbox.list({ address, offset, limit }));
  });

  return app;
}

/** A mail whose structure is beyond the parser is still there to be read as it came. */
const unreadable: MailParts = { headers: [], attachments: [] };

/** What a list or a heading shows of a mail. */
export function shownMail(mail: InboxMail): object {
  return {
    id: mail.id,
    from: mail.from,
    to: mail.to.join(', '),
    recipient: mail.to[0] ?? '',
    subject: mail.subject,
    receivedAt: mail.receivedAt,
    moment: showMoment(mail.receivedAt),
    size: showBytes(mail.size),
  };
}

function chosenTab(asked: string | undefined, parts: MailParts): Tab {
  const has = { html: parts.html !== undefined, text: parts.text !== undefined, headers: true, source: true };
  const wanted = tabs.find((tab) => tab === asked && has[tab]);
  return wanted ?? tabs.find((tab) => has[tab]) ?? 'source';
}

function tabsOf(id: string, current: Tab, parts: MailParts): readonly object[] {
  const labels = { html: '网页 HTML', text: '纯文本 Text', headers: '邮件头 Headers', source: '源码 Source' };
  return tabs
    .filter((tab) => (tab !== 'html' && tab !== 'text') || parts[tab] !== undefined)
    .map((tab) => ({ label: labels[tab], href: `/inbox/${id}?tab=${tab}`, isCurrent: tab === current }));
}

function pageLinks(address: string, page: number, pages: number): { newer: string; older: string } {
  const link = (to: number) => {
    const query = new URLSearchParams({ ...(address ? { address } : {}), page: String(to) });
    return `/inbox?${query}`;
  };
  return { newer: page > 1 ? link(page - 1) : '', older: page < pages ? link(page + 1) : '' };
}
