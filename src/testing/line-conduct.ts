import { check, isObject } from "../server/check-options.js";

/**
 * How a connection ends before its time. `rst`: it is reset, as a firewall does that says so. `fin`: it is closed in order, as a proxy does
 * that has waited long enough. `silence`: nobody is told; both ends keep what they believe to be a connection, and what they send is lost,
 * as behind a NAT that has forgotten it.
 */
export type LineCut = "rst" | "fin" | "silence";

/** One end of a line, or both. */
export type LineEnds = "client" | "server" | "both";

/** A limit on the time that a connection may be without a byte. */
export interface IdleCut {
  /** Milliseconds since the last byte in either direction, 1 to 2^31 - 1. */
  readonly afterMs: number;
  readonly how: LineCut;
  /** Who sees the `rst` or `fin`. The other end is left with half a connection and hears nothing. Default `both`. */
  readonly seenBy?: LineEnds;
}

/** How an {@link UnreliableLine} behaves. What is left out, it does as a good line would. */
export interface LineConduct {
  /** Default: none. */
  readonly idleCut?: IdleCut;
  /**
   * So many of the next answers are lost, each with its connection, in silence: the server has written and the client hears nothing. An answer is what
   * the server sends after the client has sent something. 0 or more, Infinity for all. Default 0.
   */
  readonly lostAnswers?: number;
  /** Milliseconds by which every byte is late, in each direction, 0 to 2^31 - 1. Default 0. */
  readonly delayMs?: number;
  /** Bytes that pass in a second in each direction, from 1. Default Infinity. */
  readonly bytesPerSecond?: number;
  /**
   * Whose leaving is kept from the other end, which is left with half a connection: a client that vanishes without a word, a proxy that does not pass
   * on that its client is gone. Default: nobody's.
   */
  readonly hideCloseOf?: LineEnds;
}

const longestMs = 2 ** 31 - 1;
const cuts: readonly unknown[] = ["rst", "fin", "silence"];
const ends: readonly unknown[] = [undefined, "client", "server", "both"];

/** @throws DirectPushError `ERR_OPTION_INVALID` for anything that is no {@link LineConduct}. */
export function assertConduct(conduct: LineConduct): void {
  check(isObject(conduct), "conduct", "an object", conduct);
  const { idleCut, lostAnswers = 0, delayMs = 0, bytesPerSecond = 1, hideCloseOf } = conduct;
  if (idleCut !== undefined) {
    check(isObject(idleCut), "idleCut", "an object", idleCut);
    inRange("idleCut.afterMs", idleCut.afterMs, 1, longestMs);
    assertCut("idleCut.how", idleCut.how);
    check(ends.includes(idleCut.seenBy), "idleCut.seenBy", `"client", "server" or "both"`, idleCut.seenBy);
  }
  const counts = lostAnswers === Number.POSITIVE_INFINITY || Number.isInteger(lostAnswers);
  check(counts && lostAnswers >= 0, "lostAnswers", "a whole number from 0, or Infinity", lostAnswers);
  inRange("delayMs", delayMs, 0, longestMs);
  inRange("bytesPerSecond", bytesPerSecond, 1, Number.POSITIVE_INFINITY);
  check(ends.includes(hideCloseOf), "hideCloseOf", `"client", "server" or "both"`, hideCloseOf);
}

/** @throws DirectPushError `ERR_OPTION_INVALID` for anything that is no {@link LineCut}. */
export function assertCut(name: string, how: LineCut): void {
  check(cuts.includes(how), name, `"rst", "fin" or "silence"`, how);
}

/** Whether one end is meant. */
export function includesEnd(meant: LineEnds | undefined, end: "client" | "server"): boolean {
  return meant === "both" || meant === end;
}

function inRange(name: string, value: number, least: number, most: number): void {
  const fits = typeof value === "number" && value >= least && value <= most;
  check(fits, name, `a number from ${least} to ${most}`, value);
}
