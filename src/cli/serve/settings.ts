import type { HeartbeatLearning } from "../../options.js";

/** How a mail server is reached. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  /** `implicit`: TLS from the first byte. `starttls`: demanded before anything else. `none`: in the clear, for this machine. */
  readonly tls: "implicit" | "starttls" | "none";
}

/** Who logs in where the phone's own login is not used. Its password is a secret. */
export interface Account {
  readonly user: string;
  readonly password: string;
}

/** Where mail is submitted. */
export interface SmtpSettings extends ServerAddress {
  /** `phone`: with the login of the phone. */
  readonly login: "phone" | "none" | Account;
}

/** The mail server that phones get to see. */
export interface MailSettings {
  readonly imap: ServerAddress;
  /** Without it phones cannot send. */
  readonly smtp: SmtpSettings | undefined;
  /** Opens every mailbox; undefined for the phone's own login. */
  readonly master: (Account & { readonly form: "authzid" | "suffix" }) | undefined;
  /** Added to users who log in without one. */
  readonly domain: string | undefined;
  /** What users' names lack to be addresses; undefined: nothing, or they have none. */
  readonly addressDomain: string | undefined;
  /** A file of certificates in PEM that the mail server's is checked against, besides the known ones. */
  readonly caFile: string | undefined;
  /** Takes whatever certificate the mail server has. */
  readonly insecure: boolean;
  /** Whether sent mail is copied into the folder for it, or the server does that by itself. */
  readonly copiesToSent: boolean;
  /** `auto`: by NOTIFY where the server has it, else by IDLE. */
  readonly watch: "auto" | "idle" | "poll";
  /** Where the server tells of no change by itself: how often it is asked, in seconds. */
  readonly pollSeconds: number;
}

/** Where requests are taken. */
export interface ListenSettings {
  /** Undefined: every address of the machine. */
  readonly host: string | undefined;
  /** 0 for any that is free. */
  readonly port: number;
  /** Undefined: plain HTTP, for behind a proxy. */
  readonly certificate: CertificateFiles | undefined;
  /** After how many idle seconds TCP probes a connection; never where absent. */
  readonly keepAliveSeconds?: number;
}

/** A certificate with its chain, and its key, in PEM. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** A port for operators. */
export interface OperatorPort {
  readonly host: string;
  readonly port: number;
}

/** What is written to the log: each level has those before it. */
export type LogLevel = "error" | "warn" | "info";

/** The operators' page. */
export interface StatusPort extends OperatorPort {
  /** Host names that it may be asked for by, besides its address. */
  readonly names: readonly string[];
}

/** Where it is kept what phones have got so far. */
export type StateSettings =
  | { readonly kind: "memory" }
  | { readonly kind: "folder"; readonly folder: string }
  | RedisSettings;

/** Redis, over which many processes and machines are one server. */
export interface RedisSettings {
  readonly kind: "redis";
  /** Of a Redis, or of nodes of a Redis Cluster. They may hold a password, which is a secret. */
  readonly urls: readonly [string, ...string[]];
  /** The URLs without user and password: what may be shown. */
  readonly place: string;
}

/** Everything that `direct-push serve` was told, checked. */
export interface ServeSettings {
  readonly mail: MailSettings;
  readonly listen: ListenSettings;
  readonly trustedProxies: readonly string[];
  readonly state: StateSettings;
  /** Devices that were not seen for so many days are forgotten; 0: never, which Redis does not offer. */
  readonly forgetAfterDays: number;
  readonly autodiscoverUrl: string | undefined;
  readonly heartbeat: {
    readonly minSeconds: number;
    readonly maxSeconds: number;
    readonly learning: HeartbeatLearning;
  };
  readonly workers: number;
  /** Over how long the answers to held requests are spread when the server ends. */
  readonly drainSeconds: number;
  readonly metrics: OperatorPort | undefined;
  readonly status: StatusPort | undefined;
  readonly logLevel: LogLevel;
  /** Given: only look whether all is well, by logging in as this user. */
  readonly check: { readonly user: string | undefined } | undefined;
}
