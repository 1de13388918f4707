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
  ? { ...(await import('smtp-server/lib/tls-options.js')).default(), isServer: true }
  : undefined;

/** @type {{rule: object, hits: number}[]} */
let rules = [];
let record = [];
let accepted = 0;
let connections = 0;
let peak = 0;
const open = new Set();
const reached = {};
let waiting = [];
const refusals = [];

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

function ehloReply(secured) {
  const lines = [
    'sink.invalid',
    ...(options.extensions ?? ['SIZE 52428800', '8BITMIME', 'ENHANCEDSTATUSCODES']),
  ];
  if (options.pipelining !== false) lines.push('PIPELINING');
  if (options.auth) lines.push(`AUTH ${(options.auth.methods ?? ['PLAIN', 'LOGIN']).join(' ')}`);
  if (secureContext && !secured) lines.push('STARTTLS');
  return lines.map((line, at) => `250${at === lines.length - 1 ? ' ' : '-'}${line}`).join('\r\n');
}

function serve(plain) {
  const connection = ++connections;
  let socket = plain;
  let secured = false;
  let input = nothing;
  let mode = 'command'; // command, data, login-user, login-pass, plain
  let blocked = false;
  let dead = false;
  let from = '';
  let recipients = [];
  let chunks = [];
  let tail = lineStart;
  let bodyRule;
  let bodySeen = 0;
  let login = '';

  open.add(plain);
  peak = Math.max(peak, open.size);
  plain.setNoDelay(true);
  plain.on('close', () => open.delete(plain));
  plain.on('error', () => {});

  const say = (text) => {
    if (dead) return;
    socket.write(`${text}\r\n`);
    if (text.startsWith('421')) end();
  };
  const end = () => {
    dead = true;
    socket.end();
  };
  const drop = () => {
    dead = true;
    // What was said before still arrives.
    while (socket.writableCorked > 0) socket.uncork();
    plain.destroy();
  };

  /** Obeys the rule of a stage, or answers as usual; `then` is told the reply that was given. */
  const step = (stage, subject, usual, then) => {
    note(stage);
    const rule = ruleFor(stage, subject);
    if (rule?.drop) return drop();
    if (rule?.hang) {
      blocked = true;
      return;
    }
    const reply = rule?.reply ?? usual;
    const go = () => {
      say(reply);
      then?.(reply);
    };
    if (rule?.delayMs === undefined) return go();
    blocked = true;
    setTimeout(() => {
      blocked = false;
      go();
      pump();
    }, rule.delayMs);
  };

  const forget = () => {
    from = '';
    recipients = [];
  };

  const finish = (raw) => {
    mode = 'command';
    note('dot');
    const rule = ruleFor('dot', recipients.join(' '));
    const reply =
      rule?.reply ?? `250 2.0.0 Ok: queued as ${(accepted + 1).toString(36).toUpperCase().padStart(8, '0')}`;
    const silent = rule?.drop || rule?.hang;
    if (rule?.record ?? (!silent && reply.startsWith('2'))) take(raw);
    forget();
    if (rule?.drop) return drop();
    if (rule?.hang) {
      blocked = true;
      return;
    }
    if (rule?.delayMs === undefined) return say(reply);
    blocked = true;
    setTimeout(() => {
      blocked = false;
      say(reply);
      pump();
    }, rule.delayMs);
  };

  const take = (stuffed) => {
    const raw = keep === 'none' ? stuffed : unstuffed(stuffed);
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
        if (reply.startsWith('2')) recipients.push(path);
      });
    }
    if (verb === 'DATA') {
      if (recipients.length === 0) return say('503 5.5.1 no valid recipients');
      return step('data', recipients.join(' '), defaults.data, (reply) => {
        if (!reply.startsWith('3')) return;
        mode = 'data';
        chunks = [];
        tail = lineStart;
        bodySeen = 0;
        bodyRule = rules.some(({ rule }) => rule.at === 'body') ? 'pending' : undefined;
      });
    }
    if (verb === 'EHLO' || verb === 'HELO') {
      forget();
      return step('ehlo', line, verb === 'EHLO' ? ehloReply(secured) : '250 sink.invalid');
    }
    if (verb === 'RSET') {
      forget();
      return step('rset', '', defaults.rset);
    }
    if (verb === 'NOOP') return say('250 2.0.0 Ok');
    if (verb === 'QUIT') return step('quit', '', defaults.quit, end);
    if (verb === 'STAR' && secureContext && !secured) {
      return step('starttls', '', '220 2.0.0 Ready to start TLS', (reply) => {
        if (reply.startsWith('220')) secure();
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

  /** Takes body bytes up to the line that holds a dot alone; false while that line has not come. */
  const readData = () => {
    bodySeen += input.length;
    if (bodyRule === 'pending' && bodySeen >= 1) {
      note('body');
      bodyRule = ruleFor('body', recipients.join(' '));
      if (bodyRule?.drop) {
        drop();
        return false;
      }
      if (bodyRule?.hang) {
        blocked = true;
        plain.pause();
        return false;
      }
      if (bodyRule?.reply) {
        say(bodyRule.reply);
        mode = 'swallow';
        return false;
      }
    }
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
    finish(raw);
    return true;
  };

  const pump = () => {
    const corked = socket;
    corked.cork();
    while (!blocked && !dead && input.length > 0) {
      if (mode === 'swallow') {
        input = nothing;
        break;
      }
      if (mode === 'data') {
        if (!readData()) break;
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

  const onData = (chunk) => {
    if (dead) return;
    input = input.length === 0 ? chunk : Buffer.concat([input, chunk]);
    pump();
  };

  plain.on('data', onData);
  note('connect');
  const rule = ruleFor('connect', '');
  if (rule?.drop) return drop();
  if (rule?.hang) return;
  step('greeting', '', defaults.greeting, (reply) => {
    if (!reply.startsWith('220')) end();
  });
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
  for (const socket of open) socket.destroy();
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
  },
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
