/** What happens to the relay as a whole, and to the lines that lead to it. */
import { setTimeout } from 'node:timers/promises';
import type { SinkStage, Weather } from '../helpers/smtp-sink.ts';
import type { Fault } from './faults.ts';

const everyStep: readonly SinkStage[] = ['ehlo', 'mail', 'rcpt', 'data', 'dot'];

export const lineFaults: readonly Fault[] = [
  {
    name: 'relay: all lines cut',
    kind: 'relay',
    act: async (run) => {
      for (let times = 1 + Math.floor(run.random() * 2); times > 0; times--) {
        await run.moment();
        await run.strike();
        await run.rig.sink.dropConnections();
      }
    },
  },
  {
    name: 'relay: all lines reset',
    kind: 'relay',
    deals: 1.5,
    act: async (run) => {
      for (let times = 1 + Math.floor(run.random() * 2); times > 0; times--) {
        await run.moment();
        await run.strike();
        await run.rig.sink.resetConnections();
      }
    },
  },
  {
    name: 'relay: away for a while',
    kind: 'relay',
    act: async (run) => {
      await run.moment();
      await run.strike();
      await run.rig.sink.down();
      await setTimeout(200 + run.random() * 600);
      await run.rig.sink.up();
    },
  },
  {
    name: 'relay: refuses everyone',
    kind: 'relay',
    onlyAt: ['rcpt'],
    act: async (run) => {
      for (const { address } of run.readers) {
        run.facts.maySuppress.add(address);
        run.facts.mayReject.add(address);
      }
      await run.reach(run.random() * 0.5);
      await run.obey({ at: 'rcpt', reply: '550 5.1.1 no such user' });
    },
  },
  {
    name: 'relay: puts everyone off for a while',
    kind: 'relay',
    onlyAt: ['rcpt'],
    act: async (run) => {
      await run.reach(run.random() * 0.5);
      await run.obey({ at: 'rcpt', reply: '450 4.2.0 not now', times: 20 + Math.floor(run.random() * 100) });
    },
  },
  {
    name: 'relay: slow at every step',
    kind: 'relay',
    onlyAt: everyStep,
    act: async (run) => {
      await run.obey(
        ...everyStep.map((at) => ({
          at,
          delayMs: Math.floor(run.random() * 30),
          every: 2,
          ...(at === 'dot' ? { record: true } : {}),
        })),
      );
    },
  },
  // Its lines gather slowly.
  badWeather('line: latency', 2, (random) => ({ latencyMs: 5 + Math.floor(random() * 40) })),
  badWeather('line: slices of 1–7 bytes', 1, (random) => ({ sliceBytes: 1 + Math.floor(random() * 7) })),
  badWeather('line: latency and slices', 1, (random) => ({
    latencyMs: 1 + Math.floor(random() * 15),
    sliceBytes: 1 + Math.floor(random() * 7),
  })),
];

/** For a while, amid the sending; then the lines are cut as they are. */
function badWeather(name: string, deals: number, weather: (random: () => number) => Weather): Fault {
  return {
    name,
    kind: 'relay',
    deals,
    act: async (run) => {
      await run.rig.sink.setWeather(weather(run.random));
      await run.reach(run.random() * 0.5);
      await run.moment();
      await run.strike();
      await run.rig.sink.dropConnections();
      await run.reach(0.5 + run.random() * 0.4);
      await run.strike();
      await run.rig.sink.setWeather({});
    },
  };
}
