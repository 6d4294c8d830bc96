import type { Socket } from "node:net";
import type { Clock, ClockTimer } from "../clock.js";

/** How fast bytes pass. */
export interface PipeSpeed {
  readonly delayMs: number;
  readonly bytesPerSecond: number;
}

/** Bytes that wait in a pipe before its source is told to stop. */
const FULL_BYTES = 256 * 1024;
/** A slow pipe lets a share through so often. */
const SHARE_MS = 20;

interface Parcel {
  readonly bytes: Uint8Array;
  readonly dueMs: number;
}

/** One direction of a connection: what goes in comes out in order, late and slowly where that is wanted. */
export class SlowPipe {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #clock: Clock;
  readonly #speed: () => PipeSpeed;
  #parcels: Parcel[] = [];
  #waitingBytes = 0;
  #freeAtMs = 0;
  #timer: ClockTimer | undefined;
  #atEnd: (() => void) | undefined;
  #isShut = false;

  constructor(from: Socket, to: Socket, clock: Clock, speed: () => PipeSpeed) {
    this.#from = from;
    this.#to = to;
    this.#clock = clock;
    this.#speed = speed;
  }

  /** Puts bytes in. */
  push(bytes: Uint8Array): void {
    if (this.#isShut) return;
    const { delayMs, bytesPerSecond } = this.#speed();
    const now = this.#clock.monotonicNow();
    const share = Math.max(1, Math.ceil((bytesPerSecond * SHARE_MS) / 1000));
    for (let begin = 0; begin < bytes.length; begin += share) {
      const part = bytes.subarray(begin, begin + share);
      this.#freeAtMs = Math.max(this.#freeAtMs, now + delayMs) + (part.length * 1000) / bytesPerSecond;
      this.#parcels.push({ bytes: part, dueMs: this.#freeAtMs });
    }
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes > FULL_BYTES) this.#from.pause();
    this.#move();
  }

  /** Calls back once everything that is in has come out. */
  end(callback: () => void): void {
    this.#atEnd = callback;
    this.#move();
  }

  /** Drops what is in; nothing comes out any more. Returns how many bytes were in. */
  shut(): number {
    const lost = this.#waitingBytes;
    this.#isShut = true;
    this.#parcels = [];
    this.#waitingBytes = 0;
    this.#atEnd = undefined;
    this.#stopTimer();
    this.#from.resume();
    return lost;
  }

  #move(): void {
    this.#stopTimer();
    // Whoever filled the socket waits for it to drain, and moves on then.
    if (this.#to.writableNeedDrain) return;
    const now = this.#clock.monotonicNow();
    for (let first = this.#parcels[0]; first !== undefined; first = this.#parcels[0]) {
      if (first.dueMs > now) {
        this.#timer = this.#clock.setTimer(() => this.#move(), first.dueMs - now);
        return;
      }
      this.#parcels.shift();
      this.#waitingBytes -= first.bytes.length;
      if (!this.#to.write(first.bytes)) {
        this.#to.once("drain", () => this.#move());
        return;
      }
    }
    this.#from.resume();
    const atEnd = this.#atEnd;
    this.#atEnd = undefined;
    atEnd?.();
  }

  #stopTimer(): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }
}
