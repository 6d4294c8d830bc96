import type { DirectPushEvents, DroppedEvent, EndedEvent, RequestEvent } from "../../events.js";
import type { JsonLog, LogFields } from "./json-log.js";

/** What is known so far of a request that is held, or was. */
interface HeldRequestLine {
  ended: EndedEvent | undefined;
  final: LogFields | undefined;
}

/**
 * Writes a line for each request once it is over. What is said of a held request comes in two events, in either order: how the hold ended, and that it
 * was answered or its client went away.
 */
export function logRequests(events: DirectPushEvents, log: JsonLog): void {
  const held = new Map<number, HeldRequestLine>();
  const over = (sequence: number, final: LogFields): void => {
    const line = held.get(sequence);
    if (line === undefined) log.write("info", "request", final);
    else if (line.ended === undefined) line.final = final;
    else write(log, held, sequence, line.ended, final);
  };
  events.on("held", ({ sequence }) => held.set(sequence, { ended: undefined, final: undefined }));
  events.on("ended", (ended) => {
    const { sequence } = ended.hold;
    const line = held.get(sequence);
    if (line === undefined) return;
    if (line.final === undefined) line.ended = ended;
    else write(log, held, sequence, ended, line.final);
  });
  events.on("request", (event) => over(event.sequence, answered(event)));
  events.on("dropped", (event) => over(event.sequence, dropped(event)));
}

function write(
  log: JsonLog,
  held: Map<number, HeldRequestLine>,
  sequence: number,
  ended: EndedEvent,
  final: LogFields,
): void {
  held.delete(sequence);
  log.write("info", "request", { ...final, ...endedFields(ended) });
}

function answered(event: RequestEvent): LogFields {
  const { status, responseBytes: bytes, milliseconds } = event;
  return { ...who(event), status, bytes, ms: Math.round(milliseconds) };
}

/** 499 is what servers write for a client that went away; nothing was sent. */
function dropped(event: DroppedEvent): LogFields {
  return { ...who(event), status: 499, bytes: 0, ms: Math.round(event.afterMilliseconds) };
}

function who({ user, device, command }: RequestEvent | DroppedEvent): LogFields {
  return { user, device: device?.id, type: device?.type, command, version: device?.version };
}

function endedFields({
  hold,
  kind,
  askedSeconds,
  heldSeconds,
  wakeReason,
  pushMilliseconds,
}: EndedEvent): LogFields {
  return {
    heartbeatAsked: askedSeconds,
    heartbeat: hold.heartbeatSeconds,
    held: Math.round(heldSeconds * 10) / 10,
    outcome: kind,
    wake: wakeReason,
    pushMs: pushMilliseconds === undefined ? undefined : Math.round(pushMilliseconds),
  };
}
