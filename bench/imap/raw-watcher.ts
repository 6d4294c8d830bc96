import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { nowNs } from "../held/messages.js";
import { passwordOf } from "./messages.js";

/** How a mail server tells of changes by itself. */
export type Told = "NOTIFY" | "IDLE";

/** The least that an IMAP client can be which is told of new mail: the baseline, since no gateway can know sooner. */
export class RawWatcher {
  readonly #socket: Socket;
  /** When it was told of something since it watches, in nanoseconds. */
  toldNs: number | undefined;
  #isWatching = false;
  #text = "";
  #onText: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("latin1").on("data", (piece: string) => {
      if (this.#isWatching && /^\* (?:STATUS|\d+ EXISTS)/m.test(piece)) this.toldNs ??= nowNs();
      this.#text += piece;
      this.#onText();
    });
  }

  /** Logs in and watches the inbox. */
  static async start(port: number, user: string, told: Told): Promise<RawWatcher> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    const watcher = new RawWatcher(socket);
    await watcher.#ask(`a LOGIN "${user}" "${passwordOf(user)}"`, /^a OK/m);
    if (told === "NOTIFY") {
      await watcher.#ask("b NOTIFY SET (personal (MessageNew MessageExpunge))", /^b OK/m);
    } else {
      await watcher.#ask("b EXAMINE INBOX", /^b OK/m);
      await watcher.#ask("c IDLE", /^\+ /m);
    }
    watcher.#isWatching = true;
    return watcher;
  }

  /** Ends it. */
  stop(): void {
    this.#socket.destroy();
  }

  async #ask(line: string, answer: RegExp): Promise<void> {
    this.#text = "";
    this.#socket.write(`${line}\r\n`);
    await new Promise<void>((resolve, reject) => {
      this.#onText = () => {
        if (answer.test(this.#text)) resolve();
        else if (/^\w (?:NO|BAD)/m.test(this.#text)) reject(new Error(this.#text));
      };
      this.#onText();
    });
  }
}
