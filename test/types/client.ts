/** Compiled, never run: what must not compile is marked, and the compiler complains about a mark that is not needed. */
import { EasClient, type EasClientState, type IntervalOutcome, learningStrategy } from "direct-push/client";

declare const stored: EasClientState;

export const phone: EasClient = new EasClient({
  url: "https://mail.example.com",
  user: "alice@example.com",
  authorization: { kind: "bearer", token: async (wasRefused) => (wasRefused ? "new" : "old") },
  device: { id: "A1B2C3D4E5F6", type: "Robot" },
  heartbeat: learningStrategy({ firstSeconds: 300 }),
  state: stored,
});

phone.events.on("synced", ({ folder, added }) => {
  const what: string = `${folder.name}: ${added.length}`;
  return what;
});
phone.events.on("waited", ({ command, heartbeatSeconds, outcome }) => {
  const how: IntervalOutcome["kind"] = outcome.kind;
  return [command === "Ping", heartbeatSeconds + 1, how];
});
phone.events.on("delayed", ({ seconds, failure }) => seconds + (failure?.kind.length ?? 0));

// @ts-expect-error no such event
phone.events.on("pushed", () => {});

// @ts-expect-error what a Ping waits for is folders, not ids
phone.events.on("waiting", ({ folders }) => folders.map((folder: string) => folder));

// @ts-expect-error a password is no authorization by itself
new EasClient({ url: "", user: "", authorization: "secret", device: { id: "A", type: "Robot" } });

// @ts-expect-error version 2.5 is not spoken
new EasClient({ url: "", user: "", authorization: { kind: "none" }, device: phone, versions: ["2.5"] });

/** Every end of a run is known. */
export async function endOf(client: EasClient, signal: AbortSignal): Promise<string> {
  const end = await client.run({ signal });
  switch (end.kind) {
    case "stopped":
    case "unauthorised":
    case "no-folders":
    case "policy-refused":
      return end.kind;
    case "wipe-requested":
      return end.scope;
    case "no-common-version":
      return end.offered.join();
    case "refused":
      return `${end.command} ${end.httpStatus}`;
  }
}
