import { createHmac, randomBytes } from "node:crypto";
import type { Clock } from "../clock.js";
import { type ImapCredentials, secretOf } from "./imap-connections-credentials.js";

/** What the IMAP server said of a login. */
export type LoginVerdict = "taken" | "refused";

interface Entry {
  readonly verdict: LoginVerdict;
  readonly untilMs: number;
}

const MOST_ENTRIES = 20_000;

/** For so long a refusal of what the server took before is doubted: Dovecot, while it is being stopped, refuses passwords that are right. */
const DOUBT_MS = 10_000;

/**
 * What the IMAP server said of logins, for a short time: phones send their password with every request, and a wrong one again and again. Secrets are kept as
 * hashes with a salt of this process alone.
 */
export class LoginMemory {
  readonly #clock: Clock;
  readonly #lifeMs: Readonly<Record<LoginVerdict, number>>;
  readonly #salt = randomBytes(32);
  /** In the order in which they were noted. */
  readonly #entries = new Map<string, Entry>();
  /** Logins that the server took when it was asked last, and since when it refuses them; in the order in which they were taken. */
  readonly #taken = new Map<string, number | undefined>();

  constructor(options: {
    readonly clock: Clock;
    readonly rememberLoginMs: number;
    readonly rememberRefusalMs: number;
  }) {
    this.#clock = options.clock;
    this.#lifeMs = { taken: options.rememberLoginMs, refused: options.rememberRefusalMs };
  }

  /** What the server said lately; undefined when it must be asked. */
  recall(credentials: ImapCredentials): LoginVerdict | undefined {
    const key = this.keyOf(credentials);
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.untilMs > this.#clock.monotonicNow()) return entry.verdict;
    this.#entries.delete(key);
    return undefined;
  }

  /** Whether the server took a login when it was asked last, or refuses it since too short a time to be believed. */
  hasTaken(credentials: ImapCredentials): boolean {
    return this.#taken.has(this.keyOf(credentials));
  }

  /** The server has taken a login. */
  taken(credentials: ImapCredentials): void {
    const key = this.keyOf(credentials);
    this.#note(key, "taken");
    this.#taken.delete(key);
    this.#taken.set(key, undefined);
    dropOldest(this.#taken);
  }

  /**
   * The server has refused a login.
   *
   * @returns whether it is to be believed: a login that it took before must be refused for ten seconds.
   */
  refused(credentials: ImapCredentials): boolean {
    const key = this.keyOf(credentials);
    const nowMs = this.#clock.monotonicNow();
    if (this.#taken.has(key)) {
      const sinceMs = this.#taken.get(key) ?? nowMs;
      this.#taken.set(key, sinceMs);
      if (nowMs - sinceMs < DOUBT_MS) return false;
      this.#taken.delete(key);
    }
    this.#note(key, "refused");
    return true;
  }

  #note(key: string, verdict: LoginVerdict): void {
    this.#entries.delete(key);
    this.#entries.set(key, { verdict, untilMs: this.#clock.monotonicNow() + this.#lifeMs[verdict] });
    dropOldest(this.#entries);
  }

  /** Names credentials without telling them. */
  keyOf(credentials: ImapCredentials): string {
    const hmac = createHmac("sha256", this.#salt);
    const who = credentials.kind === "password" ? (credentials.authorizeAs ?? "") : "";
    for (const part of [credentials.kind, credentials.user, who, secretOf(credentials)]) {
      hmac.update(`${Buffer.byteLength(part)}:${part}`);
    }
    return hmac.digest("base64");
  }
}

function dropOldest(map: Map<string, unknown>): void {
  if (map.size <= MOST_ENTRIES) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
