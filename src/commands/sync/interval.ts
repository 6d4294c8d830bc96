import type { CommandContext, CommandRequest } from "../command.js";
import { restoreHeartbeat } from "../restore-heartbeat.js";
import type { SyncInterval } from "./request.js";

/** What becomes of the interval of a hanging Sync ([MS-ASCMD] 2.2.3.97). */
export type IntervalDecision =
  | { readonly kind: "accepted"; readonly askedSeconds: number; readonly answerAfterSeconds: number }
  /** `limit` in the unit of the request. */
  | { readonly kind: "refused"; readonly limit: number };

const minuteSeconds = 60;

/** Whether an interval can be held, by the bounds that Ping has as well. */
export async function decideInterval(
  interval: SyncInterval,
  request: CommandRequest,
  context: CommandContext,
): Promise<IntervalDecision> {
  const { device, negotiator, events } = context;
  await restoreHeartbeat(context);
  const unitSeconds = interval.unit === "minutes" ? minuteSeconds : 1;
  const askedSeconds = interval.value * unitSeconds;
  const decision = negotiator.negotiate(
    { user: device.user, deviceId: device.id },
    askedSeconds,
    request.network,
  );
  if (decision.kind === "accepted") return { ...decision, askedSeconds };
  const { nearestSeconds } = decision;
  events.heartbeatRefused({ device, askedSeconds, nearestSeconds });
  const nearest = nearestSeconds / unitSeconds;
  // The nearest whole minute that lies within the bounds, not beyond them.
  return { kind: "refused", limit: askedSeconds > nearestSeconds ? Math.floor(nearest) : Math.ceil(nearest) };
}
