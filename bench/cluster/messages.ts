/** What the bench tells a process that serves phones. */
export type NodeOrder =
  /** Sets phones up, many at a time; the value is the SyncKey of each one's inbox. */
  | { readonly kind: "set-up"; readonly from: number; readonly phones: number }
  /** A mail arrives for each of these phones' users: its copy of the mailbox has it, and nobody is told. */
  | { readonly kind: "deliver"; readonly phones: readonly number[] }
  /** Tells of the last mail of each, one after the other; the value is when each was told. */
  | { readonly kind: "publish"; readonly phones: readonly number[]; readonly gapMs: number }
  | { readonly kind: "held" }
  | { readonly kind: "memory" }
  | { readonly kind: "idle-cpu"; readonly seconds: number }
  | { readonly kind: "redis-counts" }
  /** Answers what is held, spread over its time, and lets go of Redis; the value comes when that is done. */
  | { readonly kind: "close" };

/** What a process sent to Redis since its start. */
export interface SentToRedis {
  readonly commands: number;
  readonly roundTrips: number;
}

/** What the bench tells a process that plays phones. */
export type ClusterPhonesOrder =
  /** Each phone sends a Ping, the first to the first port, and so on in turn; the value is how many had to be sent again. */
  | {
      readonly kind: "connect";
      readonly ports: readonly number[];
      readonly from: number;
      readonly phones: number;
    }
  /** Each of these phones sends another Ping to the port, over a new connection; the value is when it was sent. */
  | {
      readonly kind: "ping-anew";
      readonly phones: readonly number[];
      readonly port: number;
      readonly gapMs: number;
    }
  /** When each of these phones had its last answer; null where it had none. */
  | { readonly kind: "arrivals"; readonly phones: readonly number[] }
  /** When each of these phones, since it goes on, had a Sync that brought something; null where it had none. */
  | { readonly kind: "synced"; readonly phones: readonly number[] }
  /** One phone syncs; the value is whether something came. */
  | { readonly kind: "sync"; readonly phone: number }
  | { readonly kind: "ping"; readonly phone: number }
  /** Phones that wait for nothing ping, and from now on a phone that is answered goes on: it syncs what changed, and pings again at the port with the fewest phones. */
  | { readonly kind: "go-on"; readonly ports: readonly number[] }
  /** Those that go on use these ports from now on. */
  | { readonly kind: "ports"; readonly ports: readonly number[] }
  | { readonly kind: "keys"; readonly from: number; readonly keys: readonly string[] }
  | { readonly kind: "fates" };

/** What happened to phones that go on. */
export interface PhoneFates {
  /** Connections that ended without an answer to a request. */
  readonly broken: number;
  /** Connections that were refused: the next port was tried. */
  readonly refused: number;
  /** Pings that were answered "nothing changed": their server was closed. */
  readonly sentAway: number;
  /** Answers other than 200. */
  readonly turnedAway: number;
  /** Requests that wait for an answer. */
  readonly waiting: number;
}
