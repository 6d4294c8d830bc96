import { connect, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import type { ResolvedConnectionsOptions } from "./imap-connections-options.js";

/** A server that is being stopped closes a new connection within this time, or takes none. */
const STANDING_MS = 1_000;

/**
 * Whether the IMAP server goes on working: Dovecot, while it is being stopped, refuses logins that are right. It is looked at through a connection without a
 * login, so that no failed attempt is counted against anybody; one at a time, whatever the number of those who ask.
 */
export class ServerStanding {
  readonly #options: ResolvedConnectionsOptions;
  #running: Promise<boolean> | undefined;
  #next: Promise<boolean> | undefined;

  constructor(options: ResolvedConnectionsOptions) {
    this.#options = options;
  }

  /** Resolves when the server has greeted a connection that was begun since, and kept it for a second; never rejects. */
  stands(): Promise<boolean> {
    const running = this.#running;
    if (running === undefined) {
      const look = this.#look().finally(() => {
        this.#running = undefined;
      });
      this.#running = look;
      return look;
    }
    // What runs already may have begun before what the asker knows of.
    this.#next ??= running.then(() => {
      this.#next = undefined;
      return this.stands();
    });
    return this.#next;
  }

  #look(): Promise<boolean> {
    const { clock, connectMs } = this.#options;
    const socket = this.#open();
    return new Promise((resolve) => {
      let timer = clock.setTimer(() => end(false), connectMs);
      let text = "";
      const end = (stands: boolean): void => {
        clock.clearTimer(timer);
        socket.destroy();
        resolve(stands);
      };
      socket.setEncoding("latin1").on("data", (piece: string) => {
        text = (text + piece).slice(0, 1_024);
        if (/^\* BYE/im.test(text)) return end(false);
        if (!/^\* (?:OK|PREAUTH)/i.test(text)) return;
        clock.clearTimer(timer);
        timer = clock.setTimer(() => end(true), STANDING_MS);
      });
      socket.on("error", () => end(false));
      socket.on("close", () => end(false));
    });
  }

  #open(): Socket {
    const { host, port, tls, tlsOptions } = this.#options;
    return tls === "implicit" ? connectSecurely({ ...tlsOptions, host, port }) : connect({ host, port });
  }
}
