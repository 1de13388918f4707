import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtInTopics } from '../../src/digest/topics.ts';
import { readTopicForm, togglesOf } from '../../src/web/topic-form.ts';

const ids = builtInTopics.map((topic) => topic.id);

describe('the topic toggles', () => {
  it('read back as what they showed, for every choice', () => {
    fc.assert(
      fc.property(fc.oneof(fc.constant('all' as const), fc.subarray(ids)), (choice) => {
        const on = togglesOf(builtInTopics, choice, 'zh').filter((toggle) => toggle.on);
        const ticked = [...(choice === 'all' ? ['all'] : []), ...on.map((toggle) => toggle.id)];
        expect(readTopicForm(ticked, choice === 'all', builtInTopics)).toEqual(choice);
      }),
    );
  });

  it('mean the rest when one of all is unticked and the box "all" is left as it was', () => {
    const ticked = ['all', ...ids.filter((id) => id !== 'space')];
    expect(readTopicForm(ticked, true, builtInTopics)).toEqual(ids.filter((id) => id !== 'space'));
  });

  it('mean all when "all" is newly ticked', () => {
    expect(readTopicForm(['all', 'space'], false, builtInTopics)).toBe('all');
    expect(readTopicForm(['all'], false, builtInTopics)).toBe('all');
  });

  it('mean every topic of today, not those to come, when "all" alone is unticked', () => {
    expect(readTopicForm(ids, true, builtInTopics)).toEqual(ids);
  });

  it('name each topic once and none that is not in the table', () => {
    expect(readTopicForm(['space', 'space'], false, builtInTopics)).toEqual(['space']);
    expect(readTopicForm(['gossip'], false, builtInTopics)).toBeNull();
    expect(readTopicForm(['all', 'gossip'], false, builtInTopics)).toBeNull();
  });
});
