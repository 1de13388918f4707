/** The id under which a relay filed a message, as far as its 250 shows one: what one asks its operator about. */

/** @returns undefined when the reply shows none we know how to read */
export function queueIdOf(reply: string): string | undefined {
  for (const form of forms) {
    const id = form.exec(reply)?.[1];
    if (id !== undefined) return id;
  }
  return undefined;
}

const forms: readonly RegExp[] = [
  // Postfix, NetEase: `Ok: queued as 4F2kQz`; Haraka: `Message Queued (…)`
  /\bqueued as:? <?([^\s<>;]+)/i,
  /\bqueued \(([^\s()]+)\)/i,
  // Exim: `OK id=1kYabc-0001Ab-2C`; KumoMTA: `OK ids=…`
  /\bids?=([^\s,;]+)/i,
  // Exchange: `2.6.0 <message-id> [InternalId=…, Hostname=…] Queued mail for delivery`
  /\bInternalId=(\d+)/i,
  // Gmail: `OK  1700000000 d2e1a72fcca58-…si123.45 - gsmtp`
  /\bOK\s+\d+ (\S+) - gsmtp/i,
  // Sendmail: `2.0.0 u3KAbc123 Message accepted for delivery`
  /^250 (?:2\.\d+\.\d+ )?(\S+) Message accepted/i,
  // Amazon SES: `Ok 0100018b5c3c0a4f-…-000000`
  /^250 (?:2\.\d+\.\d+ )?Ok:? <?([\w.@+-]{10,})>?$/i,
  /^250 2\.\d+\.\d+ <?([\w.@+-]*\d[\w.@+-]*)>?$/i,
];
