import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { type Clock, systemClock } from "../clock.js";
import { check, isObject, wholeNumber } from "../server/check-options.js";
import { assertConduct, assertCut, type LineConduct, type LineCut } from "./line-conduct.js";
import { LineConnection, type LineOfConnection } from "./line-connection.js";

/** Where a line leads. */
export interface LineTarget {
  /** 1 to 65535. */
  readonly port: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
}

/** What a line has done so far. */
export interface LineCounts {
  /** Connections that were made. */
  readonly connections: number;
  /** Of these, those of which an end is still open. */
  readonly open: number;
  /** Connections that were cut, by how. */
  readonly cuts: Readonly<Record<LineCut, number>>;
  readonly lostAnswers: number;
  /** Ends that left without the other being told. */
  readonly hiddenCloses: number;
  readonly bytesToServer: number;
  readonly bytesToClient: number;
  /** Bytes that an end sent and nobody got. */
  readonly bytesLost: number;
}

/** For {@link UnreliableLine.open}. */
export interface UnreliableLineOptions extends LineConduct {
  /** Default: the system's. With a `FakeClock`, an idle limit of minutes passes in no time; the sockets are real all the same. */
  readonly clock?: Clock;
}

/**
 * A TCP proxy on a free port of 127.0.0.1 that misbehaves on demand: it cuts idle connections with a reset, in order, or in silence, loses answers,
 * is slow, keeps from one end that the other has left, and changes its mind. Put it between a server and a client to see what becomes of held requests on a network that drops
 * them, with seconds for minutes. It works above TCP: both ends' segments are acknowledged even where the line is dead, so that TCP's own keep-alive
 * probes never notice.
 */
export class UnreliableLine {
  readonly #server: Server;
  readonly #target: LineTarget;
  readonly #connections = new Set<LineConnection>();
  readonly #clock: Clock;
  #conduct: LineConduct = {};
  #answersToLose = 0;
  readonly #cuts = { rst: 0, fin: 0, silence: 0 };
  readonly #sums = { connections: 0, lostAnswers: 0, hiddenCloses: 0 };
  readonly #bytes = { bytesToServer: 0, bytesToClient: 0, bytesLost: 0 };

  private constructor(target: LineTarget, { clock = systemClock, ...conduct }: UnreliableLineOptions) {
    this.#target = target;
    this.#clock = clock;
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
    this.behave(conduct);
  }

  /**
   * Opens a line to a server, ready to be connected to.
   *
   * @throws DirectPushError `ERR_OPTION_INVALID` for an option that is out of its range or of the wrong type.
   */
  static async open(target: LineTarget, options: UnreliableLineOptions = {}): Promise<UnreliableLine> {
    check(isObject(target), "target", "an object", target);
    wholeNumber("target.port", target.port, 1, 65_535);
    const line = new UnreliableLine(target, options);
    await once(line.#server.listen(0, "127.0.0.1"), "listening");
    return line;
  }

  /** The port that clients connect to. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What the line has done so far. */
  get counts(): LineCounts {
    return { ...this.#sums, ...this.#bytes, open: this.#connections.size, cuts: { ...this.#cuts } };
  }

  /**
   * Behaves so from now on, also towards connections that are open: an idle limit counts from their last byte. What `conduct` leaves out is done as by a
   * good line. What is cut already stays so.
   *
   * @throws DirectPushError `ERR_OPTION_INVALID` for an option that is out of its range or of the wrong type.
   */
  behave(conduct: LineConduct): void {
    assertConduct(conduct);
    this.#conduct = { ...conduct };
    this.#answersToLose = conduct.lostAnswers ?? 0;
    for (const connection of this.#connections) connection.armIdleCut();
  }

  /** Cuts every connection that is open, now. */
  cut(how: LineCut): void {
    assertCut("how", how);
    for (const connection of this.#connections) connection.cut(how);
  }

  /** Closes every connection and stops listening. Leaves no timer, socket or port behind. */
  async close(): Promise<void> {
    const closed = this.#server.listening ? once(this.#server, "close") : undefined;
    if (closed !== undefined) this.#server.close();
    for (const connection of this.#connections) connection.destroy();
    await closed;
  }

  #accept(client: Socket): void {
    this.#sums.connections += 1;
    const { port, host = "127.0.0.1" } = this.#target;
    const server = connect({ port, host, allowHalfOpen: true });
    this.#connections.add(new LineConnection(client, server, this.#forConnection()));
  }

  #forConnection(): LineOfConnection {
    return {
      clock: this.#clock,
      conduct: () => this.#conduct,
      losesAnswer: () => {
        if (this.#answersToLose <= 0) return false;
        this.#answersToLose -= 1;
        this.#sums.lostAnswers += 1;
        return true;
      },
      count: (what, by) => {
        if (what === "hiddenCloses") this.#sums.hiddenCloses += by;
        else this.#bytes[what] += by;
      },
      countCut: (how) => {
        this.#cuts[how] += 1;
      },
      over: (connection) => this.#connections.delete(connection),
    };
  }
}
