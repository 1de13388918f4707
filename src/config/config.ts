/** What the configuration says once it is read and checked: frozen values that are passed on, never read again. */

import type { ThemeConfig } from './theme.ts';

/** Structurally the Topic of src/digest; this room imports core alone. */
export interface TopicConfig {
  readonly id: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly aliases: readonly string[];
  readonly alone?: readonly string[];
  readonly words?: readonly string[];
  readonly hints?: readonly string[];
}

export interface Sender {
  readonly name: string;
  readonly address: string;
}

export interface NewsletterConfig {
  readonly id: string;
  readonly name: string;
  readonly from: Sender;
  readonly replyTo?: string;
  readonly language: 'zh' | 'en';
  /** IANA name. */
  readonly timezone: string;
  readonly schedule: {
    /** Local hour 0–23 of a subscriber who has chosen none. */
    readonly hour: number;
  };
  /** A delivery expires this long after its recipient's own send time. Default 18. */
  readonly freshHours: number;
  /** Hours after publication at which an issue ends, whatever is left. Default 26. */
  readonly maxIssueAge: number;
  /** How the digest came to be, told in the footer. Default `machine`. */
  readonly assembledBy: 'machine' | 'edited';
  /** Sponsored issues carry 广告 in the subject. Default false. */
  readonly sponsored: boolean;
  /** Whether everybody may read past issues on the web, listed and as a feed. Default false. */
  readonly archive: boolean;
  /** Who is written to with questions; default: replyTo, else from. */
  readonly contact?: string;
  /** The operator's page for subscribing, told in copies that anybody may read; default: a mail to `contact`. */
  readonly subscribeUrl?: string;
  readonly theme: ThemeConfig;
}

export interface RelayConfig {
  /** `smtp://user@host:587`, `smtps://…`, `file:DIR`, `stub:`. Never holds a password. */
  readonly url: string;
  /** Name of the environment variable that holds the password. */
  readonly passwordEnv?: string;
  /** Connections of one worker process. Default 10. */
  readonly connections: number;
  /** Connections of all worker processes together; absent: only those of each are counted. */
  readonly maxConnections?: number;
  /** A connection is renewed after this many messages. Default 500. */
  readonly messagesPerConnection: number;
  /** Whether messages go in chunks (RFC 3030) where the relay offers it. Default true. */
  readonly chunking: boolean;
  /** Messages a minute, of all worker processes together; absent: only what the relay's replies teach. */
  readonly perMinute?: number;
  /** What kind of relay it is; see `src/transport/relay-profile.ts`. Default `plain`. */
  readonly profile: 'plain' | 'postfix' | 'ses' | 'final';
}

/** Recipients of one mailbox provider, paced together. Structurally the LaneConfig of src/pacing. */
export interface LaneConfig {
  /** Absent: the built-in lane of its first domain, else that domain. */
  readonly id?: string;
  readonly domains: readonly string[];
  /** Messages a minute, of all worker processes together. */
  readonly perMinute?: number;
  /** Copies under way at one time, of all worker processes together. */
  readonly connections?: number;
}

/** A key that signs mail of a domain, and of the domains below it. */
export interface DkimConfig {
  readonly domain: string;
  readonly selector: string;
  /** Absolute path of the PEM. */
  readonly privateKeyFile: string;
}

export interface Config {
  /** Absolute path of the file these values came from. */
  readonly file: string;
  readonly newsletters: readonly NewsletterConfig[];
  /** Empty when the file has none: the built-in table is used. */
  readonly topics: readonly TopicConfig[];
  /** Legal name and postal address, shown in every mail; sending refuses without them. */
  readonly legalName: string;
  readonly postalAddress: string;
  /** Words that are never to be sent: `check` refuses a digest that holds one. Default none. */
  readonly denyWords: readonly string[];
  readonly sending: {
    /** In order: the first is preferred, the next takes over while it is away. */
    readonly relays: readonly RelayConfig[];
    readonly lanes: readonly LaneConfig[];
    readonly dkim: readonly DkimConfig[];
  };
  /** ≥ 14. How long rows and digests of an issue are kept. */
  readonly retentionDays: number;
  /** `strict` demands `appendfsync always` of Redis. */
  readonly durability: 'strict' | 'relaxed';
}

export interface Environment {
  /** Absent: the private Redis of the data folder. */
  readonly redisUrl?: string;
  /** Replaces the relay list; may hold a password; never logged. */
  readonly smtpUrl?: string;
  /** Origin of the pages, without a trailing slash; https unless loopback. Default `http://127.0.0.1:<port>`. */
  readonly publicUrl: string;
  readonly port: number;
  readonly host: string;
  readonly logLevel: string;
  /** Absolute. */
  readonly dataDir: string;
  readonly operatorToken?: string;
  /** The keyring as JSON text or the path of its file, as given. */
  readonly keyring?: string;
  /** Values of the variables that `passwordEnv` of relays name. */
  readonly relayPasswords: Readonly<Record<string, string>>;
}

/** Keys that sign. Never logged, never in a job, never in an error. */
export interface Keyring {
  /** Newest first; the first signs, all verify. */
  readonly tokenKeys: readonly { readonly id: string; readonly secret: Buffer }[];
  /** Newest first; an issue freezes the id it started with. */
  readonly messageIdKeys: readonly { readonly id: string; readonly secret: Buffer }[];
  /** Never rotated: suppressions are found by it. */
  readonly suppressionPepper: Buffer;
}
