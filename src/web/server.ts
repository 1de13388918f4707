/** The web server: the pages on a port, and an end that does not wait for browsers. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { PaperboyError } from '../core/errors.ts';
import { type WebDeps, webApp } from './web-app.ts';

export interface WebOptions extends WebDeps {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

export interface Web {
  /** `http://host:port`, with the port it got. */
  readonly url: string;
  readonly port: number;
  /** Answers what is under way, then ends all connections; within a second. */
  close(): Promise<void>;
}

/** How long requests under way may take to end once closing has begun. */
const graceMs = 700;

/** @throws PaperboyError `port-in-use` */
export async function startWeb(options: WebOptions): Promise<Web> {
  const { host, port } = options;
  const app = webApp(options);
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server;
  await listen(server, host, port);
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    close: () => closeWithin(server, graceMs),
  };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    const listening = once(server, 'listening');
    server.listen(port, host);
    await listening;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new PaperboyError('port-in-use', `port ${port} of ${host} is taken: the pages cannot be served`, {
      hint: 'Stop the other program or set PORT to another port; 0 takes any free one.',
      cause,
    });
  }
}

async function closeWithin(server: Server, ms: number): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), ms);
  await closed;
  clearTimeout(timer);
}
