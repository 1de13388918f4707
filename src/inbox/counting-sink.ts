/** An SMTP server (RFC 5321) that keeps nothing of a mail but who it was for and its Message-ID, noted at the final dot. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';

/** One recipient of one mail. */
export interface Counted {
  readonly to: string;
  /** With angle brackets; empty when the mail has none. */
  readonly messageId: string;
  /** Milliseconds since the epoch, when the dot had come; the sender does not know it yet. */
  readonly at: number;
}

export interface CountingSinkOptions {
  /** How long it takes to answer RCPT, and the dot: a relay that does not answer at once. */
  readonly rcptMs: number;
  readonly dotMs: number;
}

export interface CountingSink {
  /** `smtp://127.0.0.1:port`, as SMTP_URL takes it. */
  readonly url: string;
  /** In order of arrival; grows. */
  readonly record: readonly Counted[];
  close(): Promise<void>;
}

export async function startCountingSink({ rcptMs, dotMs }: CountingSinkOptions): Promise<CountingSink> {
  const record: Counted[] = [];
  const server = new SMTPServer({
    banner: 'Paperboy counting sink',
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    maxAllowedUnauthenticatedCommands: false,
    closeTimeout: 200,
    logger: false,
    onRcptTo: (_address, _session, reply) => void setTimeout(reply, rcptMs),
    onData(stream, session, reply) {
      const recipients = session.envelope.rcptTo.map(({ address }) => address);
      void readMessageId(stream).then((messageId) => {
        const at = Date.now();
        for (const to of recipients) record.push({ to, messageId, at });
        setTimeout(reply, dotMs);
      });
    },
  });
  // Senders that are killed leave broken connections behind: that is what they are killed for.
  server.on('error', () => {});
  const listening = once(server.server, 'listening');
  server.listen(0, '127.0.0.1');
  await listening;
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    record,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Resolves at the dot, and never when the connection ends before it. */
function readMessageId(stream: SMTPServerDataStream): Promise<string> {
  return new Promise((resolve) => {
    let head = '';
    stream.on('data', (chunk: Buffer) => {
      if (head.length < longestHead) head += chunk.toString('latin1');
    });
    stream.on('end', () => resolve(/^message-id:\s*(<[^>\s]+>)/im.exec(head)?.[1] ?? ''));
  });
}

const longestHead = 16 * 1024;
