/** The stylesheet, the icon and the small script of comfort: read once, served from memory, nothing else served. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hono } from 'hono';
import { packageRoot } from '../core/package-root.ts';

const types: Readonly<Record<string, string>> = {
  'pages.css': 'text/css; charset=utf-8',
  'comfort.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

/** @param folder of the files; default: the one this package brings */
export function assets(folder = join(packageRoot(), 'templates', 'pages', 'assets')): Hono {
  const app = new Hono();
  for (const [name, type] of Object.entries(types)) {
    const content = readFileSync(join(folder, name), 'utf8');
    const etag = `"${createHash('sha256').update(content).digest('hex').slice(0, 16)}"`;
    app.get(`/${name}`, (c) => {
      const headers = { 'Content-Type': type, 'Cache-Control': 'no-cache', ETag: etag };
      if (c.req.header('If-None-Match') === etag) return c.body(null, 304, headers);
      return c.body(content, 200, headers);
    });
  }
  return app;
}
