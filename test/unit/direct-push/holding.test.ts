import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it, vi } from "vitest";
import type { CommandOutcome } from "../../../src/commands/command.js";
import type { DirectPushOptions } from "../../../src/options.js";
import { InProcessDevice } from "../../../src/testing/in-process-device.js";
import { childText, element, Ping, textElement } from "../../../src/wbxml/index.js";
import { done, fakeCommand, fakePing, fakeServer, holdForMinute, type Run } from "./fake-command.js";

const holding: Run = async (request, context) => holdForMinute(request, context);

function setUp(run: Run = holding, options: Partial<DirectPushOptions> = {}) {
  const made = fakeServer([fakePing(run), fakeCommand(async () => done)], options);
  return { ...made, phone: new InProcessDevice(made.server) };
}

const kindOf = async (exchange: { answer: Promise<{ document: Parameters<typeof childText>[0] }> }) =>
  childText((await exchange.answer).document, Ping.Status);

describe("a held request", () => {
  it("is answered when its interval is over", async () => {
    const { phone, server, clock } = setUp();
    const ping = phone.ping();
    await clock.settle();
    expect(server.heldCount).toBe(1);
    await clock.advance(59_000);
    expect(ping.isAnswered).toBe(false);
    await clock.advance(1_000);
    expect(await kindOf(ping)).toBe("expired");
    expect(server.heldCount).toBe(0);
  });

  it("is answered when a mail comes", async () => {
    const { phone, server, mailbox, clock } = setUp(async (request, context) => {
      const outcome = holdForMinute(request, context);
      if (outcome.kind !== "hold") return outcome;
      const folder = "inbox";
      const marker = await context.source.marker(context.mailboxRef, folder);
      const hold = { ...outcome.hold, folders: [{ folder, marker }], confirm: async () => true };
      return { ...outcome, hold };
    });
    const ended = vi.fn();
    server.events.on("ended", ended);
    const ping = phone.ping();
    await clock.settle();
    mailbox.deliver("alice@example.com", "Subject: hi\r\n\r\nhi");
    await clock.advance(1_000);
    expect(await kindOf(ping)).toBe("changed");
    expect(ended).toHaveBeenCalledWith(
      expect.objectContaining({ kind: "changed", askedSeconds: 60, folders: ["inbox"] }),
    );
  });

  it("is told with what the device asked for and what it was held for", async () => {
    const { phone, server, clock } = setUp(async (request, context) => {
      const outcome = holdForMinute(request, context);
      return outcome.kind === "hold" ? { ...outcome, hold: { ...outcome.hold, askedSeconds: 90 } } : outcome;
    });
    const ended = vi.fn();
    server.events.on("ended", ended);
    phone.ping();
    await clock.advance(60_000);
    expect(ended).toHaveBeenCalledExactlyOnceWith({
      hold: expect.objectContaining({ askedSeconds: 90, heartbeatSeconds: 60 }),
      kind: "expired",
      askedSeconds: 90,
      heldSeconds: 60,
      folders: [],
      wakeReason: undefined,
    });
  });

  it("is nothing to tell or to learn from when its answer is only held back", async () => {
    const observed: string[] = [];
    const { phone, server, clock } = setUp(async (request, context) => {
      const outcome = holdForMinute(request, context, 2);
      vi.spyOn(context.negotiator, "observe").mockImplementation(({ kind }) => {
        observed.push(kind);
      });
      if (outcome.kind !== "hold") return outcome;
      return { ...outcome, hold: { ...outcome.hold, folders: [], isHeldBack: true } };
    });
    const told = vi.fn();
    for (const name of ["held", "ended", "superseded"] as const) server.events.on(name, told);
    const first = phone.ping();
    await clock.advance(1_000);
    const second = phone.ping();
    await clock.advance(2_000);
    expect(await kindOf(first)).toBe("superseded");
    expect(await kindOf(second)).toBe("expired");
    expect(told).not.toHaveBeenCalled();
    // That the second request was seen, and nothing of a hold.
    expect(observed).toEqual(["seen"]);
  });

  it("ends for a newer one of its device, which may have either form of the query", async () => {
    const { phone, server, clock } = setUp();
    const superseded = vi.fn();
    server.events.on("superseded", superseded);
    const first = phone.ping();
    await clock.settle();
    const second = new InProcessDevice(server, { queryForm: "base64", deviceId: "device1" }).ping();
    await clock.settle();
    expect(await kindOf(first)).toBe("superseded");
    expect(second.isAnswered).toBe(false);
    expect(server.heldCount).toBe(1);
    expect(superseded).toHaveBeenCalledOnce();
  });

  it("does not end for another device, nor for another user's", async () => {
    const { phone, server, clock } = setUp();
    phone.ping();
    new InProcessDevice(server, { deviceId: "OTHER" }).ping();
    new InProcessDevice(server, { user: "bob" }).ping();
    await clock.settle();
    expect(server.heldCount).toBe(3);
  });

  it("ends when a command says that what it waits for is stale", async () => {
    const stale = fakeCommand(async (_, context) => {
      context.supersedeHeld();
      return done;
    });
    const { server, clock } = fakeServer([fakePing(holding), stale]);
    const phone = new InProcessDevice(server);
    const ping = phone.ping();
    await clock.settle();
    await phone.command("Sync");
    expect(await kindOf(ping)).toBe("superseded");
  });

  it("ends when an operator recalls the device", async () => {
    const { phone, server, clock } = setUp();
    const ping = phone.ping();
    await clock.settle();
    server.recall("alice@example.com", "device1");
    expect(await kindOf(ping)).toBe("recalled");
  });

  it("ends when an operator orders the device erased", async () => {
    const { phone, server, clock } = setUp();
    const ping = phone.ping();
    await clock.settle();
    await server.wipeDevice("alice@example.com", "device1", "device");
    expect(await kindOf(ping)).toBe("recalled");
    expect(await server.cancelWipe("alice@example.com", "DEVICE1")).toBe(true);
    expect(await server.cancelWipe("alice@example.com", "DEVICE1")).toBe(false);
  });

  it("may be held again by its command", async () => {
    let rounds = 0;
    const { phone, clock, server } = setUp(async (request, context) => {
      const again = (): CommandOutcome => {
        const outcome = holdForMinute(
          { ...request, receivedAtMs: context.clock.monotonicNow() },
          context,
          10,
        );
        if (outcome.kind !== "hold" || rounds === 2) return done;
        rounds += 1;
        return { ...outcome, resume: async () => again() };
      };
      return again();
    });
    const ping = phone.ping();
    await clock.advance(10_000);
    expect(server.heldCount).toBe(1);
    expect(ping.isAnswered).toBe(false);
    await clock.advance(10_000);
    expect((await ping.answer).status).toBe(200);
    expect(rounds).toBe(2);
  });

  it("keeps nothing of the request", async () => {
    const { server, clock } = setUp();
    const phone = new InProcessDevice(server);
    let collected = 0;
    const registry = new FinalizationRegistry(() => {
      collected += 1;
    });
    setFlagsFromString("--expose-gc");
    const gc: () => void = runInNewContext("gc");
    (() => {
      const body = new Uint8Array(0);
      const headers = {};
      registry.register(body, "body");
      registry.register(headers, "headers");
      phone.send("Ping", undefined, { body, headers });
    })();
    await clock.settle();
    expect(server.heldCount).toBe(1);
    for (let round = 0; round < 5 && collected < 2; round += 1) {
      gc();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(collected).toBe(2);
  });
});

describe("a client that goes away", () => {
  it("while it is held: the hold ends, and no answer is given", async () => {
    const { phone, server, clock, mailbox } = setUp();
    const [ended, dropped] = [vi.fn(), vi.fn()];
    server.events.on("ended", ended);
    server.events.on("dropped", dropped);
    const ping = phone.ping();
    await clock.advance(5_000);
    ping.gone();
    ping.gone();
    await clock.settle();
    expect(server.heldCount).toBe(0);
    expect(mailbox.openWatches).toBe(0);
    expect(clock.pendingTimers).toBe(0);
    expect(ping.isAnswered).toBe(false);
    expect(ended).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ kind: "disconnected", heldSeconds: 5 }),
    );
    expect(dropped).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ command: "Ping", user: "alice@example.com", afterMilliseconds: 5_000 }),
    );
  });

  it("during authentication: nothing runs", async () => {
    let admit: (() => void) | undefined;
    const run = vi.fn(holding);
    const { phone, server, clock } = setUp(run, {
      authenticate: () =>
        new Promise((resolve) => {
          admit = () => resolve({ kind: "user", user: "a" });
        }),
    });
    const ping = phone.ping();
    await clock.settle();
    ping.gone();
    admit?.();
    await clock.settle();
    expect(run).not.toHaveBeenCalled();
    expect(server.heldCount).toBe(0);
    expect(ping.isAnswered).toBe(false);
  });

  it("while the command prepares its hold: nothing is held", async () => {
    let proceed: (() => void) | undefined;
    const { phone, server, clock } = setUp(async (request, context) => {
      await new Promise<void>((resolve) => {
        proceed = resolve;
      });
      return holdForMinute(request, context);
    });
    const ping = phone.ping();
    await clock.settle();
    ping.gone();
    proceed?.();
    await clock.settle();
    expect(server.heldCount).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  it("after its answer: nothing happens", async () => {
    const { phone, server } = setUp(async () => done);
    const dropped = vi.fn();
    server.events.on("dropped", dropped);
    const ping = phone.ping();
    await ping.answer;
    ping.gone();
    expect(dropped).not.toHaveBeenCalled();
  });
});

describe("handle", () => {
  const request = (phone: string) => ({
    method: "POST",
    url: `/Microsoft-Server-ActiveSync?Cmd=Ping&User=a&DeviceId=${phone}&DeviceType=b`,
    headers: {
      authorization: `Basic ${Buffer.from("alice:alice").toString("base64")}`,
      "ms-asprotocolversion": "16.1",
    },
    body: new Uint8Array(0),
    remoteAddress: undefined,
    raw: undefined,
  });

  it("resolves with the answer", async () => {
    const { server, clock } = setUp();
    const answer = server.handle(request("x"));
    await clock.advance(60_000);
    expect((await answer).status).toBe(200);
  });

  it("lets go of the hold, and of the signal, when the signal aborts", async () => {
    const { server, clock } = setUp();
    const controller = new AbortController();
    const answer = server.handle(request("x"), controller.signal);
    await clock.settle();
    expect(server.heldCount).toBe(1);
    controller.abort();
    expect(await answer).toMatchObject({ status: 499, body: null });
    await clock.settle();
    expect(server.heldCount).toBe(0);
  });

  it("does nothing for a signal that has aborted", async () => {
    const { server, clock } = setUp();
    expect((await server.handle(request("x"), AbortSignal.abort())).status).toBe(499);
    await clock.settle();
    expect(server.heldCount).toBe(0);
  });
});

describe("ceilings", () => {
  const stuck: Run = () => new Promise(() => {});

  it("turn away a device that has too much under way, and no other", async () => {
    const { server, clock } = setUp(stuck, { limits: { maxConcurrentPerDevice: 2 }, retryAfterSeconds: 9 });
    const throttled = vi.fn();
    server.events.on("throttled", throttled);
    const phone = new InProcessDevice(server);
    const [first, second] = [phone.ping(), phone.ping()];
    await clock.settle();
    const third = await phone.ping().answer;
    expect(third).toMatchObject({ status: 503, headers: { "retry-after": "9" } });
    expect(throttled).toHaveBeenCalledOnce();
    const other = new InProcessDevice(server, { deviceId: "OTHER" }).ping();
    await clock.settle();
    expect(other.isAnswered).toBe(false);
    first.gone();
    second.gone();
    const fourth = phone.ping();
    await clock.settle();
    expect(fourth.isAnswered).toBe(false);
  });

  it("count held requests for their user", async () => {
    const { server, clock } = setUp(holding, { limits: { maxConcurrentPerUser: 3 } });
    const pings = ["A", "B", "C"].map((deviceId) => new InProcessDevice(server, { deviceId }).ping());
    await clock.settle();
    expect(server.heldCount).toBe(3);
    expect((await new InProcessDevice(server, { deviceId: "D" }).ping().answer).status).toBe(503);
    pings[0]?.gone();
    new InProcessDevice(server, { deviceId: "D" }).ping();
    await clock.settle();
    expect(server.heldCount).toBe(3);
  });

  it("do not count a device's held requests against it", async () => {
    const { server, clock } = setUp(holding, { limits: { maxConcurrentPerDevice: 1 } });
    const phone = new InProcessDevice(server);
    const first = phone.ping();
    await clock.settle();
    phone.ping();
    await clock.settle();
    expect(await kindOf(first)).toBe("superseded");
    expect(server.heldCount).toBe(1);
  });
});

describe("close", () => {
  it("answers held requests and ends their connections", async () => {
    const { server, clock } = setUp(holding, { closeSpreadMs: 1_000 });
    const pings = ["A", "B", "C", "D"].map((deviceId) => new InProcessDevice(server, { deviceId }).ping());
    await clock.settle();
    const closed = server.close();
    expect(server.close()).toBe(closed);
    await clock.advance(1_000);
    await closed;
    for (const ping of pings) {
      expect(await kindOf(ping)).toBe("closing");
      expect((await ping.answer).headers["connection"]).toBe("close");
    }
    expect(clock.pendingTimers).toBe(0);
  });

  it("turns new requests away", async () => {
    const { phone, server } = setUp();
    await server.close();
    expect(await phone.options()).toMatchObject({
      status: 503,
      headers: { connection: "close", "retry-after": "30" },
    });
    expect(await phone.ping().answer).toMatchObject({ status: 503, headers: { connection: "close" } });
  });

  it("waits for requests that are worked on, and not for ever", async () => {
    let finish: ((outcome: CommandOutcome) => void) | undefined;
    const { phone, server, clock } = setUp(() => new Promise((resolve) => (finish = resolve)), {
      callTimeoutMs: 2_000,
    });
    const first = phone.ping();
    const second = phone.ping();
    await clock.settle();
    let isClosed = false;
    const closed = server.close().then(() => {
      isClosed = true;
    });
    finish?.(done);
    expect((await second.answer).headers["connection"]).toBe("close");
    await clock.settle();
    expect(isClosed).toBe(false);
    await clock.advance(2_000);
    await closed;
    expect(first.isAnswered).toBe(false);
  });
});

describe("failures", () => {
  it.each([
    ["run throws", (async () => Promise.reject(new Error("bug"))) satisfies Run],
    [
      "the answer cannot be encoded",
      (async () => ({
        kind: "document",
        document: element(Ping.Ping, [textElement(99, "x\0")]),
      })) satisfies Run,
    ],
  ])("Status 110 or 500 when %s", async (_, run) => {
    const { server } = setUp(run);
    const failed = vi.fn();
    server.events.on("requestFailed", failed);
    const answer = await new InProcessDevice(server).ping().answer;
    expect(childText(answer.document, Ping.Status)).toBe("110");
    expect((await new InProcessDevice(server, { version: "12.1" }).ping().answer).status).toBe(500);
    expect(failed).toHaveBeenCalledTimes(2);
  });

  it.each([
    [
      "resume throws",
      () => {
        throw new Error("bug");
      },
    ],
    ["resume rejects", () => Promise.reject(new Error("bug"))],
  ])("Status 110 when %s", async (_, resume) => {
    const { phone, clock } = setUp(async (request, context) => {
      const outcome = holdForMinute(request, context);
      return outcome.kind === "hold" ? { ...outcome, resume } : outcome;
    });
    const ping = phone.ping();
    await clock.advance(60_000);
    expect(await kindOf(ping)).toBe("110");
  });

  it("503 when the mailbox is not there, at first or after a hold", async () => {
    const unavailable: CommandOutcome = { kind: "unavailable", error: new Error("down") };
    expect(await setUp(async () => unavailable).phone.ping().answer).toMatchObject({ status: 503 });
    const { phone, clock } = setUp(async (request, context) => {
      const outcome = holdForMinute(request, context);
      return outcome.kind === "hold" ? { ...outcome, resume: () => unavailable } : outcome;
    });
    const ping = phone.ping();
    await clock.advance(60_000);
    expect(await ping.answer).toMatchObject({ status: 503, headers: { "retry-after": "30" } });
  });

  it("503 when a guarded call failed inside a command", async () => {
    const { phone, mailbox } = setUp(async (_, context) => {
      await context.mailbox.folders(context.mailboxRef);
      return done;
    });
    vi.spyOn(mailbox, "folders").mockRejectedValue(new Error("down"));
    expect(await phone.ping().answer).toMatchObject({ status: 503 });
  });

  it("a listener that throws breaks nothing, nor does a host that throws", async () => {
    const { phone, server, clock } = setUp();
    for (const name of ["request", "held", "ended", "dropped"] as const) {
      server.events.on(name, () => {
        throw new Error("listener");
      });
    }
    const ping = phone.ping();
    await clock.advance(60_000);
    expect(await kindOf(ping)).toBe("expired");
    const gone = server.serve(
      {
        method: "GET",
        url: "/",
        headers: {},
        body: new Uint8Array(0),
        remoteAddress: undefined,
        raw: undefined,
      },
      () => {
        throw new Error("host");
      },
    );
    await clock.settle();
    gone();
  });

  it("a hook for the network that throws counts as none", async () => {
    const run = vi.fn<Run>(async () => done);
    const network = (): never => {
      throw new Error("no");
    };
    await setUp(run, { network }).phone.ping().answer;
    expect(run.mock.calls[0]).toMatchObject([{ network: undefined }, {}]);
  });
});

describe("the request event", () => {
  it("tells what was answered to whom", async () => {
    const { server, clock } = setUp();
    const request = vi.fn();
    server.events.on("request", request);
    const phone = new InProcessDevice(server);
    await phone.options();
    expect(request).toHaveBeenLastCalledWith(
      expect.objectContaining({
        user: "alice@example.com",
        device: undefined,
        command: "OPTIONS",
        status: 200,
      }),
    );
    const ping = phone.ping();
    await clock.advance(60_000);
    const { body } = await ping.answer;
    expect(request).toHaveBeenLastCalledWith({
      user: "alice@example.com",
      device: {
        user: "alice@example.com",
        id: "DEVICE1",
        type: "TestPhone",
        userAgent: "InProcess/1.0",
        version: "16.1",
      },
      command: "Ping",
      status: 200,
      responseBytes: body?.length,
      milliseconds: 60_000,
      sequence: expect.any(Number),
    });
    const stranger = new InProcessDevice(server, { password: "wrong" });
    const refused = vi.fn();
    server.events.on("authenticationRefused", refused);
    await stranger.command("Sync");
    expect(request).toHaveBeenLastCalledWith(expect.objectContaining({ user: undefined, status: 401 }));
    expect(refused).toHaveBeenCalledWith({ user: "alice@example.com", remoteAddress: "192.0.2.1" });
  });
});
