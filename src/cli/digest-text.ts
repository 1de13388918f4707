/** A digest as a tree of text for people. */
import type { Category, Digest, Source, Story } from '../digest/digest.ts';
import { storiesOf } from '../digest/digest.ts';
import { inlineText } from '../digest/inline.ts';
import { siteName } from '../digest/links.ts';
import { counted } from './counted.ts';
import { type Io, paint } from './frame.ts';

type Paper = Pick<Io, 'isColored'>;

export function describeDigest(io: Paper, digest: Digest): string {
  const { title, date, lang, format, categories } = digest;
  const facts = [
    date === null ? paint(io, 'red', 'no date') : date,
    { zh: 'Chinese', en: 'English', ja: 'Japanese' }[lang],
    `${format} format`,
    counted(storiesOf(digest).length, 'story', 'stories'),
  ];
  return [
    `${paint(io, 'bold', title === '' ? '(no title)' : title)}\n${facts.join(' · ')}`,
    ...categories.map((category) => categoryText(io, category)),
    ...rest(io, digest),
  ].join('\n\n');
}

function categoryText(io: Paper, { name, stories }: Category): string {
  const head = `${paint(io, 'bold', name === '' ? '(no category)' : name)} ${paint(io, 'dim', String(stories.length))}`;
  return [head, ...stories.map((story, index) => storyText(io, story, index === stories.length - 1))].join(
    '\n',
  );
}

function storyText(io: Paper, story: Story, isLast: boolean): string {
  const { title, tag, topics, sources, highlights, background } = story;
  const facts = [
    topics.join(', '),
    ...(tag === undefined ? [] : [`tag ${tag}`]),
    ...(background === undefined ? [] : ['background']),
    ...(highlights.length === 0 ? [] : [counted(highlights.length, 'point', 'points')]),
    sources.length === 0 ? 'no source' : sources.map(sourceText).join(', '),
  ];
  const [branch, trunk] = isLast ? ['└─', '  '] : ['├─', '│ '];
  return `${paint(io, 'dim', branch)} ${inlineText(title)}\n${paint(io, 'dim', `${trunk}   ${facts.join(' · ')}`)}`;
}

/** A name is shown, an address only if it says more: `人民网 (news.example)`. */
function sourceText({ name, url }: Source): string {
  if (url === undefined) return `${name} (no link)`;
  const { host } = new URL(url);
  return name === siteName(url) ? name : `${name} (${host})`;
}

function rest(io: Paper, { analyses, trends, closing, motto }: Digest): string[] {
  return [
    ...analyses.map(
      ({ title, fields }) =>
        `${paint(io, 'bold', `Deep dive: ${inlineText(title)}`)}\n${paint(io, 'dim', `   ${fields.map(({ label }) => label).join(' · ')}`)}`,
    ),
    ...(trends.length === 0
      ? []
      : [
          [
            paint(io, 'bold', 'Trends'),
            ...trends.map(({ label, text }) => ` - ${inlineText(label ?? text)}`),
          ].join('\n'),
        ]),
    ...(closing === undefined ? [] : [`${paint(io, 'bold', 'Closing line')}\n   ${inlineText(closing)}`]),
    ...(motto === undefined ? [] : [`${paint(io, 'bold', 'Motto')}\n   ${inlineText(motto)}`]),
  ];
}
