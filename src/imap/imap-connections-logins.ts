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

  note(credentials: ImapCredentials, verdict: LoginVerdict): void {
    const key = this.keyOf(credentials);
    this.#entries.delete(key);
    this.#entries.set(key, { verdict, untilMs: this.#clock.monotonicNow() + this.#lifeMs[verdict] });
    if (this.#entries.size <= MOST_ENTRIES) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
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
