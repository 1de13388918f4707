import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PaperboyError } from '../../src/core/errors.ts';
import { createTransport } from '../../src/transport/create-transport.ts';
import { isLoopback, parseRelayUrl } from '../../src/transport/relay-url.ts';

function refused(url: string, password?: string): PaperboyError {
  try {
    createTransport(url, password === undefined ? {} : { password });
  } catch (error) {
    if (error instanceof PaperboyError) return error;
  }
  throw new Error(`${url} was taken`);
}

describe('createTransport', () => {
  it('chooses by the scheme and is named without credentials', () => {
    expect(createTransport('smtp://relay.example').name).toBe('smtp://relay.example:587');
    expect(createTransport('smtps://me:secret@relay.example').name).toBe('smtps://relay.example:465');
    expect(createTransport('smtp://127.0.0.1:2525').name).toBe('smtp://127.0.0.1:2525');
    expect(createTransport(`file:${join(tmpdir(), 'x')}`).name).toBe(`file:${join(tmpdir(), 'x')}`);
    expect(createTransport('file:///var/tmp/x').name).toBe('file:/var/tmp/x');
    expect(createTransport('file:out').name).toBe(`file:${resolve('out')}`);
    expect(createTransport('stub:').name).toBe('stub:');
  });

  it.each([
    '',
    'relay.example',
    'http://relay.example',
    'smtp:',
    'smtp://',
    'smtp://relay.example:99999',
    'smtp://relay.example/path',
    'smtp://relay.example?x=1',
    'smtp://me@relay.example',
    'smtp://:secret@relay.example',
    'file:',
    'file://other.host/x',
  ])('refuses %j', (url) => {
    expect(refused(url)).toMatchObject({ code: 'config-invalid', exitStatus: 78 });
  });

  it('never tells a password, not even of a URL it cannot read', () => {
    for (const url of [
      'smtp://me:s3cr%et@relay.example',
      'smtp://me:s3cret@relay.example:x',
      'smtp://me:s3cret@relay.example/path',
      'http://me:s3cret@relay.example',
      'me:s3cret@relay.example',
    ]) {
      const error = refused(url);
      expect(`${error.message} ${error.hint} ${error.stack}`).not.toMatch(/s3cr/);
    }
  });
});

describe('a relay URL', () => {
  it('gives host, port, credentials and whether TLS comes first', () => {
    expect(parseRelayUrl('smtp://me:p%40ss%2Fw@relay.example:25')).toEqual({
      host: 'relay.example',
      port: 25,
      secure: false,
      credentials: { user: 'me', password: 'p@ss/w' },
      name: 'smtp://relay.example:25',
    });
    expect(parseRelayUrl('smtps://[::1]')).toMatchObject({ host: '::1', port: 465, secure: true });
  });

  it('takes the password given apart before its own', () => {
    expect(parseRelayUrl('smtp://me:old@relay.example', 'new').credentials?.password).toBe('new');
    expect(parseRelayUrl('smtp://me%40x@relay.example', 'new').credentials?.user).toBe('me@x');
  });

  it('knows this machine', () => {
    expect(['localhost', 'a.localhost', '127.0.0.1', '127.9.9.9', '::1'].every(isLoopback)).toBe(true);
    expect(['10.0.0.1', 'localhost.example', '127.0.0.1.example', '1270.0.0.1'].some(isLoopback)).toBe(false);
  });
});
