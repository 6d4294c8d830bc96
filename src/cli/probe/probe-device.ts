import type { HoldOutcome } from "./hold-outcome.js";

/** Why a probe cannot tell anything. */
export interface ProbeProblem {
  /** Stable, for scripts. */
  readonly code:
    | "unreachable"
    | "not-activesync"
    | "wrong-password"
    | "refused"
    | "no-quiet-folder"
    | "busy"
    | "changing"
    | "unsteady"
    | "ended-early"
    | "server-trouble"
    | "stopped";
  /** What it is, and what to do about it. */
  readonly text: string;
}

/** Whether a device can hold Pings. */
export type DeviceReadiness =
  | {
      readonly kind: "ready";
      readonly folder: string;
      readonly version: string;
      readonly server: string | undefined;
    }
  | { readonly kind: "failed"; readonly problem: ProbeProblem };

/** One device of the probe: it holds one Ping at a time, as a newer one takes the place of an older. */
export interface ProbeDevice {
  /** Logs in and syncs the folder that is to be watched. Never rejects. */
  ready(): Promise<DeviceReadiness>;
  /** Holds a Ping of so many seconds; undefined when the signal ended it. Never rejects. */
  hold(seconds: number, signal: AbortSignal): Promise<HoldOutcome | undefined>;
  /** Closes its connections. */
  close(): void;
}
