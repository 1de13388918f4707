/**
 * The process of `sink.ts`: an SMTP server (RFC 5321) that reads what it is sent, takes every message and counts. It
 * keeps nothing and looks at nothing but the commands and the ends of messages: what it costs is not the sender's.
 */
import { createServer, type Socket } from 'node:net';

let accepted = 0;
let waiting: { readonly count: number; readonly id: number }[] = [];

const replies: Readonly<Record<string, string>> = {
  EHLO: '250-sink.invalid\r\n250-SIZE 52428800\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250-CHUNKING\r\n250 PIPELINING\r\n',
  HELO: '250 sink.invalid\r\n',
  MAIL: '250 2.1.0 Ok\r\n',
  RCPT: '250 2.1.5 Ok\r\n',
  DATA: '354 End data with <CR><LF>.<CR><LF>\r\n',
  RSET: '250 2.0.0 Ok\r\n',
  NOOP: '250 2.0.0 Ok\r\n',
  QUIT: '221 2.0.0 Bye\r\n',
};

function serve(socket: Socket): void {
  let isBody = false;
  /** Octets of a chunk (RFC 3030) that are still to come, null outside of one; and whether it is the last of its message. */
  let owed: number | null = null;
  let isLast = false;
  /** What is left of the octets before: an unfinished command, or the end of a body so far. */
  let rest: Buffer = Buffer.alloc(0);

  const accept = (): string => {
    accepted++;
    return `250 2.0.0 Ok: queued as ${accepted.toString(36).toUpperCase().padStart(8, '0')}\r\n`;
  };
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    let input = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let answers = '';
    let isLeaving = false;
    for (;;) {
      if (isBody) {
        const end = endOfBody(input);
        if (end < 0) {
          rest = input.subarray(Math.max(0, input.length - (endMark.length - 1)));
          break;
        }
        isBody = false;
        answers += accept();
        input = input.subarray(end);
      }
      if (owed !== null) {
        const taken = Math.min(owed, input.length);
        owed -= taken;
        input = input.subarray(taken);
        if (owed > 0) {
          rest = input;
          break;
        }
        owed = null;
        answers += isLast ? accept() : '250 2.0.0 Ok\r\n';
      }
      const lineEnd = input.indexOf('\r\n');
      if (lineEnd < 0) {
        rest = input;
        break;
      }
      const verb = input.toString('latin1', 0, Math.min(4, lineEnd)).toUpperCase();
      if (verb === 'BDAT') {
        const [, octets = '', mark] = input.toString('latin1', 0, lineEnd).split(' ');
        owed = Number(octets);
        isLast = mark === 'LAST';
      } else answers += replies[verb] ?? '500 5.5.1 unknown command\r\n';
      if (verb === 'QUIT') isLeaving = true;
      input = input.subarray(lineEnd + 2);
      if (verb === 'DATA') {
        isBody = true;
        // A body may begin with the dot that ends it.
        input = Buffer.concat([Buffer.from('\r\n'), input]);
      }
    }
    if (isLeaving) socket.end(answers);
    else if (answers !== '') socket.write(answers, 'latin1');
    settleWaiting();
  });
  socket.write('220 sink.invalid ESMTP\r\n');
}

const endMark = Buffer.from('\r\n.\r\n');
const dot = 0x2e;

/** @returns where what follows the body begins; -1: its end has not come. Bodies in base64 hold no dot to stop at. */
function endOfBody(input: Buffer): number {
  for (let at = input.indexOf(dot, 2); at >= 0; at = input.indexOf(dot, at + 1)) {
    const end = at - 2 + endMark.length;
    if (end > input.length) return -1;
    if (input.compare(endMark, 0, endMark.length, at - 2, end) === 0) return end;
  }
  return -1;
}

function settleWaiting(): void {
  if (waiting.length === 0) return;
  for (const { id } of waiting.filter(({ count }) => accepted >= count)) process.send?.({ id, accepted });
  waiting = waiting.filter(({ count }) => accepted < count);
}

const server = createServer({ noDelay: true }, serve);
server.listen(0, '127.0.0.1', 1024, () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 });
});
process.on('message', ({ id, count }: { id: number; count: number }) => {
  waiting.push({ id, count });
  settleWaiting();
});
// Who measured is gone.
process.on('disconnect', () => process.exit(0));
