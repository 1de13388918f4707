/**
 * The child process of `smtp-sink.ts`: a scriptable SMTP server (RFC 5321) that keeps its own record of what it
 * accepted. Plain JavaScript, because Node 20 runs it without a build. See `smtp-sink.ts` for what the rules mean.
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { TLSSocket } from 'node:tls';

const endOfData = Buffer.from('\r\n.\r\n');
const lineStart = Buffer.from('\r\n');
const nothing = Buffer.alloc(0);

const options = JSON.parse(process.argv[2] ?? '{}');
const keep = options.keep ?? 'hash';

const secureContext = options.tls
  ? { ...(await import('smtp-server/lib/tls-options.js')).default(), ...options.tls, isServer: true }
  : undefined;

/** @type {{rule: object, hits: number}[]} */
let rules = [];
let record = [];
let accepted = 0;
let connections = 0;
let peak = 0;
/** Socket → where it stands: `idle` once the dot is answered. */
const open = new Map();
const reached = {};
let waiting = [];
const refusals = [];
/** Named rules → how often each was obeyed. */
let hits = {};
/** Messages whose dot came, taken or not. */
let attempts = [];
/** Connections that ended without QUIT: where they stood, and whose copy they carried or had carried last. */
let endings = [];
/** How bad the line is: latencyMs, sliceBytes. */
let weather = {};
/** Answers that rules delay: timer → what gives it. */
const delayed = new Map();

const defaults = {
  greeting: '220 sink.invalid ESMTP',
  auth: '235 2.7.0 Authentication successful',
  mail: '250 2.1.0 Ok',
  rcpt: '250 2.1.5 Ok',
  data: '354 End data with <CR><LF>.<CR><LF>',
  rset: '250 2.0.0 Ok',
  quit: '221 2.0.0 Bye',
};

function note(stage) {
  reached[stage] = (reached[stage] ?? 0) + 1;
  if (waiting.length > 0) settleWaiting();
}

function settleWaiting() {
  waiting = waiting.filter(({ id, stage, times }) => {
    const now = stage === 'accepted' ? accepted : (reached[stage] ?? 0);
    if (now < times) return true;
    answer(id, now);
    return false;
  });
}

/** The first rule for this stage that matches the subject and is not used up. */
function ruleFor(stage, subject) {
  for (const entry of rules) {
    const { rule } = entry;
    if (rule.at !== stage) continue;
    if (typeof rule.matching === 'string' && !subject.includes(rule.matching)) continue;
    if (rule.matching instanceof RegExp && !rule.matching.test(subject)) continue;
    if (rule.abovePerSecond !== undefined && isWithin(entry)) continue;
    entry.hits += 1;
    const skip = rule.skip ?? 0;
    if (entry.hits <= skip) continue;
    if (rule.every !== undefined && (entry.hits - skip) % rule.every !== 0) continue;
    if (rule.times !== undefined && entry.hits > skip + rule.times) continue;
    if (/^[45]/.test(rule.reply ?? '')) refusals.push({ stage, subject, at: Date.now() });
    if (rule.name !== undefined) hits[rule.name] = (hits[rule.name] ?? 0) + 1;
    return rule;
  }
  return undefined;
}

function isWithin(entry) {
  const { abovePerSecond, burst = abovePerSecond } = entry.rule;
  const now = performance.now();
  const refilled = ((now - (entry.levelAt ?? now)) / 1000) * abovePerSecond;
  entry.level = Math.min(burst, (entry.level ?? burst) + refilled);
  entry.levelAt = now;
  if (entry.level < 1) return false;
  entry.level -= 1;
  return true;
}

function delay(ms, give) {
  const timer = setTimeout(() => {
    delayed.delete(timer);
    give();
  }, ms);
  delayed.set(timer, give);
}

/** What is delayed once more by what it leads to waits its time again. */
function hurry() {
  const due = [...delayed];
  delayed.clear();
  for (const [timer, give] of due) {
    clearTimeout(timer);
    give();
  }
}

function ehloReply(secured) {
  const lines = [
    'sink.invalid',
    ...(options.extensions ?? ['SIZE 52428800', '8BITMIME', 'ENHANCEDSTATUSCODES']),
  ];
  if (options.pipelining !== false) lines.push('PIPELINING');
  if (options.chunking) lines.push('CHUNKING');
  if (options.auth) lines.push(`AUTH ${(options.auth.methods ?? ['PLAIN', 'LOGIN']).join(' ')}`);
  if (secureContext && !secured) lines.push('STARTTLS');
  return lines.map((line, at) => `250${at === lines.length - 1 ? ' ' : '-'}${line}`).join('\r\n');
}

function serve(plain) {
  const connection = ++connections;
  let socket = plain;
  let secured = false;
  let input = nothing;
  let mode = 'command'; // command, data, chunk, login-user, login-pass, plain
  let blocked = false;
  let dead = false;
  let from = '';
  let recipients = [];
  let chunks = [];
  let tail = lineStart;
  let bodyRule;
  let bodySeen = 0;
  /** Of the chunk that is being read: the octets still to come, whether it is the last, whether anybody wants it. */
  let chunk = { owed: 0, isLast: false, isWanted: false };
  let isChunkRefused = false;
  let login = '';
  let leaving = false;
  /** What is still on its way through a bad line. */
  let outbound = null;
  let inbound = null;
  const state = { stage: 'connect', rcpt: '', before: '', isAnswered: false, answeredAt: 0 };

  open.set(plain, state);
  peak = Math.max(peak, open.size);
  plain.setNoDelay(true);
  plain.on('close', () => {
    open.delete(plain);
    if (keep === 'raw') endings.push({ ...state, hasQuit: leaving, endedAt: Date.now() });
  });
  plain.on('error', () => {});

  /** `then` is called once it is written. */
  const emit = (text, then) => {
    if (plain.destroyed) return;
    const bytes = Buffer.from(`${text}\r\n`);
    if (!outbound && !weather.latencyMs && !weather.sliceBytes) {
      socket.write(bytes);
      then?.();
      return;
    }
    const { latencyMs = 0, sliceBytes = bytes.length } = weather;
    const arrives = Date.now() + latencyMs;
    const sent = (outbound ?? Promise.resolve()).then(async () => {
      const wait = arrives - Date.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      let written = 0;
      for (const slice of slicesOf(bytes, sliceBytes)) {
        if (plain.destroyed) return;
        socket.write(slice);
        written += slice.length;
        // What follows the last must follow at once: the other side may answer it at once.
        if (written < bytes.length) await new Promise(setImmediate);
      }
      then?.();
      if (outbound === sent) outbound = null;
    });
    outbound = sent;
  };
  const afterwards = (act) => (outbound ? void outbound.then(act) : act());

  const say = (text, then) => {
    if (dead) return;
    emit(text, then);
    if (text.startsWith('421')) end();
  };
  const end = () => {
    dead = true;
    afterwards(() => socket.end());
  };
  const drop = () => {
    dead = true;
    // What was said before still arrives.
    while (socket.writableCorked > 0) socket.uncork();
    plain.destroy();
  };
  /** Whether the rule says to give no answer at all; then it is done. */
  const isSilenced = (rule) => {
    if (rule?.drop) drop();
    else if (rule?.reset) {
      dead = true;
      plain.resetAndDestroy();
    } else if (rule?.halfClose) {
      // No word more, but whatever comes is still taken from the wire.
      dead = true;
      while (socket.writableCorked > 0) socket.uncork();
      socket.end();
    } else if (rule?.hang) blocked = true;
    else return false;
    return true;
  };

  /** Obeys the rule of a stage, or answers as usual; `then` is told the reply that was given. */
  const step = (stage, subject, usual, then) => {
    note(stage);
    state.stage = stage;
    const rule = ruleFor(stage, subject);
    if (isSilenced(rule)) return;
    const reply = rule?.reply ?? usual;
    const go = () => {
      say(reply);
      then?.(reply);
    };
    if (rule?.delayMs === undefined) return go();
    blocked = true;
    delay(rule.delayMs, () => {
      blocked = false;
      go();
      pump();
    });
  };

  const forget = () => {
    from = '';
    recipients = [];
    chunks = [];
    bodyRule = undefined;
    isChunkRefused = false;
  };

  const finish = (raw) => {
    mode = 'command';
    if (bodyRule?.reply) {
      // It has had its answer.
      state.stage = 'idle';
      return forget();
    }
    note('dot');
    state.stage = 'dot';
    if (keep === 'raw') {
      for (const rcpt of recipients) attempts.push({ rcpt, messageId: messageIdOf(raw), connection });
    }
    const answered = () => {
      state.stage = 'idle';
      state.isAnswered = true;
      state.answeredAt = Date.now();
    };
    const rule = ruleFor('dot', recipients.join(' '));
    const reply =
      rule?.reply ?? `250 2.0.0 Ok: queued as ${(accepted + 1).toString(36).toUpperCase().padStart(8, '0')}`;
    const silent = rule?.drop || rule?.hang || rule?.reset || rule?.halfClose;
    if (rule?.record ?? (!silent && reply.startsWith('2'))) take(raw);
    forget();
    if (isSilenced(rule)) return;
    if (rule?.delayMs === undefined) return say(reply, answered);
    blocked = true;
    delay(rule.delayMs, () => {
      blocked = false;
      say(reply, answered);
      pump();
    });
  };

  const take = (raw) => {
    const entry = { connection, from, size: raw.length, messageId: messageIdOf(raw), at: Date.now() };
    if (keep !== 'none') entry.sha256 = createHash('sha256').update(raw).digest('hex');
    if (keep === 'raw') entry.raw = Buffer.from(raw);
    for (const rcpt of recipients) record.push({ seq: ++accepted, rcpt, ...entry });
    if (waiting.length > 0) settleWaiting();
  };

  const command = (line) => {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'MAIL') {
      const path = /<(.*?)>/.exec(line)?.[1] ?? '';
      if (from !== '') return say('503 5.5.1 nested MAIL');
      if (options.requireAuth && !login) return say('530 5.7.0 Authentication required');
      return step('mail', path, defaults.mail, (reply) => {
        if (reply.startsWith('2')) from = path || '<>';
      });
    }
    if (verb === 'RCPT') {
      const path = /<(.*?)>/.exec(line)?.[1] ?? '';
      if (from === '') return say('503 5.5.1 MAIL first');
      return step('rcpt', path, defaults.rcpt, (reply) => {
        if (!reply.startsWith('2')) return;
        if (recipients.length === 0 && state.isAnswered) state.before = state.rcpt;
        state.isAnswered = false;
        recipients.push(path);
        state.rcpt = recipients.join(' ');
      });
    }
    if (verb === 'DATA') {
      if (recipients.length === 0) return say('503 5.5.1 no valid recipients');
      return step('data', recipients.join(' '), defaults.data, (reply) => {
        if (!reply.startsWith('3')) return;
        mode = 'data';
        tail = lineStart;
        beginBody();
      });
    }
    if (verb === 'BDAT' && options.chunking) return beginChunk(line);
    if (verb === 'EHLO' || verb === 'HELO') {
      forget();
      return step('ehlo', line, verb === 'EHLO' ? ehloReply(secured) : '250 sink.invalid');
    }
    if (verb === 'RSET') {
      forget();
      return step('rset', '', defaults.rset);
    }
    if (verb === 'NOOP') return say('250 2.0.0 Ok');
    if (verb === 'QUIT') {
      leaving = true;
      return step('quit', '', defaults.quit, end);
    }
    if (verb === 'STAR' && secureContext && !secured) {
      return step('starttls', '', '220 2.0.0 Ready to start TLS', (reply) => {
        if (reply.startsWith('220')) afterwards(secure);
      });
    }
    if (verb === 'AUTH' && options.auth) {
      const [, mechanism = '', initial] = line.split(' ');
      if (mechanism.toUpperCase() === 'PLAIN') {
        if (initial) return authenticate(Buffer.from(initial, 'base64').toString().split('\0').slice(1));
        mode = 'plain';
        return say('334 ');
      }
      mode = 'login-user';
      return say('334 VXNlcm5hbWU6');
    }
    say('500 5.5.1 unknown command');
  };

  const beginBody = () => {
    state.stage = 'body';
    chunks = [];
    bodySeen = 0;
    bodyRule = rules.some(({ rule }) => rule.at === 'body') ? 'pending' : undefined;
  };

  /** RFC 3030 §2: what nobody wants is read all the same, and answered when it is over. */
  const beginChunk = (line) => {
    const [, size = '', mark = ''] = line.split(' ');
    if (!/^\d+$/.test(size)) {
      say('501 5.5.4 BDAT takes a number of octets');
      return end();
    }
    chunk = {
      owed: Number(size),
      isLast: mark.toUpperCase() === 'LAST',
      isWanted: recipients.length > 0 && !isChunkRefused,
    };
    mode = 'chunk';
    if (chunk.isWanted && chunks.length === 0) beginBody();
    if (chunk.owed === 0) readChunk();
  };

  const authenticate = ([user, pass]) => {
    mode = 'command';
    const right = user === options.auth.user && pass === options.auth.pass;
    const refusal = '535 5.7.8 Error: authentication failed';
    step('auth', user, right ? defaults.auth : refusal, (reply) => {
      if (reply.startsWith('235')) login = user;
    });
  };

  const answerLogin = (line) => {
    const text = Buffer.from(line, 'base64').toString();
    if (mode === 'plain') return authenticate(text.split('\0').slice(1));
    if (mode === 'login-user') {
      login = text;
      mode = 'login-pass';
      return say('334 UGFzc3dvcmQ6');
    }
    const user = login;
    login = '';
    authenticate([user, text]);
  };

  const secure = () => {
    plain.removeAllListeners('data');
    while (plain.writableCorked > 0) plain.uncork();
    input = nothing;
    socket = new TLSSocket(plain, secureContext);
    socket.on('error', () => {});
    socket.on('data', onData);
    secured = true;
  };

  /** Obeys the rule of the body once its first octet has come; false when no more is to be read for now. */
  const meetBody = () => {
    bodySeen += input.length;
    if (bodyRule !== 'pending' || bodySeen < 1) return true;
    note('body');
    bodyRule = ruleFor('body', recipients.join(' '));
    if (isSilenced(bodyRule)) {
      if (bodyRule.hang) plain.pause();
      return false;
    }
    if (bodyRule?.delayMs !== undefined) {
      blocked = true;
      delay(bodyRule.delayMs, () => {
        blocked = false;
        pump();
      });
      return false;
    }
    // The answer to a chunk is given when the chunk is over.
    if (bodyRule?.reply && mode === 'data') say(bodyRule.reply);
    return !dead;
  };

  /** Takes what has come of a chunk; false while it is not over. */
  const readChunk = () => {
    if (chunk.isWanted && !meetBody()) return false;
    const taken = input.subarray(0, chunk.owed);
    chunk.owed -= taken.length;
    input = input.subarray(taken.length);
    if (chunk.isWanted) chunks.push(taken);
    if (chunk.owed > 0) return false;
    mode = 'command';
    if (!chunk.isWanted) say('503 5.5.1 nobody to give this to');
    else if (bodyRule?.reply) {
      isChunkRefused = true;
      say(bodyRule.reply);
    } else if (chunk.isLast) finish(Buffer.concat(chunks));
    else say('250 2.0.0 Ok');
    return true;
  };

  /** Takes body bytes up to the line that holds a dot alone; false while that line has not come. */
  const readData = () => {
    if (!meetBody()) return false;
    const seam = Buffer.concat([tail, input.subarray(0, 4)]);
    const inSeam = seam.indexOf(endOfData);
    const bodyEnd = inSeam >= 0 ? inSeam - tail.length + 2 : input.indexOf(endOfData) + 2;
    if (inSeam < 0 && bodyEnd === 1) {
      chunks.push(input);
      tail = input.length >= 4 ? input.subarray(-4) : Buffer.concat([tail, input]).subarray(-4);
      input = nothing;
      return false;
    }
    // The dot's own CRLF may have come with the chunk before: then the end lies before this input.
    if (bodyEnd > 0) chunks.push(input.subarray(0, bodyEnd));
    let raw = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    if (bodyEnd < 0) raw = raw.subarray(0, raw.length + bodyEnd);
    input = input.subarray(bodyEnd + 3);
    chunks = [];
    finish(keep === 'none' ? raw : unstuffed(raw));
    return true;
  };

  const pump = () => {
    const corked = socket;
    corked.cork();
    while (!blocked && !dead && input.length > 0) {
      if (mode === 'data') {
        if (!readData()) break;
        continue;
      }
      if (mode === 'chunk') {
        if (!readChunk()) break;
        continue;
      }
      const lineEnd = input.indexOf('\r\n');
      if (lineEnd < 0) break;
      const line = input.toString('utf8', 0, lineEnd);
      input = input.subarray(lineEnd + 2);
      if (mode === 'command') command(line);
      else answerLogin(line);
    }
    corked.uncork();
  };

  const understand = (chunk) => {
    if (dead) return;
    input = input.length === 0 ? chunk : Buffer.concat([input, chunk]);
    pump();
  };
  const onData = (chunk) => {
    if (!inbound && !weather.sliceBytes) return understand(chunk);
    const read = (inbound ?? Promise.resolve()).then(async () => {
      for (const slice of slicesOf(chunk, weather.sliceBytes ?? chunk.length)) {
        // Who has hung up is not listened to any more.
        if (plain.destroyed) return;
        understand(slice);
        await new Promise(setImmediate);
      }
      if (inbound === read) inbound = null;
    });
    inbound = read;
  };

  plain.on('data', onData);
  note('connect');
  const rule = ruleFor('connect', '');
  if (rule?.drop || rule?.reset || rule?.halfClose) return void isSilenced(rule);
  if (rule?.hang) return;
  step('greeting', '', defaults.greeting, (reply) => {
    if (!reply.startsWith('220')) end();
  });
}

/** Pieces of 1 to `most` bytes. */
function* slicesOf(bytes, most) {
  for (let at = 0; at < bytes.length; ) {
    const end = most < bytes.length ? at + 1 + Math.floor(Math.random() * most) : bytes.length;
    yield bytes.subarray(at, end);
    at = end;
  }
}

/** RFC 5321 §4.5.2. */
function unstuffed(raw) {
  if (!raw.includes('\r\n.') && raw[0] !== 0x2e) return raw;
  const text = raw.toString('latin1').replace(/(^|\r\n)\./g, '$1');
  return Buffer.from(text, 'latin1');
}

function messageIdOf(raw) {
  const head = raw.toString('latin1', 0, Math.min(raw.length, 8192));
  const end = head.indexOf('\r\n\r\n');
  return /^message-id:\s*(\S+)/im.exec(end < 0 ? head : head.slice(0, end))?.[1] ?? null;
}

let server;
function listen(port) {
  return new Promise((resolve, reject) => {
    server = createServer({ noDelay: true, allowHalfOpen: false }, serve);
    server.once('error', reject);
    server.listen(port, options.host ?? '127.0.0.1', 1024, () => resolve(server.address().port));
  });
}

function dropAll() {
  for (const socket of open.keys()) socket.destroy();
}

function resetAll() {
  for (const socket of open.keys()) socket.resetAndDestroy();
}

function stages() {
  const counts = {};
  for (const { stage } of open.values()) counts[stage] = (counts[stage] ?? 0) + 1;
  return counts;
}

function answer(id, value) {
  if (process.connected) process.send({ id, value });
}

const requests = {
  rules: (value) => {
    rules = value.map((rule) => ({ rule, hits: 0 }));
  },
  record: () => record,
  refusals: () => refusals,
  clear: () => {
    record = [];
    attempts = [];
    endings = [];
    hits = {};
  },
  attempts: () => attempts,
  endings: () => endings,
  hits: () => hits,
  stages,
  hurry,
  weather: (value) => {
    weather = value;
  },
  reset: resetAll,
  stats: () => ({ accepted, connections, open: open.size, peak, reached: { ...reached } }),
  drop: dropAll,
  down: () =>
    new Promise((resolve) => {
      server.close(resolve);
      dropAll();
    }).then(() => undefined),
  up: (port) => listen(port),
};

process.on('message', async ({ id, type, value }) => {
  if (type === 'await') {
    waiting.push({ id, ...value });
    return settleWaiting();
  }
  answer(id, await requests[type](value));
});
// The test that started us is gone.
process.on('disconnect', () => process.exit(0));

const port = await listen(options.port ?? 0);
process.send({ ready: port });
