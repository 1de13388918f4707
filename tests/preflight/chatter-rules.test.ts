import { describe, expect, it } from 'vitest';
import { parseDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { chatterProblems } from '../../src/preflight/chatter-rules.ts';
import { digestOf, storyOf } from '../helpers/digests.ts';

const saying = (summary: string) => ({
  digest: digestOf([{ name: '政策', stories: [storyOf('甲', { summary, line: 7 })] }]),
  unparsed: [],
});

describe('talk of the tool that wrote the digest', () => {
  it.each([
    'The bill passed. As an AI language model, I cannot say when it takes effect.',
    '草案已公开。作为一个AI语言模型，我无法核实日期。',
    '草案已公开。\n\n以上内容由AI生成，仅供参考。',
    '草案已公开。task_id: 7f3a9c12-55aa',
    'Text.\n\nLet me know if you would like more detail!',
  ])('is an error in the mail: %s', (summary) => {
    expect(chatterProblems(saying(summary))).toMatchObject([
      { severity: 'error', rule: 'chatter', message: expect.stringContaining('line 7: “') },
    ]);
  });

  it.each([
    '新规要求由AI生成的内容必须标识。',
    'The model acts as an AI assistant for nurses and let doctors know of risks.',
    '作为AI助手的早期投资者，他退出了。',
    'The task identifier is shown in the app.',
  ])('is not seen in a story about such things: %s', (summary) => {
    expect(chatterProblems(saying(summary)).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('is a warning where the reader left it out', () => {
    const source =
      '# D\n\n## 政策\n\n- **甲**：一 [报](https://a.example/1)\n\n以上内容由AI生成\n任务ID：20260302-77\n';
    const parsed = parseDigest(source, { topics: builtInTopics, name: 'digest.md' });
    expect(chatterProblems(parsed)).toMatchObject([
      {
        severity: 'warning',
        rule: 'chatter-left-out',
        message: expect.stringMatching(/^lines 7 and 8: “以上内容由AI生成”/),
      },
    ]);
  });
});
