/** What a screen reader goes by: language, title, headings in order, words for pictures. */
import { shortened } from './digest-texts.ts';
import { type Markup, textOf } from './mail-tree.ts';
import { type Problem, problemOf } from './problem.ts';

/** @param edition id */
export function structureProblems({ elements }: Markup, edition: string): Problem[] {
  const lang = elements.find(({ name }) => name === 'html')?.attribs.lang ?? '';
  const title = elements.find(({ name }) => name === 'title');
  const wordless = elements.filter(({ name, attribs }) => name === 'img' && attribs.alt === undefined);
  return [
    ...(lang === '' || lang === 'und'
      ? [problemOf('lang-missing', 'the HTML part does not say which language it is in', edition)]
      : []),
    ...(title === undefined || textOf(title).trim() === ''
      ? [problemOf('title-missing', 'the HTML part has no title', edition)]
      : []),
    ...wordless.map(({ attribs }) =>
      problemOf('alt-missing', `the picture ${shortened(attribs.src ?? '', 60)} has no alt text`, edition),
    ),
    ...headingProblems(elements, edition),
  ];
}

function headingProblems(elements: Markup['elements'], edition: string): Problem[] {
  const headings = elements.filter(({ name }) => /^h[1-6]$/.test(name));
  const tops = headings.filter(({ name }) => name === 'h1').length;
  const problems =
    tops === 1 ? [] : [problemOf('heading-order', `the HTML part has ${tops} h1, not one`, edition)];
  let level = 0;
  for (const heading of headings) {
    const next = Number(heading.name.slice(1));
    if (next > level + 1) {
      const what = `the heading “${shortened(textOf(heading).trim(), 30)}” is h${next} after ${level === 0 ? 'nothing' : `h${level}`}`;
      problems.push(problemOf('heading-order', what, edition));
    }
    level = next;
  }
  return problems;
}
