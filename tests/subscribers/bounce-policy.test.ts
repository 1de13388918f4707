import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BounceDecision,
  type BounceFact,
  judgeBounce,
  rememberAccepted,
} from '../../subscribers/bounce-policy.ts';

const dayMs = 24 * 60 * 60_000;
const start = Date.parse('2026-02-01T08:00:00Z');
const at = (day: number) => start + day * dayMs;

type Step = readonly [day: number, found: BounceFact['class'], issue?: string];

/** Tells one after the other what came on which day, by default of that day's issue, and gives the decisions. */
function decisionsOf(...steps: Step[]): BounceDecision[] {
  return told(steps).decisions;
}

function told(steps: readonly Step[]) {
  let history: readonly BounceFact[] = [];
  const decisions: BounceDecision[] = [];
  for (const [day, found, issue = `daily-${Math.floor(day)}`] of steps) {
    if (found === 'accepted') history = rememberAccepted(history, at(day), issue);
    else {
      const verdict = judgeBounce(history, { at: at(day), class: found, issue });
      history = verdict.history;
      decisions.push(verdict.decision);
    }
  }
  return { decisions, history };
}

const none = { kind: 'none' } as const;
const firm = { kind: 'firm' } as const;
const pause = { kind: 'pause' } as const;
const until = (day: number) => ({ kind: 'provisional', until: at(day) }) as const;

describe('an address that a relay says does not exist', () => {
  it('is suppressed for three days, and for good when it is said again after that', () => {
    expect(decisionsOf([0, 'no-mailbox'], [4, 'no-mailbox'])).toEqual([until(3), firm]);
    expect(decisionsOf([0, 'no-mailbox'], [3, 'no-mailbox'])).toEqual([until(3), firm]);
  });

  it('is not suppressed longer or for good by what else comes within three days', () => {
    expect(decisionsOf([0, 'no-mailbox'], [0.1, 'no-mailbox', 'other'], [2.9, 'no-mailbox'])).toEqual([
      until(3),
      until(3),
      until(3),
    ]);
  });

  it('begins anew once a copy was accepted', () => {
    expect(decisionsOf([0, 'no-mailbox'], [4, 'accepted'], [5, 'no-mailbox'])).toEqual([until(3), until(8)]);
  });

  it('begins anew once its mailbox was full, which a mailbox must exist for', () => {
    expect(decisionsOf([0, 'no-mailbox'], [4, 'mailbox-full'], [5, 'no-mailbox'])).toEqual([
      until(3),
      none,
      until(8),
    ]);
  });

  it('is known behind a relay that accepts every copy first and reports later', () => {
    expect(
      decisionsOf(
        [0, 'no-mailbox'],
        [4, 'accepted'],
        [4.1, 'no-mailbox'], // of the very copy that was accepted
      ),
    ).toEqual([until(3), firm]);
  });

  it('is not known by one issue alone, however often it is said', () => {
    expect(decisionsOf([0, 'no-mailbox', 'daily'], [4, 'no-mailbox', 'daily'])).toEqual([until(3), until(3)]);
  });

  it('is asked about anew after a quarter of a year', () => {
    expect(decisionsOf([0, 'no-mailbox'], [100, 'no-mailbox'])).toEqual([until(3), until(103)]);
  });
});

describe('an address that a relay says is disabled, or without a domain', () => {
  it('is suppressed for three days at the second issue in a row, for good after that', () => {
    expect(decisionsOf([0, 'disabled'], [1, 'disabled'], [5, 'disabled'])).toEqual([none, until(4), firm]);
  });

  it('is not suppressed when a copy was accepted in between', () => {
    expect(decisionsOf([0, 'disabled'], [1, 'accepted'], [2, 'disabled'])).toEqual([none, none]);
  });

  it('is not suppressed by one issue that says it twice', () => {
    expect(decisionsOf([0, 'disabled', 'daily'], [1, 'disabled', 'daily'])).toEqual([none, none]);
  });

  it('confirms that it does not exist', () => {
    expect(decisionsOf([0, 'no-mailbox'], [3.5, 'disabled'])).toEqual([until(3), firm]);
    expect(decisionsOf([0, 'disabled'], [4, 'no-mailbox'], [5, 'no-mailbox'])).toEqual([
      none,
      until(7),
      until(7),
    ]);
  });
});

describe('a full mailbox', () => {
  const full = (...days: number[]) => days.map((day): Step => [day, 'mailbox-full']);

  it('pauses its reader when five issues met it over a fortnight', () => {
    expect(decisionsOf(...full(0, 3, 6, 9, 14))).toEqual([none, none, none, none, pause]);
    expect(decisionsOf(...full(0, 7, 14, 21, 28))).toEqual([none, none, none, none, pause]);
  });

  it('pauses nobody before a fortnight is over, or for fewer issues', () => {
    expect(decisionsOf(...full(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13))).not.toContainEqual(pause);
    expect(decisionsOf(...full(0, 7, 14, 21))).not.toContainEqual(pause);
  });

  it('counts an issue once, however often it was deferred for it', () => {
    const deferrals = Array.from({ length: 15 }, (_, day) =>
      Array.from({ length: 7 }, (_, n): Step => [day + n / 24, 'mailbox-full', `daily-${day}`]),
    ).flat();
    const decisions = decisionsOf(...deferrals);
    expect(decisions.findIndex(({ kind }) => kind === 'pause')).toBe(14 * 7);
    const two = deferrals.map(([day], at): Step => [day, 'mailbox-full', at % 2 ? 'daily' : 'weekly']);
    expect(decisionsOf(...two)).not.toContainEqual(pause);
  });

  it('that took a copy in between is counted from there', () => {
    const days: Step[] = [...full(0, 3, 6, 9), [10, 'accepted'], ...full(14, 15)];
    expect(decisionsOf(...days)).not.toContainEqual(pause);
  });

  it('never suppresses', () => {
    const days = Array.from({ length: 80 }, (_, day) => day);
    const kinds = new Set(decisionsOf(...full(...days)).map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['none', 'pause']);
  });
});

describe('the memory of bounces', () => {
  it('ends with the decision', () => {
    expect(
      told([
        [0, 'no-mailbox'],
        [4, 'no-mailbox'],
      ]).history,
    ).toEqual([]);
  });

  it('ends when an accepted copy was not reported back for five days', () => {
    expect(
      told([
        [0, 'no-mailbox'],
        [4, 'accepted'],
        [8, 'accepted'],
      ]).history,
    ).toHaveLength(3);
    expect(
      told([
        [0, 'no-mailbox'],
        [4, 'accepted'],
        [9, 'accepted'],
      ]).history,
    ).toEqual([]);
    const late: Step[] = [
      [0, 'disabled'],
      [4, 'accepted'],
      [5, 'disabled', 'daily-4'],
      [9.5, 'accepted'],
    ];
    expect(told(late).history).not.toEqual([]);
  });

  it('stays small, whatever comes', () => {
    const many = Array.from({ length: 500 }, (_, n): Step => [n / 10, 'disabled', `issue-${n % 90}`]);
    const facts = many.map(([day, found, issue = '']) => ({
      at: at(day),
      class: found,
      issue,
      isHeld: true as const,
    }));
    let history: readonly BounceFact[] = [];
    for (const fact of facts) history = judgeBounce(history, fact).history;
    expect(history.length).toBeLessThanOrEqual(64);
  });
});

describe('what was held back', () => {
  const held = (day: number) =>
    ({ at: at(day), class: 'no-mailbox', issue: `daily-${day}`, isHeld: true }) as const;

  it('is noted and decides nothing, then or later', () => {
    const first = judgeBounce([], held(0));
    expect(first).toEqual({ decision: none, history: [held(0)] });
    const second = judgeBounce(first.history, { at: at(4), class: 'no-mailbox', issue: 'daily-4' });
    expect(second.decision).toEqual(until(7));
    expect(judgeBounce(second.history, held(8)).decision).toEqual(none);
  });
});

describe('the policy', () => {
  const steps = fc
    .array(
      fc.tuple(
        fc.integer({ min: 0, max: 400 }),
        fc.constantFrom<BounceFact['class']>('no-mailbox', 'disabled', 'mailbox-full', 'accepted'),
        fc.integer({ min: 0, max: 12 }),
      ),
      { maxLength: 30 },
    )
    .map((list) =>
      list
        .sort(([one], [other]) => one - other)
        .map(([eighths, found, issue]): Step => [eighths / 8, found, `issue-${issue}`]),
    );

  it('suppresses for good only at the second of two issues that were refused three days apart', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const decisions = decisionsOf(...list);
        const bounces = list.filter(([, found]) => found !== 'accepted');
        decisions.forEach(({ kind }, index) => {
          if (kind !== 'firm') return;
          const gone = bounces
            .slice(0, index + 1)
            .filter(([, word]) => word === 'no-mailbox' || word === 'disabled');
          // Any two issues: a copy that was accepted first and refused later tells of the days before, too.
          const areApart = gone.some(([first, , one]) =>
            gone.some(([last, , other]) => one !== other && last - first >= 3),
          );
          expect(areApart).toBe(true);
        });
      }),
      { numRuns: 2000 },
    );
  });

  it('says the same when the same is told twice at once', () => {
    fc.assert(
      fc.property(steps, (list) => {
        let history: readonly BounceFact[] = [];
        for (const [day, found, issue = ''] of list) {
          if (found === 'accepted') {
            history = rememberAccepted(history, at(day), issue);
            expect(rememberAccepted(history, at(day), issue)).toEqual(history);
            continue;
          }
          const fact = { at: at(day), class: found, issue };
          const once = judgeBounce(history, fact);
          if (once.history.length > 0) expect(judgeBounce(once.history, fact)).toEqual(once);
          history = once.history;
        }
      }),
      {
        examples: [
          [
            [
              [0, 'no-mailbox', 'issue-0'],
              [0, 'accepted', 'issue-11'],
              [0, 'accepted', 'issue-1'],
              [0, 'no-mailbox', 'issue-2'],
              [5, 'accepted', 'issue-11'],
            ],
          ],
        ],
      },
    );
  });
});
