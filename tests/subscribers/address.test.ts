import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PaperboyError } from '../../src/core/errors.ts';
import { maskAddress, parseAddress } from '../../subscribers/address.ts';

const a = (count: number) => 'a'.repeat(count);

describe('parseAddress', () => {
  it.each([
    ['ann@example.com', 'ann@example.com', 'example.com'],
    ['  Ann.Lee+News@Example.COM\t', 'Ann.Lee+News@Example.COM', 'example.com'],
    [
      "o'hara!#$%&*/=?^_`{|}~-@mail.example.co.uk",
      "o'hara!#$%&*/=?^_`{|}~-@mail.example.co.uk",
      'mail.example.co.uk',
    ],
    ['li@例子.测试', 'li@xn--fsqu00a.xn--0zwm56d', 'xn--fsqu00a.xn--0zwm56d'],
    ['li@ｅxample。com', 'li@example.com', 'example.com'],
    ['a@xn--bcher-kva.example', 'a@xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ])('takes %j', (typed, address, domain) => {
    expect(parseAddress(typed)).toEqual({ address, identity: address.toLowerCase(), domain });
  });

  it.each([
    ['', 'empty'],
    ['ann', 'no @'],
    ['@example.com', 'nothing is before'],
    ['ann@', 'no host name'],
    ['a@b', 'no dot'],
    ['a@b.', 'no host name'],
    ['a@.b', 'no host name'],
    ['a@b..c', 'no host name'],
    ['a@-b.com', 'no host name'],
    ['a@b-.com', 'no host name'],
    ['a@b_c.com', 'no host name'],
    ['a@b c.com', 'no host name'],
    ['a@b.com:25', 'no host name'],
    ['a@é.com/x', 'no host name'],
    ['a@é.com:25', 'no host name'],
    ['a@[127.0.0.1]', 'IP address'],
    ['a@127.0.0.1', 'ends in a number'],
    ['a@１２７.0.0.1', 'ends in a number'],
    ['a@b.0x7f', 'ends in a number'],
    ['a@xn--a.com', 'no valid A-label'],
    ['"ann lee"@example.com', 'quoted'],
    ['a@b@example.com', 'not allowed'],
    ['.a@example.com', 'dot is misplaced'],
    ['a.@example.com', 'dot is misplaced'],
    ['a..b@example.com', 'dot is misplaced'],
    ['a b@example.com', 'not allowed'],
    ['a,b@example.com', 'not allowed'],
    ['Ann <ann@example.com>', 'not allowed'],
    ['<ann@example.com>', 'not allowed'],
    ['friends:a@example.com,b@example.com;', 'not allowed'],
    ['@relay.example:ann@example.com', 'not allowed'],
    ['ann(comment)@example.com', 'not allowed'],
    ['ann@example.com\r\n', 'control'],
    ['ann@example.com\nBcc: b@example.com', 'control'],
    ['ann\0@example.com', 'control'],
    ['ann\u202e@example.com', 'invisible'],
    ['ann@exam\u200bple.com', 'invisible'],
    ['ann@example.com\u2028', 'invisible'],
    ['łukasz@example.com', 'must be ASCII'],
    ['аnn@example.com', 'must be ASCII'],
  ])('refuses %j', (typed, why) => {
    expect(() => parseAddress(typed)).toThrow(why);
  });

  it('takes an address of 254 characters, and no longer one', () => {
    expect(parseAddress(`${a(64)}@${a(63)}.${a(63)}.${a(58)}.aa`).address).toHaveLength(254);
    expect(() => parseAddress(`${a(64)}@${a(63)}.${a(63)}.${a(59)}.aa`)).toThrow('254 characters');
    expect(() => parseAddress(`${a(65)}@example.com`)).toThrow('64 characters');
    expect(() => parseAddress(`a@${a(64)}.com`)).toThrow('63 characters');
    expect(() => parseAddress(`a@${'例外'.repeat(60)}.com`)).toThrow('is no address');
    expect(() => parseAddress(`${a(289)}@example.com`)).toThrow('64 characters');
    expect(() => parseAddress(a(1_000_000))).toThrow('254 characters');
  });

  it('says what is wrong without printing what could harm a terminal', () => {
    const refusal = catchError(() => parseAddress('ann\u001b[2J\u202e@example.com'));
    expect(refusal).toMatchObject({ code: 'address-invalid' });
    expect(refusal.message).toBe(
      String.raw`"ann\u001b[2J\u202e@example.com" is no address: it holds a control or an invisible character`,
    );
  });

  it('refuses a hundred thousand hostile strings or yields what no header or command can be broken with', () => {
    const fragment = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom('a', 'b.c', 'ann', 'example', '.com', '.', '@', 'x.org', '例子', 'é'),
      },
      fc.constantFrom(
        '\r\n',
        '\n',
        '\r',
        '\0',
        '\t',
        ' ',
        '"',
        "'",
        '\\',
        '(',
        ')',
        '<',
        '>',
        ',',
        ';',
        ':',
        '[',
        ']',
      ),
      fc.constantFrom(
        'RCPT TO:<x@y.zz>',
        '\r\n.\r\n',
        '@relay:',
        'g:;',
        '=?utf-8?q?a?=',
        '%',
        '!',
        '+',
        '-',
        '_',
        '/',
      ),
      fc.constantFrom(
        '\u202e',
        '\u200b',
        '\ufeff',
        '\u2028',
        '\u00ad',
        '。',
        '．',
        '＠',
        '\ud800',
        '😀',
        'ß',
        'İ',
        '\u00a0',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    const assembled = fc.array(fragment, { maxLength: 12 }).map((parts) => parts.join(''));
    const spoilt = fc
      .array(fc.tuple(fc.nat(24), fragment), { maxLength: 2 })
      .map((additions) =>
        additions.reduce(
          (text, [at, part]) => text.slice(0, at) + part + text.slice(at),
          'ann.lee@mail.example.com',
        ),
      );
    const hostile = fc.oneof(assembled, spoilt);
    const strict =
      /^[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*$/;
    let taken = 0;
    fc.assert(
      fc.property(hostile, (typed) => {
        let parsed: ReturnType<typeof parseAddress>;
        try {
          parsed = parseAddress(typed);
        } catch (error) {
          return error instanceof PaperboyError && error.code === 'address-invalid';
        }
        taken++;
        const { address, identity, domain } = parsed;
        expect(identity).toMatch(strict);
        expect(identity).toBe(address.toLowerCase());
        expect(identity.endsWith(`@${domain}`)).toBe(true);
        expect(address.length).toBeLessThanOrEqual(254);
        expect(identity).not.toMatch(/\.\.|^\.|\.@/);
        expect(parseAddress(address)).toEqual(parsed);
        return true;
      }),
      { numRuns: 100_000 },
    );
    expect(taken).toBeGreaterThan(5_000);
  });
});

describe('maskAddress', () => {
  it.each([
    ['ann@example.com', 'a***@example.com'],
    ['ann', '***'],
    ['@example.com', '***'],
    ['ann@exam\nple.com', '***'],
  ])('shows %j as %j', (address, masked) => {
    expect(maskAddress(address)).toBe(masked);
  });
});

function catchError(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}
