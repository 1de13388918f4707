/** Who else of the product uses this database of this Redis now. */
import type { Redis } from 'ioredis';

/**
 * By the names that all our connections have.
 * @returns one line a connection, `paperboy-queue 127.0.0.1:50122`; none where CLIENT is forbidden
 */
export async function otherClients(redis: Redis): Promise<string[]> {
  try {
    const [own, list] = await Promise.all([redis.client('ID'), redis.client('LIST')]);
    const clients = String(list)
      .split('\n')
      .map((line) => new Map(line.split(' ').map((part) => part.split('=', 2) as [string, string])));
    const db = clients.find((client) => client.get('id') === String(own))?.get('db');
    return clients
      .filter((client) => client.get('name')?.startsWith('paperboy') && client.get('id') !== String(own))
      .filter((client) => client.get('db') === db)
      .map((client) => `${client.get('name')} ${client.get('addr')}`);
  } catch (error) {
    if (/^(NOPERM|ERR unknown)/i.test((error as Error).message)) return [];
    throw error;
  }
}
