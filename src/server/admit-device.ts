import { boundedCall } from "../bounded-call.js";
import { unavailableReply } from "../http/reply.js";
import type { DeviceAuthorization } from "../options.js";
import { CommonStatus } from "../protocol/status.js";
import { commonStatusReply } from "./command-reply.js";
import type { IdentifiedRequest } from "./identify-request.js";
import { logHttp } from "./logs.js";
import type { ServerParts } from "./server-parts.js";
import { go, type Step, stop } from "./step.js";

/** What a device in quarantine may do: say what it is, and learn of its policy. */
const quarantineCommands: ReadonlySet<string> = new Set(["provision", "settings"]);

/** Asks the integrator whether the device may come in. */
export async function admitDevice(parts: ServerParts, request: IdentifiedRequest): Promise<Step<undefined>> {
  const { authorizeDevice, callTimeoutMs, clock, retryAfterSeconds } = parts.options;
  const { device, commandName: command } = request;
  let decision: DeviceAuthorization;
  try {
    decision = await boundedCall(
      async () => authorizeDevice(device),
      callTimeoutMs,
      "authorizeDevice",
      clock,
    );
  } catch (error) {
    logHttp("authorizeDevice failed: %O", error);
    parts.tell("sourceFailed", () => ({ error, call: "authorizeDevice" }));
    return stop(unavailableReply(retryAfterSeconds));
  }
  if (decision.kind === "allow") return go(undefined);
  if (decision.kind === "quarantine" && quarantineCommands.has(command.toLowerCase())) return go(undefined);
  const { kind, reason } = decision;
  logHttp("%s %s %s: %s", device.user, device.id, kind, reason);
  parts.tell("deviceRefused", () => ({ device, decision: kind, reason, command }));
  return stop(commonStatusReply(CommonStatus.DeviceIsBlockedForThisUser, request.style));
}
