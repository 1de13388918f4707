/** Structured log lines on stderr; stdout belongs to data. Secrets and addresses do not go into them. */
import { pino } from 'pino';

/** The slice of pino that rooms call. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** @param level a pino level; `silent` logs nothing. */
export function createLogger(level: string): Logger {
  return pino({ level, base: null }, pino.destination({ fd: 2, sync: true }));
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
