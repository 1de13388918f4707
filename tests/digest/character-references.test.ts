import { describe, expect, it } from 'vitest';
import { withoutReferences } from '../../src/digest/character-references.ts';
import { storiesOf } from '../../src/digest/digest.ts';
import { parseDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { lostLines } from './line-account.ts';

describe('HTML’s character references', () => {
  it.each([
    ['R&amp;D&nbsp;now, don&#39;t &#x2014; &ldquo;ok&rdquo;', "R&D now, don't — “ok”"],
    ['AT&T; a&b; &unknown; &#0; &#1114112;', 'AT&T; a&b; &unknown; &#0; &#1114112;'],
    [
      '&lt;script&gt; &#60;b&#62; &#91;x&#93;(y) &#42;&#42;',
      '&lt;script&gt; &#60;b&#62; &#91;x&#93;(y) &#42;&#42;',
    ],
    ['&#8238;turned&#8203;', '&#8238;turned&#8203;'],
    ['`&amp;` [R&amp;D](https://a.example/?a=1&amp;b=2)', '`&amp;` [R&D](https://a.example/?a=1&amp;b=2)'],
    ['https://a.example/?a=1&amp;b=2', 'https://a.example/?a=1&amp;b=2'],
    ['&amp;lt;', '&lt;'],
  ])('%s', (written, shown) => {
    expect(withoutReferences(written).text).toBe(shown);
  });

  it('are written out in a digest and listed, and no link is called by its arrow', () => {
    const source = `<h1>Morning Wire, March 3, 2026</h1>
<h2>Top stories</h2>
<h3><a href="https://wire.example/grid">A battery that is paid for patience</a></h3>
<p>The operator switched on a 400&nbsp;MWh battery. It may sell capacity &amp; inertia.</p>
<p><a href="https://wire.example/grid">Read more &rarr;</a></p>
<h3><a href="https://wire.example/lithos">Lithos ships its first etcher</a></h3>
<p>It is within two points of the incumbent&#39;s yield.</p>
<p><a href="https://wire.example/lithos">Read more &rarr;</a></p>
`;
    const parsed = parseDigest(source, { topics: builtInTopics, name: 'mail.html' });
    expect(storiesOf(parsed.digest).map(({ summary, sources }) => [summary, sources[0]?.name])).toEqual([
      ['The operator switched on a 400 MWh battery. It may sell capacity & inertia.', 'wire.example'],
      ["It is within two points of the incumbent's yield.", 'wire.example'],
    ]);
    expect(lostLines(source, parsed)).toEqual([]);
    expect(parsed.unparsed).toContainEqual({ line: 4, text: '&nbsp; &amp;' });
  });

  it('are written out in JSON', () => {
    const json = JSON.stringify({
      date: '2026-03-03',
      news: [{ title: 'R&amp;D grows', url: 'https://a.example/?a&amp;b' }],
    });
    const { digest } = parseDigest(json, { topics: builtInTopics, name: 'd.json' });
    expect(storiesOf(digest)[0]).toMatchObject({
      title: 'R&D grows',
      sources: [{ url: 'https://a.example/?a&amp;b' }],
    });
  });
});
