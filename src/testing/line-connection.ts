import type { Socket } from "node:net";
import type { Clock, ClockTimer } from "../clock.js";
import { includesEnd, type LineConduct, type LineCut, type LineEnds } from "./line-conduct.js";
import { SlowPipe } from "./slow-pipe.js";

/** What a connection needs of its line. */
export interface LineOfConnection {
  readonly clock: Clock;
  conduct(): LineConduct;
  /** Whether the answer that begins now is to be lost; each yes uses up one. */
  losesAnswer(): boolean;
  count(what: "bytesToServer" | "bytesToClient" | "bytesLost" | "hiddenCloses", by: number): void;
  countCut(how: LineCut): void;
  over(connection: LineConnection): void;
}

/** One connection through a line: a socket to each end, and what the line does to them. */
export class LineConnection {
  readonly #line: LineOfConnection;
  readonly #sockets: { readonly client: Socket; readonly server: Socket };
  readonly #pipes: { readonly client: SlowPipe; readonly server: SlowPipe };
  #lastByteMs: number;
  #idleTimer: ClockTimer | undefined;
  #isCut = false;
  #awaitsAnswer = false;
  #openSockets = 2;

  constructor(client: Socket, server: Socket, line: LineOfConnection) {
    this.#line = line;
    this.#sockets = { client, server };
    const speed = () => {
      const { delayMs = 0, bytesPerSecond = Number.POSITIVE_INFINITY } = line.conduct();
      return { delayMs, bytesPerSecond };
    };
    this.#pipes = {
      client: new SlowPipe(client, server, line.clock, speed),
      server: new SlowPipe(server, client, line.clock, speed),
    };
    this.#lastByteMs = line.clock.monotonicNow();
    this.#attach("client");
    this.#attach("server");
    this.armIdleCut();
  }

  /** Counts the idle time anew with the conduct as it is now, from the last byte. */
  armIdleCut(): void {
    if (this.#idleTimer !== undefined) this.#line.clock.clearTimer(this.#idleTimer);
    this.#idleTimer = undefined;
    const { idleCut } = this.#line.conduct();
    if (idleCut === undefined || this.#isCut) return;
    const waitedMs = this.#line.clock.monotonicNow() - this.#lastByteMs;
    const cut = (): void => this.cut(idleCut.how, idleCut.seenBy);
    this.#idleTimer = this.#line.clock.setTimer(cut, Math.max(0, idleCut.afterMs - waitedMs));
  }

  /** Cuts the connection now. */
  cut(how: LineCut, seenBy: LineEnds = "both"): void {
    if (this.#isCut) return;
    this.#forget();
    this.#line.countCut(how);
    for (const end of ["client", "server"] as const) {
      if (how === "silence" || !includesEnd(seenBy, end)) continue;
      if (how === "rst") this.#sockets[end].resetAndDestroy();
      else this.#sockets[end].destroySoon();
    }
  }

  /** Ends both sockets at once, whatever state they are in. */
  destroy(): void {
    this.#forget();
    this.#sockets.client.destroy();
    this.#sockets.server.destroy();
  }

  /** From now on what comes in is lost. */
  #forget(): void {
    this.#isCut = true;
    if (this.#idleTimer !== undefined) this.#line.clock.clearTimer(this.#idleTimer);
    this.#idleTimer = undefined;
    this.#line.count("bytesLost", this.#pipes.client.shut() + this.#pipes.server.shut());
  }

  #attach(end: "client" | "server"): void {
    const socket = this.#sockets[end];
    socket.setNoDelay(true);
    let failed = false;
    socket.on("data", (bytes: Uint8Array) => this.#pass(end, bytes));
    socket.on("error", () => {
      failed = true;
    });
    socket.on("end", () => this.#ended(end, "fin"));
    socket.on("close", () => {
      this.#openSockets -= 1;
      if (failed) this.#ended(end, "rst");
      if (this.#openSockets === 0) this.#line.over(this);
      if (this.#openSockets === 0) this.#forget();
    });
  }

  #pass(from: "client" | "server", bytes: Uint8Array): void {
    if (!this.#isCut) this.#lastByteMs = this.#line.clock.monotonicNow();
    if (from === "client") this.#awaitsAnswer = true;
    else if (this.#awaitsAnswer && !this.#isCut) {
      this.#awaitsAnswer = false;
      if (this.#line.losesAnswer()) this.#forget();
    }
    if (this.#isCut) {
      this.#line.count("bytesLost", bytes.length);
      return;
    }
    this.#line.count(from === "client" ? "bytesToServer" : "bytesToClient", bytes.length);
    this.#pipes[from].push(bytes);
    this.armIdleCut();
  }

  /** An end has left: the other is told in the same way, unless that is to be hidden. */
  #ended(end: "client" | "server", how: "fin" | "rst"): void {
    const leaving = this.#sockets[end];
    const other = this.#sockets[end === "client" ? "server" : "client"];
    if (this.#isCut) {
      leaving.end();
      return;
    }
    if (includesEnd(this.#line.conduct().hideCloseOf, end)) {
      this.#line.count("hiddenCloses", 1);
      this.#forget();
      leaving.end();
      return;
    }
    if (how === "rst") {
      this.#forget();
      other.resetAndDestroy();
    } else this.#pipes[end].end(() => other.end());
  }
}
