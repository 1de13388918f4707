/** Transport to nobody: it takes everything, or does what a script says. Product code, for rehearsals and tests. */
import type { Message } from '../message/message.ts';
import { askGate } from './ask-gate.ts';
import type { Connection, SendOutcome, Transport } from './transport.ts';

/** What becomes of the n-th message (from 0) if its gate lets it go; undefined: accepted. */
export type StubScript =
  | readonly (SendOutcome | undefined)[]
  | ((message: Message, n: number) => SendOutcome | undefined);

export interface StubTransport extends Transport {
  /** Messages accepted so far, in order. */
  readonly accepted: readonly Message[];
}

/** @param options.keep whether accepted messages are kept. Default true */
export function createStubTransport(
  options: { readonly script?: StubScript; readonly keep?: boolean } = {},
): StubTransport {
  const { script = [], keep = true } = options;
  const accepted: Message[] = [];
  let count = 0;
  const planned = (message: Message): SendOutcome => {
    const n = count++;
    return (typeof script === 'function' ? script(message, n) : script[n]) ?? accept(n);
  };
  const send: Connection['send'] = async (message, gate) => {
    const outcome = planned(message);
    if (isBeforeGate(outcome)) return outcome;
    if (!(await askGate(gate))) return { type: 'withheld' };
    if (outcome.type === 'accepted' && keep) accepted.push(message);
    return outcome;
  };
  return {
    name: 'stub:',
    accepted,
    async connect() {
      let open = true;
      let failed = false;
      return {
        get usable() {
          return open && !failed;
        },
        async send(message, gate) {
          const outcome = await send(message, gate);
          failed ||= outcome.type !== 'accepted' && outcome.type !== 'refused';
          return outcome;
        },
        async close() {
          open = false;
        },
      };
    },
    async close() {},
  };
}

function accept(n: number): SendOutcome {
  return { type: 'accepted', reply: `250 2.0.0 Ok: queued as stub-${n}`, queueId: `stub-${n}` };
}

/** A relay that says no early, or breaks off, is never asked to take the end of a message. */
function isBeforeGate(outcome: SendOutcome): boolean {
  if (outcome.type === 'refused') return outcome.refusal.stage !== 'dot';
  return outcome.type === 'broken' || outcome.type === 'withheld';
}
