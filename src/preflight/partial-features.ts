/**
 * What the mail uses although a client can do but a part of it: why that part is enough, or what is seen there instead.
 * The second list in `docs/mail-clients.md` is this one, with the clients. What stands in `harmless` is not repeated.
 */

const smallLogo = 'the logo is drawn smaller where Windows scales the screen; its sizes are whole pixels';

/** By the feature’s name in the data. */
export const partlyUsed: Readonly<Record<string, string>> = {
  'css-background': 'nothing: the mail gives a colour alone, and no picture',
  'css-border':
    'the thin line above a heading or a paragraph may be missing, as that client draws one reliably on cells alone',
  'css-direction': 'a story in a script that runs from right to left may turn the whole mail round',
  'css-display': 'links in a row have less room around them, as `inline-block` is not understood',
  'css-font-size': 'nothing: all sizes are in px',
  'css-font-weight': 'nothing: only 400 is asked for, beside a heading',
  'css-important': 'nothing: it stands in style blocks, in lower case and after a space',
  'css-line-height': 'empty strips may be a little higher; text has numbers without a unit, which work',
  'css-margin': 'nothing: no margin is negative, and where `auto` does not work a table is centred instead',
  'css-max-width': 'nothing: a table for that client alone is 600 px wide, and phones are narrower',
  'css-padding': 'links have less room around them; all other room is on cells of tables',
  'css-text-align': 'nothing: the mail uses just the values that work there',
  'css-text-decoration': 'nothing: it only undoes what another client might set',
  'css-width': 'nothing: widths stand on tables, cells and, as attributes, on pictures',
  'html-align': 'nothing: tables are centred, and only cells are set to the left',
  'html-dir': 'a story in a script that runs from right to left may turn the whole mail round',
  'html-lang':
    'nothing: the language stands on the document, on the box around the mail and on those of a category',
  'html-lists': 'nothing: lists are neither reversed nor given numbers',
  'html-mailto-links': 'nothing: links hold an address alone',
  'html-role': 'a screen reader does not say that here begins a mail; tables are said to be for layout',
  'html-height': smallLogo,
  'html-width': smallLogo,
  'image-gif': 'a logo that moves stands still on its first picture',
};
