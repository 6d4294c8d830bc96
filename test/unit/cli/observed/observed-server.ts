import { StatusCollector } from "../../../../src/cli/observed/status-collector.js";
import { type DirectPushEvent, type DirectPushEventMap, makeEvents } from "../../../../src/events.js";
import type { EndedEvent, HeldRequest } from "../../../../src/index.js";
import { FakeClock } from "../../../../src/testing/index.js";
import { heldRequest } from "./held-request.js";

/** A collector that listens to a server which is its events alone. */
export function observedServer({ node = "n1" } = {}) {
  const clock = new FakeClock();
  const events = makeEvents();
  const collector = new StatusCollector({ events, held: () => [] }, { node, clock });
  const tell = <Name extends keyof DirectPushEventMap>(name: Name, event: DirectPushEvent<Name>): void => {
    (events.emit as (name: string, event: unknown) => boolean)(name, event);
  };
  return {
    clock,
    collector,
    tell,
    /** A request is held. */
    hold: (wish: Partial<HeldRequest>) => tell("held", heldRequest(wish)),
    /** A held request has ended. */
    end: (wish: Partial<HeldRequest>, more: Partial<EndedEvent> = {}) => {
      const hold = heldRequest(wish);
      const { askedSeconds, heldSeconds } = hold;
      const rest = { folders: [], wakeReason: undefined, pushMilliseconds: undefined } as const;
      tell("ended", { hold, kind: "expired", askedSeconds, heldSeconds, ...rest, ...more });
    },
    /** Lets milliseconds pass. */
    pass: (milliseconds: number) => clock.advance(milliseconds),
  };
}
