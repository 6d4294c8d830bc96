import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import type { LineConduct } from "../../../src/testing/line-conduct.js";
import { UnreliableLine, type UnreliableLineOptions } from "../../../src/testing/unreliable-line.js";
import { until, within } from "../../contract/deadline.js";

/** One end of a connection, and what it has seen. */
interface End {
  readonly socket: Socket;
  readonly seen: { text: string; end: "fin" | "rst" | undefined };
}

let server: Server;
let accepted: End[];
let line: UnreliableLine;
const clients: Socket[] = [];

beforeEach(async () => {
  accepted = [];
  server = createServer({ allowHalfOpen: true }, (socket) => accepted.push(watched(socket)));
  await once(server.listen(0, "127.0.0.1"), "listening");
});

afterEach(async () => {
  await line?.close();
  for (const socket of [...clients.splice(0), ...accepted.map((end) => end.socket)]) socket.destroy();
  server.close();
});

function watched(socket: Socket): End {
  const seen: End["seen"] = { text: "", end: undefined };
  socket.setEncoding("latin1");
  socket.on("data", (text: string) => {
    seen.text += text;
  });
  socket.on("end", () => {
    seen.end ??= "fin";
  });
  socket.on("error", () => {
    seen.end ??= "rst";
  });
  return { socket, seen };
}

async function open(options?: UnreliableLineOptions): Promise<void> {
  line = await UnreliableLine.open({ port: (server.address() as AddressInfo).port }, options);
}

/** A client that has sent "ask", and the server's end of it. */
async function connected(): Promise<{ readonly phone: End; readonly host: End }> {
  const before = accepted.length;
  const phone = watched(connect({ port: line.port, host: "127.0.0.1", allowHalfOpen: true }));
  clients.push(phone.socket);
  phone.socket.write("ask");
  await until("the server to be asked", () => accepted[before]?.seen.text === "ask");
  const host = accepted[before];
  if (host === undefined) throw new Error("nobody came");
  return { phone, host };
}

async function answers({ phone, host }: { phone: End; host: End }, text = "answer"): Promise<void> {
  const before = phone.seen.text;
  host.socket.write(text);
  await until("the answer", () => phone.seen.text === before + text);
}

describe("a line that is left alone", () => {
  it("passes on bytes and ends in both directions, and counts them", async () => {
    await open();
    const ends = await connected();
    await answers(ends);
    expect(line.counts).toEqual({
      connections: 1,
      open: 1,
      cuts: { rst: 0, fin: 0, silence: 0 },
      lostAnswers: 0,
      hiddenCloses: 0,
      bytesToServer: 3,
      bytesToClient: 6,
      bytesLost: 0,
    });
    ends.phone.socket.end();
    await until("the server to see the end", () => ends.host.seen.end === "fin");
    await answers(ends, "after the end");
    ends.host.socket.end();
    await until("the connection to be over", () => line.counts.open === 0);
  });

  it("passes on a reset of either end", async () => {
    await open();
    const first = await connected();
    first.phone.socket.resetAndDestroy();
    await until("the server to see it", () => first.host.seen.end === "rst");
    const second = await connected();
    second.host.socket.resetAndDestroy();
    await until("the client to see it", () => second.phone.seen.end === "rst");
    await until("both to be over", () => line.counts.open === 0);
  });

  it("carries more than fits into a socket", async () => {
    await open();
    const { phone, host } = await connected();
    host.socket.pause();
    phone.socket.write("x".repeat(5_000_000));
    await until("the line to be full", () => line.counts.bytesToServer > 500_000);
    host.socket.resume();
    await until("all of it", () => host.seen.text.length === 5_000_003);
  });

  it("resets the client when there is no server", async () => {
    await open();
    server.close();
    await once(server, "close");
    const phone = watched(connect({ port: line.port, host: "127.0.0.1" }));
    clients.push(phone.socket);
    await until("the client to be refused", () => phone.seen.end === "rst");
    await until("nothing to be left", () => line.counts.open === 0);
  });
});

describe("an idle limit", () => {
  const minutes = (count: number): number => count * 60_000;
  let clock: FakeClock;

  async function idle(conduct: LineConduct): Promise<{ phone: End; host: End }> {
    clock = new FakeClock();
    await open({ clock, ...conduct });
    return await connected();
  }

  it.each(["rst", "fin"] as const)("cuts with %s, which both ends see", async (how) => {
    const { phone, host } = await idle({ idleCut: { afterMs: minutes(13), how } });
    await clock.advance(minutes(13) - 1);
    expect(line.counts.cuts[how]).toBe(0);
    await clock.advance(1);
    await until("both to see it", () => phone.seen.end === how && host.seen.end === how);
    expect(line.counts.cuts[how]).toBe(1);
    phone.socket.destroy();
    host.socket.destroy();
    await until("nothing to be left", () => line.counts.open === 0);
    expect(clock.pendingTimers).toBe(0);
  });

  it("cuts in silence: both ends keep their sockets, and what they send is lost", async () => {
    const { phone, host } = await idle({ idleCut: { afterMs: minutes(13), how: "silence" } });
    await clock.advance(minutes(13));
    host.socket.write("answer");
    await until("the answer to be lost", () => line.counts.bytesLost === 6);
    phone.socket.write("hello?");
    await until("the question to be lost", () => line.counts.bytesLost === 12);
    expect(phone.seen).toEqual({ text: "", end: undefined });
    expect(host.seen).toEqual({ text: "ask", end: undefined });
    expect(line.counts).toMatchObject({ open: 1, cuts: { silence: 1 } });
    phone.socket.destroy();
    host.socket.destroy();
    await until("nothing to be left", () => line.counts.open === 0);
  });

  it("counts from the last byte, whoever sent it", async () => {
    const ends = await idle({ idleCut: { afterMs: minutes(13), how: "rst" } });
    await clock.advance(minutes(12));
    await answers(ends);
    await clock.advance(minutes(12));
    ends.phone.socket.write(" again");
    await until("the server to be asked", () => ends.host.seen.text === "ask again");
    await clock.advance(minutes(12));
    expect(line.counts.cuts.rst).toBe(0);
    await clock.advance(minutes(1));
    expect(line.counts.cuts.rst).toBe(1);
  });

  it("moves: connections that are open follow, from their last byte", async () => {
    await idle({ idleCut: { afterMs: minutes(13), how: "rst" } });
    await clock.advance(minutes(5));
    line.behave({ idleCut: { afterMs: minutes(30), how: "rst" } });
    await clock.advance(minutes(24));
    expect(line.counts.cuts.rst).toBe(0);
    line.behave({ idleCut: { afterMs: minutes(8), how: "silence" } });
    await clock.advance(0);
    expect(line.counts.cuts).toEqual({ rst: 0, fin: 0, silence: 1 });
  });

  it("leaves half a connection to the end that does not see it", async () => {
    const first = await idle({ idleCut: { afterMs: 1000, how: "fin", seenBy: "client" } });
    await clock.advance(1000);
    await until("the client to see it", () => first.phone.seen.end === "fin");
    expect(first.host.seen.end).toBeUndefined();
    line.behave({ idleCut: { afterMs: 1000, how: "rst", seenBy: "server" } });
    const second = await connected();
    await clock.advance(1000);
    await until("the server to see it", () => second.host.seen.end === "rst");
    second.phone.socket.write("hello?");
    await until("the question to be lost", () => line.counts.bytesLost === 6);
    expect(second.phone.seen.end).toBeUndefined();
  });
});

describe("what else can go wrong", () => {
  it("loses as many answers as it was told, each with its connection", async () => {
    await open({ lostAnswers: 1 });
    const lost = await connected();
    lost.host.socket.write("answer");
    await until("the answer to be lost", () => line.counts.bytesLost === 6);
    lost.phone.socket.write("hello?");
    await until("the connection to be dead", () => line.counts.bytesLost === 12);
    expect(lost.phone.seen).toEqual({ text: "", end: undefined });
    await answers(await connected());
    expect(line.counts.lostAnswers).toBe(1);
  });

  it("lets a greeting pass, which is no answer", async () => {
    await open({ lostAnswers: Number.POSITIVE_INFINITY });
    const ends = await connected();
    ends.host.socket.write("answer");
    await until("it to be lost", () => line.counts.lostAnswers === 1);
    server.once("connection", (socket) => socket.write("welcome"));
    const phone = watched(connect({ port: line.port, host: "127.0.0.1" }));
    clients.push(phone.socket);
    await until("the greeting", () => phone.seen.text === "welcome");
  });

  it("is late, in order, with the end after the bytes", async () => {
    const clock = new FakeClock();
    await open({ clock, delayMs: 300 });
    const phone = watched(connect({ port: line.port, host: "127.0.0.1", allowHalfOpen: true }));
    clients.push(phone.socket);
    phone.socket.write("one ");
    await until("the line to have it", () => line.counts.bytesToServer === 4);
    await clock.advance(200);
    phone.socket.end("two");
    await until("the line to have all", () => line.counts.bytesToServer === 7);
    await clock.advance(99);
    expect(accepted[0]?.seen.text).toBe("");
    await clock.advance(1);
    await until("the first part", () => accepted[0]?.seen.text === "one ");
    expect(accepted[0]?.seen.end).toBeUndefined();
    await clock.advance(200);
    await until("the rest", () => accepted[0]?.seen.text === "one two");
    await until("the end", () => accepted[0]?.seen.end === "fin");
  });

  it("is slow: so many bytes in a second", async () => {
    const clock = new FakeClock();
    await open({ clock });
    const { phone, host } = await connected();
    line.behave({ bytesPerSecond: 1000 });
    phone.socket.write("x".repeat(3000));
    await until("the line to have all", () => line.counts.bytesToServer === 3003);
    await clock.advance(1000);
    await until("a third", () => host.seen.text.length === 1003);
    await clock.advance(2000);
    await until("all", () => host.seen.text.length === 3003);
  });

  it.each([
    ["client", "phone", "host"],
    ["server", "host", "phone"],
  ] as const)("hides that the %s has left", async (end, leaving, staying) => {
    await open({ hideCloseOf: end });
    const ends = await connected();
    ends[leaving].socket.resetAndDestroy();
    await until("the line to hide it", () => line.counts.hiddenCloses === 1);
    ends[staying].socket.write("hello?");
    await until("the question to be lost", () => line.counts.bytesLost === 6);
    expect(ends[staying].seen.end).toBeUndefined();
    const next = await connected();
    next[staying].socket.resetAndDestroy();
    await until("the other way to be told", () => next[leaving].seen.end === "rst");
  });

  it("cuts all connections at once when it is told to", async () => {
    await open();
    const [one, two] = [await connected(), await connected()];
    line.cut("rst");
    await until("both to see it", () => one.phone.seen.end === "rst" && two.phone.seen.end === "rst");
    expect(line.counts.cuts.rst).toBe(2);
  });
});

describe("the end of a line", () => {
  it("leaves no connection, timer or port, whatever the line was doing", async () => {
    const clock = new FakeClock();
    await open({ clock, delayMs: 5, idleCut: { afterMs: 1000, how: "silence" } });
    const ends = [watched(connect(line.port, "127.0.0.1")), watched(connect(line.port, "127.0.0.1"))];
    for (const { socket } of ends) {
      clients.push(socket);
      socket.write("ask");
    }
    await until("the line to have both", () => line.counts.bytesToServer === 6);
    const { port } = line;
    await within("the line to close", line.close());
    await until("nothing to be left", () => line.counts.open === 0);
    expect(clock.pendingTimers).toBe(0);
    await until("both to see it", () => ends.every(({ socket }) => socket.destroyed));
    const late = watched(connect(port, "127.0.0.1"));
    await until("nobody to listen", () => late.seen.end === "rst");
    await line.close();
  });

  it.each([
    [{ idleCut: { afterMs: 0, how: "rst" } }, "idleCut.afterMs"],
    [{ idleCut: { afterMs: 5, how: "gone" } }, "idleCut.how"],
    [{ idleCut: { afterMs: 5, how: "rst", seenBy: "me" } }, "idleCut.seenBy"],
    [{ idleCut: 5 }, "idleCut"],
    [{ lostAnswers: -1 }, "lostAnswers"],
    [{ lostAnswers: 1.5 }, "lostAnswers"],
    [{ delayMs: Number.NaN }, "delayMs"],
    [{ bytesPerSecond: 0 }, "bytesPerSecond"],
    [{ hideCloseOf: "nobody" }, "hideCloseOf"],
  ])("refuses %j when it is given, and keeps what it did", async (conduct, name) => {
    await expect(UnreliableLine.open({ port: 1 }, conduct as LineConduct)).rejects.toThrow(name);
    await open();
    expect(() => line.behave(conduct as LineConduct)).toThrow(
      expect.objectContaining({ code: "ERR_OPTION_INVALID" }),
    );
    await answers(await connected());
  });

  it("refuses a target without a port, and a cut that it does not know", async () => {
    await expect(UnreliableLine.open({ port: 0 })).rejects.toThrow("target.port");
    await open();
    expect(() => line.cut("loud" as "rst")).toThrow("how");
  });
});
