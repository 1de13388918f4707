/** How every transport asks its gate: whatever is not a plain yes, a rejection and a throw included, is a no. */
import type { Gate } from './transport.ts';

export async function askGate(gate: Gate): Promise<boolean> {
  try {
    return (await gate()) === true;
  } catch {
    return false;
  }
}
