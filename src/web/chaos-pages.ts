/** The chaos page: a send under way, buttons that disturb it, a chart, and at the end the ledger beside the inbox. */
import { type Context, Hono } from 'hono';
import { drawChart } from './chaos-chart.ts';
import {
  type ChaosAction,
  type ChaosDesk,
  type ChaosEvent,
  type ChaosEventKind,
  type ChaosView,
  chaosActions,
} from './chaos-desk.ts';
import type { Views } from './views.ts';

export interface ChaosPagesDeps {
  readonly chaos: ChaosDesk;
  readonly views: Views;
  readonly missing: (c: Context) => Response;
}

/** A wide one and one for telephones; the stylesheet shows one of them. */
const sizes = [
  { shape: 'wide', width: 1200, height: 340, ticks: 12 },
  { shape: 'narrow', width: 340, height: 300, ticks: 4 },
] as const;

export function chaosPages({ chaos, views, missing }: ChaosPagesDeps): Hono {
  const app = new Hono();
  app.get('/chaos', (c) => c.html(views.page('chaos', shownChaos(chaos.look()))));
  app.post('/chaos/:action', async (c) => {
    const action = c.req.param('action');
    if (!isAction(action)) return missing(c);
    await chaos.act(action);
    return c.redirect('/chaos', 303);
  });
  return app;
}

function isAction(text: string): text is ChaosAction {
  return (chaosActions as readonly string[]).includes(text);
}

function shownChaos(view: ChaosView): object {
  const { phase, messages, samples, events, verdict, workers, isRedisAway, problem } = view;
  const isUnderWay = phase === 'sending' || phase === 'paused';
  const last = samples.at(-1);
  const number = (value: number) => value.toLocaleString('en');
  return {
    title: '混乱测试 Chaos',
    isDemo: false,
    isInbox: false,
    isChaos: true,
    isLive: isUnderWay || phase === 'preparing',
    isIdle: phase === 'idle' || phase === 'failed',
    isPreparing: phase === 'preparing',
    isPaused: phase === 'paused',
    isUnderWay,
    isDone: phase === 'done',
    hasChart: last !== undefined,
    messages: number(messages),
    workers,
    isRedisAway,
    problem,
    tiles: tilesOf(view),
    charts:
      last === undefined
        ? []
        : sizes.map((size) => ({ shape: size.shape, ...drawChart(samples, events, messages, size) })),
    events: [...events].reverse().map(shownEvent),
    verdict: verdict && {
      ...Object.fromEntries(Object.entries(verdict).map(([name, value]) => [name, number(value)])),
      isWell: verdict.duplicates === 0 && verdict.lost === 0 && verdict.gaps === 0,
      hasDuplicates: verdict.duplicates > 0,
      hasLost: verdict.lost > 0,
      addsUp: verdict.accepted + verdict.uncertainArrived === verdict.copies,
    },
  };
}

function tilesOf({ samples, messages }: ChaosView): object[] {
  const last = samples.at(-1);
  const tile = (name: string, zh: string, en: string, value: number) => ({
    name,
    zh,
    en,
    value: value.toLocaleString('en'),
  });
  return [
    tile('planned', '待发', 'planned', last?.planned ?? messages),
    tile('inHand', '在途', 'in hand', last?.inHand ?? 0),
    tile('accepted', '已接收', 'accepted', last?.accepted ?? 0),
    tile('uncertain', '不确定', 'uncertain', last?.uncertain ?? 0),
    tile('left', '已退订', 'left', last?.left ?? 0),
    tile('arrived', '收件箱收到', 'arrived', last?.arrived ?? 0),
  ];
}

const eventTexts: Readonly<Record<ChaosEventKind, readonly [zh: string, en: string]>> = {
  'worker-killed': ['杀掉了工作进程', 'killed worker'],
  'worker-back': ['新的工作进程顶上', 'another worker takes its place,'],
  'redis-killed': ['杀掉了 Redis', 'killed Redis,'],
  'redis-back': ['Redis 自己回来了', 'Redis is back by itself,'],
  left: ['读者退订', 'a reader left,'],
  paused: ['暂停', 'paused'],
  resumed: ['继续', 'resumed'],
};

function shownEvent({ atMs, kind, detail }: ChaosEvent): object {
  const [zh, en] = eventTexts[kind];
  return { at: `${(atMs / 1000).toFixed(1)} s`, kind, zh, en, detail };
}
