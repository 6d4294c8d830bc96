import { setTimeout as pause } from "node:timers/promises";
import { ErrorReply } from "redis";
import { comeBack } from "../../../redis/come-back.js";

/** While Redis reads its data from the disk it refuses everything, so often it is asked again. */
const LOADING_MS = 200;

/** A client that the start has made, and ends if it fails. */
interface StartedClient {
  readonly isOpen: boolean;
  destroy(): void;
}

/** The time until a server has all that it needs of Redis: until then what fails is told, later it is tried again. */
export class RedisStart {
  readonly #ms: number;
  readonly #endsAt: number;
  readonly #clients: StartedClient[] = [];
  #isOver = false;
  #lastError: unknown;

  /** @param ms how long it may take, in milliseconds. */
  constructor(ms: number) {
    this.#ms = ms;
    this.#endsAt = performance.now() + ms;
  }

  /** Ends a client if the start fails. */
  owns(client: StartedClient): void {
    this.#clients.push(client);
  }

  /** Told by the clients of each error that they go on after: why it takes so long. */
  readonly note = (error: unknown): void => {
    this.#lastError = error;
  };

  /** When a client tries again, in milliseconds, or that it gives up: at the start Redis's own refusal, of the password say, is final. */
  readonly tryAgain = (tries: number, cause: unknown): number | false =>
    this.#mayTryAgain(cause) && comeBack(tries);

  /** Does the work. @throws what fails, or Error when it takes too long; no client is open any more then. */
  async within<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new TooLate()), this.#ms);
    });
    // What fails after it was given up has been told.
    work.catch(() => {});
    try {
      return await Promise.race([work, tooLate]);
    } catch (error) {
      // One that has given up is closed already.
      for (const client of this.#clients) if (client.isOpen) client.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
      this.#isOver = true;
    }
  }

  /** Repeats what fails, unless by Redis's own refusal: for a cluster's client, which does not try again by itself until it has found the cluster. */
  async untilReached(work: () => Promise<unknown>): Promise<void> {
    for (let tries = 0; !this.#isOver; tries += 1) {
      try {
        await work();
        return;
      } catch (error) {
        // The client has told before what it failed by.
        this.#lastError ??= error;
        if (!this.#mayTryAgain(this.#lastError)) throw this.#lastError;
        await pause(comeBack(tries));
      }
    }
  }

  /** Repeats what Redis refuses because it is loading its data, or is not whole yet. */
  async untilLoaded(work: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await work();
        return;
      } catch (error) {
        if (!(error instanceof ErrorReply && isPassing(error)) || this.#isOver) throw error;
        this.#lastError = error;
        await pause(LOADING_MS);
      }
    }
  }

  /** Why it failed, in words. */
  reasonOf(error: unknown): string {
    const cause = error instanceof TooLate ? (this.#lastError ?? "it does not answer") : error;
    const text = textOf(cause);
    return /unknown command .?spublish/i.test(text) ? `Redis 7 or Valkey is needed (${text})` : text;
  }

  #mayTryAgain(cause: unknown): boolean {
    if (this.#isOver) return true;
    return (!(cause instanceof ErrorReply) || isPassing(cause)) && performance.now() < this.#endsAt;
  }
}

class TooLate extends Error {}

function isPassing({ message }: ErrorReply): boolean {
  return /^(LOADING|CLUSTERDOWN)/.test(message);
}

/** A name that has several addresses fails with all of their errors, and no message. */
function textOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(textOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
