import { describe, expect, it } from 'vitest';
import { createStubTransport } from '../../src/transport/stub.ts';
import type { SendOutcome } from '../../src/transport/transport.ts';
import { connected, itIsATransport, messageNumber, sha256, yes } from '../contracts/transport.ts';

const rejection: SendOutcome = {
  type: 'refused',
  refusal: {
    stage: 'rcpt',
    code: 550,
    enhanced: '5.1.1',
    reply: '550 5.1.1 no such user',
    class: 'no-mailbox',
    action: 'reject',
    suppress: true,
  },
};

describe('the stub transport', () => {
  itIsATransport(async () => {
    const transport = createStubTransport();
    return {
      transport,
      delivered: async () => transport.accepted.map(sha256),
      stop: () => transport.close(),
    };
  });

  it('does what its list says, then accepts', async () => {
    const unknown: SendOutcome = { type: 'unknown', error: new Error('dropped') };
    const transport = createStubTransport({ script: [rejection, undefined, unknown] });
    const connection = await connected(transport);
    expect(await connection.send(messageNumber(0), yes)).toBe(rejection);
    expect(await connection.send(messageNumber(1), yes)).toMatchObject({
      type: 'accepted',
      queueId: 'stub-1',
    });
    expect(await connection.send(messageNumber(2), yes)).toBe(unknown);
    expect(connection.usable).toBe(false);
    expect(await (await connected(transport)).send(messageNumber(3), yes)).toMatchObject({
      type: 'accepted',
    });
    expect(transport.accepted.map(sha256)).toEqual([messageNumber(1), messageNumber(3)].map(sha256));
  });

  it('does what its function says of each message', async () => {
    const transport = createStubTransport({
      script: ({ envelope }) => (envelope.to.startsWith('reader-7@') ? rejection : undefined),
    });
    const connection = await connected(transport);
    expect((await connection.send(messageNumber(7), yes)).type).toBe('refused');
    expect((await connection.send(messageNumber(8), yes)).type).toBe('accepted');
  });

  it('asks no gate for a message that is refused before the dot', async () => {
    const connection = await connected(createStubTransport({ script: [rejection] }));
    let asked = 0;
    await connection.send(messageNumber(0), async () => {
      asked += 1;
      return true;
    });
    expect(asked).toBe(0);
  });

  it('keeps no message when told so', async () => {
    const transport = createStubTransport({ keep: false });
    await (await connected(transport)).send(messageNumber(0), yes);
    expect(transport.accepted).toEqual([]);
  });
});
