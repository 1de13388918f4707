import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileTransport } from '../../src/transport/file.ts';
import { connected, itIsATransport, messageNumber, no, yes } from '../contracts/transport.ts';

describe('the file transport', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'paperboy-file-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  itIsATransport(async () => {
    const transport = createFileTransport(join(folder, 'out', 'mail'));
    return {
      transport,
      delivered: async () => {
        const names = await readdir(join(folder, 'out', 'mail'));
        const visible = names.filter((name) => name.endsWith('.eml'));
        const contents = await Promise.all(
          visible.map((name) => readFile(join(folder, 'out', 'mail', name))),
        );
        return contents.map((content) => createHash('sha256').update(content).digest('hex'));
      },
      stop: () => transport.close(),
    };
  });

  it('names the file after the Message-ID, so that a second attempt replaces the first', async () => {
    const connection = await connected(createFileTransport(folder));
    await connection.send(messageNumber(1), yes);
    const outcome = await connection.send(messageNumber(1), yes);
    const name = `${messageNumber(1).messageId.slice(1, 33)}.eml`;
    expect(outcome).toEqual({ type: 'accepted', reply: `250 2.0.0 written to ${name}`, queueId: name });
    expect(await readdir(folder)).toEqual([name]);
  });

  it('writes nothing outside its folder, whatever the Message-ID says', async () => {
    const connection = await connected(createFileTransport(join(folder, 'in')));
    await connection.send({ ...messageNumber(1), messageId: '<../../escape/x@y>' }, yes);
    expect(await readdir(folder)).toEqual(['in']);
    expect(await readdir(join(folder, 'in'))).toEqual(['.._.._escape_x.eml']);
  });

  it('leaves nothing behind of a withheld message', async () => {
    const connection = await connected(createFileTransport(folder));
    await connection.send(messageNumber(1), no);
    expect(await readdir(folder)).toEqual([]);
  });

  it('breaks, and asks no gate, where it cannot write', async () => {
    await writeFile(join(folder, 'taken'), '');
    expect(await createFileTransport(join(folder, 'taken')).connect()).toMatchObject({
      type: 'broken',
      stage: 'connect',
    });
    const connection = await connected(createFileTransport(join(folder, 'gone')));
    await rm(join(folder, 'gone'), { recursive: true });
    let asked = false;
    const outcome = await connection.send(messageNumber(1), async () => {
      asked = true;
      return true;
    });
    expect(outcome).toMatchObject({ type: 'broken', stage: 'body' });
    expect(asked).toBe(false);
  });
});
