import { type DirectPush, HIERARCHY } from "direct-push";
import { tell } from "./timeline.js";

/** Tells on the timeline what the server does with the phones that come: the demo's own, and yours. */
export function narrate({ events }: DirectPush): void {
  // Phones send their first request without a password, and the next one with it.
  events.on("authenticationRefused", ({ user }) =>
    tell("server", user === undefined ? "asks for a password" : `refuses the password of ${user}`),
  );
  events.on("deviceRefused", ({ device, reason }) => tell("server", `refuses ${device.id}: ${reason}`));
  events.on("held", ({ command, deviceId, user, folders }) =>
    tell(
      "server",
      `holds the ${command} of ${deviceId} (${user}), watches ${folders.filter((id) => id !== HIERARCHY).join(", ")}`,
    ),
  );
  events.on("ended", ({ kind, hold, heldSeconds, folders }) => {
    const after = `the ${hold.command} of ${hold.deviceId} after ${heldSeconds.toFixed(1)} s`;
    tell(
      "server",
      kind === "changed" ? `${folders.join(", ")} changed: answers ${after}` : `ends ${after}: ${kind}`,
    );
  });
  events.on("refused", ({ device, askedSeconds, nearestSeconds }) =>
    tell("server", `${device.id} asked for ${askedSeconds} s, is told ${nearestSeconds} s`),
  );
  events.on("itemSkipped", ({ itemId, error }) =>
    tell("server", `cannot render ${itemId}: ${String(error)}`),
  );
  events.on("sourceFailed", ({ error }) => tell("server", `a call failed: ${String(error)}`));
  events.on("requestFailed", ({ error }) => tell("server", `a request failed: ${String(error)}`));
}
