/** `init` where its file cannot be written. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDesk } from './in-process.ts';

it('init says that its file cannot be written, and leaves no keyring behind', async () => {
  const desk = openDesk();
  try {
    const { status, data } = await desk.json(['init', '--config', 'missing/newsletter.yaml']);
    expect(data).toMatchObject({ error: { code: 'file-unwritable' } });
    expect(JSON.stringify(data)).toContain('missing/newsletter.yaml cannot be written');
    expect(status).toBe(1);
    expect(existsSync(join(desk.folder, 'data'))).toBe(false);
  } finally {
    desk.remove();
  }
});

it('init says that its data folder cannot be written, and can be asked again', async () => {
  const desk = openDesk();
  try {
    desk.write('occupied', '');
    const args = ['init', '--config', 'own.yaml'];
    const { status, data } = await desk.json(args, { DATA_DIR: 'occupied' });
    expect(data).toMatchObject({ error: { code: 'file-unwritable' } });
    expect(JSON.stringify(data)).toContain('name another folder with DATA_DIR');
    expect(status).toBe(1);
    expect(await desk.run(args)).toMatchObject({ status: 0 });
  } finally {
    desk.remove();
  }
});
