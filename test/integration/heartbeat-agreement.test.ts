import type { ChildProcess } from "node:child_process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { within } from "../contract/deadline.js";
import type { HeartbeatPhoneMessage, HeartbeatServerMessage } from "./heartbeat-messages.js";
import { HURRY } from "./hurried-clock.js";
import { canMakeNamespaces, RoutedNetwork } from "./network-namespaces.js";
import { programIsThere } from "./required-program.js";

const forgetsAfterSeconds = 3;
/** In the hurried time of both ends. */
const limitSeconds = forgetsAfterSeconds * HURRY;
/** What the phone that never learns asks for. */
const stubbornSeconds = 150;
/** A hurried second is 25 ms: timers and processes are not more exact than that. */
const mostSeconds = limitSeconds * 1.03;
const canRun = canMakeNamespaces() && programIsThere("nft", "nftables");

describe.skipIf(!canRun)("behind a carrier's NAT that forgets idle connections", () => {
  let network: RoutedNetwork;
  let server: ChildProcess;

  beforeEach(async () => {
    network = new RoutedNetwork();
    network.masquerade(forgetsAfterSeconds);
    server = network.start("server", "./heartbeat-server.ts");
  });

  afterEach(() => network.remove());

  it("phones find its limit, and the server learns it of a phone that does not", async () => {
    const ports = await message<HeartbeatServerMessage>(server, ({ kind }) => kind === "listens");
    if (ports.kind !== "listens") throw new Error("no ports");
    const { learningPort, plainPort } = ports;
    const arguments_ = [learningPort, plainPort, stubbornSeconds].map(String);
    const phones = network.start("phone", "./heartbeat-phones.ts", ...arguments_);

    const found = (name: string): Promise<HeartbeatPhoneMessage> =>
      message(phones, ({ phone, foundSeconds }) => phone === name && foundSeconds !== undefined);
    const [step, fine, learned] = await Promise.all([
      found("DIRECTPUSH"),
      found("LEARNING"),
      message<HeartbeatServerMessage>(
        server,
        (one) => one.kind === "learned" && one.lostSeconds <= one.carriedSeconds * 1.2,
      ),
    ]);

    // It tries 80, 110 and 140: the limit lies between the last two.
    expect(step.foundSeconds).toBe(110);
    expect(fine.foundSeconds).toBeLessThanOrEqual(mostSeconds);
    expect(fine.foundSeconds).toBeGreaterThanOrEqual(limitSeconds / 1.2);
    if (learned.kind !== "learned") throw new Error("nothing was learned");
    expect(learned.end).toBe("silent");
    expect(learned.carriedSeconds).toBeLessThanOrEqual(mostSeconds);
    expect(learned.carriedSeconds).toBeGreaterThanOrEqual(limitSeconds / 1.2);
    expect(learned.lostSeconds).toBeGreaterThanOrEqual(limitSeconds * 0.97);
  });

  function message<Message>(child: ChildProcess, wanted: (message: Message) => boolean): Promise<Message> {
    const arrival = new Promise<Message>((resolve) => {
      child.on("message", (one) => {
        if (wanted(one as Message)) resolve(one as Message);
      });
    });
    return within("the limit to be found", arrival);
  }
});
