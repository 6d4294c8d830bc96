import { type HeartbeatUse, LearningHeartbeatNegotiator } from "../../../src/push/heartbeat-learning.js";
import {
  BoundedHeartbeatNegotiator,
  type HeartbeatDecision,
  type HeartbeatDevice,
  type HeartbeatNegotiator,
} from "../../../src/push/heartbeat-negotiator.js";
import { type MappedNetwork, networks } from "../networks.js";
import { type PhoneModel, phones } from "./phones.js";
import { type PhoneHabits, runServerWeek, type ServerRun, type ServerWeek, SetClock } from "./server-week.js";

/** The same week without learning, with it, and with a server that knows the limit. */
export interface LearningRow {
  readonly network: MappedNetwork;
  readonly phone: PhoneModel;
  readonly off: ServerRun;
  readonly on: ServerRun;
  readonly ideal: ServerRun;
}

/** What no server can know. */
class AllKnowing extends BoundedHeartbeatNegotiator implements HeartbeatNegotiator {
  readonly #network: MappedNetwork;
  readonly #clock: SetClock;

  constructor(network: MappedNetwork, clock: SetClock) {
    super();
    this.#network = network;
    this.#clock = clock;
  }

  override negotiate(_device: HeartbeatDevice, askedSeconds: number): HeartbeatDecision {
    const ideal = this.#network.idealSeconds(this.#clock.seconds);
    const answerAfterSeconds = Math.min(askedSeconds, ideal);
    return { kind: "accepted", heartbeatSeconds: askedSeconds, answerAfterSeconds };
  }
}

/** The rows of one kind of habits, each with the same mails and the same chances for all three servers. */
export function learningRows(
  habits: PhoneHabits,
  seed: number,
  seconds: number,
  chosen: readonly MappedNetwork[] = networks,
): readonly LearningRow[] {
  return chosen.flatMap((network) =>
    phones.map((phone) => learningRow({ network, phone, habits, seed, seconds })),
  );
}

/** One week for all three servers. */
export function learningRow(week: ServerWeek, use: HeartbeatUse = "answer-early"): LearningRow {
  const { network, phone } = week;
  return {
    network,
    phone,
    off: run(week, () => new BoundedHeartbeatNegotiator()),
    on: run(week, (clock) => new LearningHeartbeatNegotiator({ clock, use })),
    ideal: run(week, (clock) => new AllKnowing(network, clock)),
  };
}

function run(week: ServerWeek, make: (clock: SetClock) => HeartbeatNegotiator): ServerRun {
  const clock = new SetClock();
  return runServerWeek(week, make(clock), clock);
}
