import type { HeldRequest, SourceCall, WakeReason } from "../../../src/push/coordinator-observer.js";
import type { HoldFolder, HoldOutcome, HoldRequest } from "../../../src/push/hold.js";
import { PingCoordinator, type PingCoordinatorOptions } from "../../../src/push/ping-coordinator.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import { MockChangeSource } from "../../../src/testing/mock-change-source.js";

/** What a test says of a hold; the rest is filled in. */
export interface PingWish {
  readonly user?: string;
  readonly deviceId?: string;
  readonly command?: "Ping" | "Sync";
  /** Folder to reference marker; the source's present marker for each name of a list. */
  readonly folders?: readonly string[] | Readonly<Record<string, string | undefined>>;
  /** Which of the listed folders hold mail: none by default. */
  readonly mail?: readonly string[];
  readonly heartbeatSeconds?: number;
  readonly askedSeconds?: number;
  readonly isHeldBack?: true;
  readonly sequence?: number;
  readonly receivedAtMs?: number;
  readonly confirm?: (folder: string) => Promise<boolean>;
  /** Called with the outcome, after it was noted. */
  readonly settled?: (outcome: HoldOutcome) => void;
}

/** One hold of a test. */
export interface TestedHold {
  readonly outcomes: HoldOutcome[];
  readonly gone: () => void;
  readonly request: HoldRequest;
}

/** What the coordinator told its observer, in order. */
export type Told =
  | { readonly kind: "held"; readonly hold: HeldRequest }
  | {
      readonly kind: "ended";
      readonly hold: HeldRequest;
      readonly outcome: HoldOutcome;
      readonly wakeReason: WakeReason | undefined;
      readonly pushMilliseconds: number | undefined;
    }
  | { readonly kind: "sourceFailed"; readonly error: unknown; readonly call: SourceCall };

/** A coordinator over a mock source and a fake clock. */
export class PingBench {
  readonly clock: FakeClock = new FakeClock();
  readonly source: MockChangeSource = new MockChangeSource(this.clock);
  readonly told: Told[] = [];
  readonly coordinator: PingCoordinator;

  constructor(options: Partial<PingCoordinatorOptions> = {}) {
    this.coordinator = new PingCoordinator({
      source: this.source,
      clock: this.clock,
      callTimeoutMs: 10_000,
      closeSpreadMs: 1_000,
      observer: {
        held: (hold) => {
          this.told.push({ kind: "held", hold });
          return undefined;
        },
        ended: (end) => {
          const { outcome, wakeReason, pushMilliseconds } = end;
          this.told.push({ kind: "ended", hold: end.describe(), outcome, wakeReason, pushMilliseconds });
        },
        sourceFailed: (error, call) => this.told.push({ kind: "sourceFailed", error, call }),
      },
      ...options,
    });
  }

  /** Holds a request: alice's device d1, folder inbox, 60 s, everything confirmed, unless told otherwise. */
  hold(wish: PingWish = {}): TestedHold {
    const user = wish.user ?? "alice";
    const folders = wish.folders ?? ["inbox"];
    const request: HoldRequest = {
      mailbox: { user },
      deviceId: wish.deviceId ?? "d1",
      deviceType: "TestPhone",
      command: wish.command ?? "Ping",
      folders: Array.isArray(folders)
        ? folders.map((folder: string) => this.#folder(user, folder, wish.mail ?? []))
        : Object.entries(folders).map(([folder, marker]) => ({ folder, marker })),
      heartbeatSeconds: wish.heartbeatSeconds ?? 60,
      receivedAtMs: wish.receivedAtMs ?? this.clock.monotonicNow(),
      sequence: wish.sequence ?? this.coordinator.sequence(),
      confirm: wish.confirm ?? (async () => true),
      ...(wish.askedSeconds !== undefined && { askedSeconds: wish.askedSeconds }),
      ...(wish.isHeldBack && { isHeldBack: true }),
    };
    const outcomes: HoldOutcome[] = [];
    const gone = this.coordinator.hold(request, (outcome) => {
      outcomes.push(outcome);
      wish.settled?.(outcome);
    });
    return { outcomes, gone, request };
  }

  #folder(user: string, folder: string, mail: readonly string[]): HoldFolder {
    const marker = this.source.markerNow(user, folder);
    return mail.includes(folder) ? { folder, marker, isMail: true } : { folder, marker };
  }

  /** What is left over: all zero when nothing is held and nothing leaked. */
  get leftOver(): { holds: number; timers: number; watches: number } {
    return {
      holds: this.coordinator.heldCount,
      timers: this.clock.pendingTimers,
      watches: this.source.watchesOpen,
    };
  }
}

/** Nothing is left. */
export const NOTHING_LEFT = { holds: 0, timers: 0, watches: 0 } as const;
