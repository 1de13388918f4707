import { describe, expect, it } from 'vitest';
import { storyPage } from '../../src/digest/story-page.ts';

describe('the page of a link', () => {
  it.each([
    ['https://news.example/a/42', 'http://www.news.example/a/42/'],
    ['https://news.example/a/42', 'https://NEWS.example/a/42?utm_source=mail&utm_medium=x'],
    ['https://news.example/a?id=1&lang=zh', 'https://news.example/a?lang=zh&id=1&from=timeline'],
    ['https://news.example/a/42', 'https://news.example/a/42#:~:text=words'],
    ['https://news.example/a/42', 'https://news.example/a/42#'],
    ['https://news.example/新闻/42', 'https://news.example/%E6%96%B0%E9%97%BB/42'],
  ])('%s is that of %s', (one, other) => {
    expect(storyPage(one)).toBeDefined();
    expect(storyPage(other)).toBe(storyPage(one));
  });

  it.each([
    ['https://news.example/a/42', 'https://news.example/a/43'],
    ['https://news.example/a?id=1', 'https://news.example/a?id=2'],
    ['https://news.example/day#one', 'https://news.example/day#two'],
    ['https://news.example/a/42', 'https://m.news.example/a/42'],
    ['https://news.example/?p=1', 'https://news.example/?p=2'],
  ])('%s is not that of %s', (one, other) => {
    expect(storyPage(one)).toBeDefined();
    expect(storyPage(other)).toBeDefined();
    expect(storyPage(other)).not.toBe(storyPage(one));
  });

  it.each([
    'https://news.example',
    'https://www.news.example/',
    'https://news.example/?utm_source=mail',
    'https://news.example/blog',
    'https://news.example/en/newsroom/index.html',
    'https://code.example/trending',
    'https://code.example/owner/name/releases',
    'https://x.com/somebody',
    'no address',
  ])('%s says nothing about a story', (url) => expect(storyPage(url)).toBeUndefined());

  it.each([
    'https://news.example/2026/03/news',
    'https://x.com/somebody/status/1',
    'https://news.example/newsmaker',
  ])('%s is a page of its own', (url) => expect(storyPage(url)).toBeDefined());
});
