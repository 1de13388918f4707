/** A little DNS server (RFC 1035) over UDP on loopback: TXT records from a table, and all the ways of not answering. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

export interface DnsServer {
  /** `127.0.0.1:port`, as `--dns` takes it. */
  readonly address: string;
  /** Name → its TXT records. A name that is absent does not exist. */
  readonly records: Map<string, readonly string[]>;
  /** Names that were asked, in order. */
  readonly asked: string[];
  /** While set: says nothing, or that it failed (SERVFAIL). */
  mood: 'well' | 'silent' | 'failing';
  stop(): Promise<void>;
}

export async function startDnsServer(
  records: Readonly<Record<string, readonly string[]>> = {},
): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const server: DnsServer = {
    address: '',
    records: new Map(Object.entries(records)),
    asked: [],
    mood: 'well',
    stop: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
  socket.on('message', (query, from) => {
    const { name, end } = readName(query);
    server.asked.push(name);
    if (server.mood !== 'silent') socket.send(reply(query, end, name, server), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return Object.assign(server, { address: `127.0.0.1:${socket.address().port}` });
}

/** §4.1.2: the question begins behind the header of 12 octets. @returns `end`: where its name ends */
function readName(query: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}

function reply(query: Buffer, nameEnd: number, name: string, { records, mood }: DnsServer): Buffer {
  const texts = records.get(name);
  const code = mood === 'failing' ? 2 : texts === undefined ? 3 : 0;
  const answers = code === 0 ? (texts ?? []) : [];
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  // A response, recursion desired and available.
  header.writeUInt16BE(0x8180 | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(answers.length, 6);
  return Buffer.concat([header, query.subarray(12, nameEnd + 4), ...answers.map(txtRecord)]);
}

/** §3.3.14: strings of at most 255 octets, each behind its length. */
function txtRecord(text: string): Buffer {
  const strings = (text.match(/[\s\S]{1,255}/g) ?? ['']).map((part) =>
    Buffer.concat([Buffer.from([part.length]), Buffer.from(part, 'latin1')]),
  );
  const data = Buffer.concat(strings);
  const head = Buffer.alloc(12);
  // The name is the question's (a pointer to it), TXT, IN, kept for a minute.
  header(head, [0xc00c, 16, 1, 0, 60, data.length]);
  return Buffer.concat([head, data]);
}

function header(target: Buffer, fields: readonly number[]): void {
  for (const [index, value] of fields.entries()) target.writeUInt16BE(value, index * 2);
}
