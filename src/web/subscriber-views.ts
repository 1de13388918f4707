/** The subscriber pages as HTML, in the language of whom they are for. */
import { frequencies, type Language } from '../../subscribers/preferences.ts';
import type { Topic } from '../digest/topics.ts';
import { hours, type PreferencesChoice } from './preferences-form.ts';
import type { PageSubscriber } from './subscriber-desk.ts';
import { togglesOf } from './topic-form.ts';
import type { Views } from './views.ts';

/** A line above a page: what was just done, or what is wrong. Empty text: none. */
export interface Note {
  readonly kind: 'done' | 'problem';
  readonly text: string;
}

export interface PreferencesPage {
  readonly subscriber: PageSubscriber;
  readonly newsletter: { readonly id: string; readonly name: string };
  readonly token: string;
  /** Shown instead of the subscriber's, after a form that could not be saved. */
  readonly chosen?: PreferencesChoice;
  readonly note: Note | null;
}

export function preferencesHtml(views: Views, topics: readonly Topic[], page: PreferencesPage): string {
  const { subscriber, newsletter, note } = page;
  const {
    topics: choice,
    frequency = subscriber.frequency,
    hour = subscriber.hour,
  } = page.chosen ?? subscriber;
  const words = views.words[subscriber.language];
  return views.page('preferences', {
    ...frame(words.preferencesTitle, subscriber.language, words),
    newsletter: newsletter.name,
    address: maskAddress(subscriber.address),
    path: `/p/${encodeURIComponent(page.token)}`,
    note,
    isSubscribed: isSubscribed(subscriber, newsletter.id),
    isPaused: subscriber.state === 'paused',
    canPause: subscriber.state === 'active' && isSubscribed(subscriber, newsletter.id),
    isAll: choice === 'all',
    toggles: togglesOf(topics, choice, subscriber.language),
    frequencies: frequencies.map((id) => ({ id, name: words[`${id}Choice`], on: id === frequency })),
    hours: hours.map((id) => ({ id, name: clockTime(Number(id)), on: Number(id) === hour })),
    schedule: subscriber.frequency === 'weekly' ? words.weekly : words.daily,
    hour: clockTime(subscriber.hour),
    timezone: subscriber.timezone,
  });
}

function clockTime(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}

export interface UnsubscribePage {
  readonly language: Language;
  readonly newsletter: string;
  readonly token: string;
  /** Null when it is not known, e.g. while Redis is away. */
  readonly address: string | null;
  /** `asking`: nothing has happened yet. `left`: not subscribed. `rejoined`: subscribed again just now. */
  readonly step: 'asking' | 'left' | 'rejoined' | 'refused';
}

export function unsubscribeHtml(views: Views, page: UnsubscribePage): string {
  const words = views.words[page.language];
  const titles = {
    asking: words.askTitle,
    left: words.leftTitle,
    rejoined: words.rejoinedTitle,
    refused: words.refusedTitle,
  };
  return views.page('unsubscribe', {
    ...frame(titles[page.step], page.language, words),
    newsletter: page.newsletter,
    address: page.address === null ? null : maskAddress(page.address),
    path: `/u/${encodeURIComponent(page.token)}`,
    isAsking: page.step === 'asking',
    isLeft: page.step === 'left',
    isRejoined: page.step === 'rejoined',
  });
}

export type NoticeKind = 'invalid' | 'missing' | 'sample' | 'gone' | 'later' | 'failed' | 'tooLarge';

export function noticeHtml(views: Views, language: Language, kind: NoticeKind): string {
  const words = views.words[language];
  return views.page('notice', {
    ...frame(words[`${kind}Title`], language, words),
    text: words[`${kind}Text`],
  });
}

export function isSubscribed(subscriber: PageSubscriber, newsletter: string): boolean {
  return subscriber.memberships[newsletter]?.state === 'subscribed';
}

/** `l…@example.org`: enough for its owner to know it, too little for whom the mail was forwarded to. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@');
  return `${[...address.slice(0, at)][0] ?? ''}…${address.slice(at)}`;
}

/** What every page of these needs. */
export function frame(title: string | undefined, language: Language, words: object): object {
  return { title, lang: language === 'zh' ? 'zh-CN' : 'en', words };
}
