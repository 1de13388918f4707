/** Lua scripts, sent once and called by their SHA-1 (EVALSHA), sent again when Redis has forgotten them. */
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

export interface Script {
  /** Runs the script; the reply is whatever Lua returns. Callers decode it at once into a type. */
  run(redis: Redis, keys: readonly string[], args: readonly (string | number | Buffer)[]): Promise<unknown>;
  /** The same with bulk replies as Buffers. */
  runBuffer(
    redis: Redis,
    keys: readonly string[],
    args: readonly (string | number | Buffer)[],
  ): Promise<unknown>;
}

/** ioredis makes a Buffer variant of every command; its types leave these two out. */
type BufferReplies = Redis &
  Readonly<
    Record<'evalshaBuffer' | 'evalBuffer', (...args: (string | number | Buffer)[]) => Promise<unknown>>
  >;

/**
 * @param lua the body, without a shebang: it is added here with the flags given
 * @param flags `allow-oom` for scripts that settle, so that a full Redis can still record what happened
 */
export function defineScript(lua: string, flags: readonly 'allow-oom'[] = []): Script {
  const source = `#!lua flags=${flags.join(',')}\n${lua}`;
  const sha = createHash('sha1').update(source).digest('hex');
  const call = async (
    evalsha: () => Promise<unknown>,
    evaluate: () => Promise<unknown>,
  ): Promise<unknown> => {
    try {
      return await evalsha();
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return await evaluate();
    }
  };
  return {
    run: (redis, keys, args) =>
      call(
        () => redis.evalsha(sha, keys.length, ...keys, ...args),
        () => redis.eval(source, keys.length, ...keys, ...args),
      ),
    runBuffer: (redis, keys, args) =>
      call(
        () => (redis as BufferReplies).evalshaBuffer(sha, keys.length, ...keys, ...args),
        () => (redis as BufferReplies).evalBuffer(source, keys.length, ...keys, ...args),
      ),
  };
}
