/**
 * What the mail uses although a client lacks it, because nothing is lost there: what its readers see instead. The list
 * in `docs/mail-clients.md` is this one, with the clients.
 */

const skippedRule = 'the rule of the style block is skipped: light colours only, and wide margins on a phone';
const noDarkMode = 'light colours, or what the client makes of them in its dark mode';
const inboxLine = 'the line that is meant for the list of mails is hidden by `display:none` alone';

/** By the feature’s name in the data. */
export const harmless: Readonly<Record<string, string>> = {
  'html-style':
    'what matters stands at the elements themselves; light colours only, and wide margins on a phone',
  'css-selector-id': skippedRule,
  'css-selector-class': skippedRule,
  'css-selector-type': skippedRule,
  'css-selector-descendant': skippedRule,
  'css-selector-child': skippedRule,
  'css-selector-chaining': skippedRule,
  'css-selector-attribute': skippedRule,
  'css-at-media': skippedRule,
  'css-at-media-prefers-color-scheme': noDarkMode,
  'css-color-scheme': noDarkMode,
  'html-meta-color-scheme': noDarkMode,
  'html-body': 'the body becomes a box; the background stands at a box of our own as well',
  'css-display-none': 'the line that is meant for the list of mails stands above the mail as well',
  'css-opacity': inboxLine,
  'css-max-height': inboxLine,
  'css-overflow': inboxLine,
  'css-word-spacing': 'nothing: it only undoes what another client might set',
  'css-outline': 'nothing: it only undoes what another client might set',
  'css-table-layout': 'the columns of a table are as wide as what they hold',
  'css-height': 'an empty strip above or below is lower',
  'css-word-break': 'a very long word may widen the mail',
  'css-white-space': 'a date or a count may go over two lines',
  'css-border-radius': 'square corners',
  'css-text-underline-offset': 'the line under a link is nearer to it',
  'css-text-decoration-color': 'the line under a title has the colour of the title',
  'html-aria-label': 'a screen reader does not say that here is the mail’s text',
};
