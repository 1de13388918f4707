import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { accentProblem, darkAccentFor } from '../../src/config/theme.ts';

const folder = mkdtempSync(join(tmpdir(), 'paperboy-theme-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The theme that a newsletter with these lines under `theme:` has. */
function load(...lines: readonly string[]) {
  const file = join(folder, 'newsletter.yaml');
  const theme = lines.map((line) => `      ${line}\n`).join('');
  writeFileSync(
    file,
    `newsletters:
  - id: ai-daily
    name: AI 日报
    from: { address: daily@example.org }
    language: zh
    timezone: Asia/Shanghai
    theme:
${theme}`,
  );
  return loadConfig(file).newsletters[0]?.theme;
}

const complaint = (...lines: readonly string[]): string => {
  try {
    return JSON.stringify(load(...lines));
  } catch (error) {
    return (error as Error).message.replaceAll(`${folder}/`, '');
  }
};

const colour = fc
  .integer({ min: 0, max: 0xffffff })
  .map((value) => `#${value.toString(16).padStart(6, '0')}`);

describe('the theme of a newsletter', () => {
  it('is an accent colour for each mode, a logo and words for the footer', () => {
    expect(
      load(
        'accent: "#8A1538"',
        'accentDark: "#ff9fb5"',
        'logo: { url: https://example.org/l.png, width: 120, height: 40 }',
        'footer: |',
        '  一行',
        '  两行',
      ),
    ).toEqual({
      accent: '#8A1538',
      accentDark: '#ff9fb5',
      logo: { url: 'https://example.org/l.png', width: 120, height: 40 },
      footer: '一行\n两行',
    });
  });

  it('is refused with line and column when its accent cannot be read in light mode', () => {
    expect(complaint('accent: "#1677ff"')).toMatch(
      /^newsletter\.yaml:8:15: newsletters\[0\]\.theme\.accent: expected a colour with a contrast of at least 4\.5 to #f1f3f5, on which it stands in light mode \(it has 3\.7; #[0-9a-f]{6} would do\), found "#1677ff"$/,
    );
  });

  it('… or in dark mode', () => {
    expect(complaint('accent: "#0b5cad"', 'accentDark: "#0b5cad"')).toMatch(
      /^newsletter\.yaml:9:19: newsletters\[0\]\.theme\.accentDark: .* in dark mode \(it has 2\.\d; #[0-9a-f]{6} would do\)/,
    );
  });

  it('says that a colour wants quotes when YAML took it for a comment', () => {
    expect(complaint('accent: #0b5cad')).toMatch(
      /expected a colour such as "#0b5cad", in quotes, found nothing/,
    );
    expect(complaint('accent: blue')).toMatch(
      /expected a colour such as "#0b5cad", in quotes, found "blue"$/,
    );
  });

  it('takes a logo by https alone', () => {
    expect(complaint('logo: { url: http://example.org/l.png, width: 120, height: 40 }')).toMatch(
      /8:\d+: newsletters\[0\]\.theme\.logo\.url: expected an https:\/\/ address/,
    );
  });

  it('proposes only colours that would be taken, and finds one for the dark by itself', () => {
    fc.assert(
      fc.property(colour, fc.constantFrom('light' as const, 'dark' as const), (accent, mode) => {
        const problem = accentProblem(accent, mode);
        const [, better] = /(#[0-9a-f]{6}) would do/.exec(problem ?? '') ?? [];
        if (problem !== null) expect(accentProblem(better ?? '', mode)).toBeNull();
        expect(accentProblem(darkAccentFor(accent), 'dark')).toBeNull();
      }),
    );
  });
});
