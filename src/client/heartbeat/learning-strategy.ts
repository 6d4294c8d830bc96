import { longestSeconds, refusedBounds, type ServerBounds, wholeSeconds, withinBounds } from "./bounds.js";
import type { HeartbeatStrategy, IntervalCircumstances, IntervalOutcome } from "./heartbeat-strategy.js";
import { carried, cut, silent } from "./path-evidence.js";
import {
  deadSecondCost,
  newPath,
  nextInterval,
  type PathKnowledge,
  type Surroundings,
} from "./path-knowledge.js";
import { faded } from "./tried-intervals.js";

/** What of the learning strategy may be set. All in seconds, whole numbers from 1 to 3540. */
export interface LearningOptions {
  /** The first interval on a network that nothing is known of. Default: 480. */
  readonly firstSeconds?: number;
  /** Never less than this. Default: 15. */
  readonly minimumSeconds?: number;
  /** Never more than this. Default: 3540. */
  readonly maximumSeconds?: number;
}

/** What a device with the learning strategy remembers. */
export interface LearningState {
  /** By the network's name; the empty string where the device cannot tell. The networks of longest ago are forgotten. */
  readonly paths: Readonly<Record<string, PathKnowledge>>;
  /** The network on which the last interval ended; absent before the first. */
  readonly network?: string;
  readonly server: ServerBounds;
  /** When the server's bounds were learnt: they are tried again after a day. */
  readonly serverAtSeconds: number;
}

const day = 24 * 3600;
/** At the outset, as it were, an eighth of a loss in six hours of holding: two days between losses. */
const presumed = { heldSeconds: day / 4, losses: 0.125 };
/** Losses count for about so long. */
const memorySeconds = 4 * day;
const mostNetworks = 32;

const meanLoss = (path: PathKnowledge): number =>
  (presumed.heldSeconds + path.heldSeconds) / (presumed.losses + path.losses);

/** What the server let know, until it is time to try it again. */
const serverBounds = (state: LearningState, nowSeconds: number): ServerBounds =>
  nowSeconds - state.serverAtSeconds < day ? state.server : {};

const knownPath = (state: LearningState, network: string, nowSeconds: number): PathKnowledge =>
  (Object.hasOwn(state.paths, network) ? state.paths[network] : undefined) ?? newPath(nowSeconds);

/** The path with `seconds` more of holding, in which so many connections were lost by chance. `isAbove`: no limit that is known now was kept to. */
function held(path: PathKnowledge, seconds: number, losses: number, isAbove: boolean): PathKnowledge {
  const fading = Math.exp(-seconds / memorySeconds);
  const { falls } = path;
  return {
    ...path,
    heldSeconds: path.heldSeconds * fading + seconds,
    losses: path.losses * fading + losses,
    tried: faded(path.tried, fading),
    ...(falls && {
      falls: {
        ...falls,
        count: falls.count * fading,
        aboveSeconds: falls.aboveSeconds * fading + (isAbove ? seconds : 0),
      },
    }),
  };
}

function remember(
  state: LearningState,
  network: string,
  path: PathKnowledge,
  nowSeconds: number,
): LearningState {
  const paths = { ...state.paths, [network]: { ...path, usedAtSeconds: nowSeconds } };
  const names = Object.keys(paths);
  if (names.length > mostNetworks) {
    const oldest = names.reduce((a, b) =>
      (paths[a]?.usedAtSeconds ?? 0) <= (paths[b]?.usedAtSeconds ?? 0) ? a : b,
    );
    delete paths[oldest];
  }
  return { ...state, paths, network };
}

/**
 * Learns the limit of each network by itself, and tells chance losses from a limit. It asks for a little more after each interval that was
 * carried, until one dies; comes as near to the limit as is worth it; tries more again now and then; and falls back at once when what had been
 * carried is carried no longer. docs/heartbeat.md has its rules.
 */
export function learningStrategy(options: LearningOptions = {}): HeartbeatStrategy<LearningState> {
  const { firstSeconds = 480, minimumSeconds = 15, maximumSeconds = longestSeconds } = options;

  const surroundings = (
    state: LearningState,
    { nowSeconds, network = "" }: IntervalCircumstances,
  ): Surroundings => {
    const meanLossSeconds = meanLoss(knownPath(state, network, nowSeconds));
    const server = serverBounds(state, nowSeconds);
    const worth = Math.sqrt((2 * meanLossSeconds) / deadSecondCost);
    return {
      leastSeconds: minimumSeconds,
      mostSeconds: withinBounds(worth, minimumSeconds, maximumSeconds, server),
      firstSeconds,
      nowSeconds,
      meanLossSeconds,
    };
  };

  return {
    name: "learning",
    initial: () => ({ paths: {}, server: {}, serverAtSeconds: 0 }),
    interval(state, circumstances) {
      const { nowSeconds, network = "" } = circumstances;
      const around = surroundings(state, circumstances);
      const wanted = nextInterval(knownPath(state, network, nowSeconds), around);
      const server = serverBounds(state, nowSeconds);
      return withinBounds(wanted, minimumSeconds, around.mostSeconds, server);
    },
    next: (state, asked, outcome, circumstances) =>
      nextState(state, asked, outcome, circumstances, surroundings(state, circumstances)),
  };
}

/** How likely an increase that died did so by chance: weighed against the chance of one in ten that a step meets a limit. */
function chanceOfLoss(path: PathKnowledge, askedSeconds: number, around: Surroundings): number {
  const increased = path.doubt === undefined && askedSeconds > path.carriedSeconds;
  return increased ? askedSeconds / (askedSeconds + around.meanLossSeconds / 10) : 0;
}

function nextState(
  state: LearningState,
  asked: number,
  outcome: IntervalOutcome,
  { nowSeconds, network = "" }: IntervalCircumstances,
  around: Surroundings,
): LearningState {
  const path = knownPath(state, network, nowSeconds);
  const moved = state.network !== undefined && state.network !== network;
  const isAbove = path.limit === undefined || asked > path.limit.seconds;
  const learnt = (after: PathKnowledge, seconds: number, losses: number): LearningState =>
    remember(state, network, held(after, seconds, losses, isAbove), nowSeconds);

  switch (outcome.kind) {
    case "expired":
    case "changed": {
      const seconds = outcome.kind === "expired" ? asked : wholeSeconds(outcome.afterSeconds, 0, asked);
      const after = carried(path, asked, seconds, around);
      return learnt(after.path, seconds, after.lost);
    }
    case "refused": {
      const server = refusedBounds(state.server, asked, outcome.nearestSeconds);
      return { ...state, server, serverAtSeconds: nowSeconds };
    }
    case "failed": {
      // A connection ends with the network that it was made on: nothing is known of the one that follows.
      if (moved) return remember(state, network, path, nowSeconds);
      if (outcome.how === "silent")
        return learnt(silent(path, asked, around), asked / 2, chanceOfLoss(path, asked, around));
      const age = wholeSeconds(outcome.afterSeconds, 0, asked);
      const after = cut(path, age, around);
      return learnt(after.path, age, after.lost);
    }
    case "abandoned":
      return remember(state, network, path, nowSeconds);
  }
}
