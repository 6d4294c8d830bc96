import { describe, expect, it } from "vitest";
import { updateSentMail } from "../../../../src/state/sent-mail-record.js";
import { alice, bob, mailToBob, SendingBench } from "./sending-bench.js";

const first = { clientId: "1", save: true } as const;

describe("a mail that is sent again", () => {
  it("goes out once, and looks sent", async () => {
    const bench = new SendingBench();
    expect(await bench.mail("SendMail", mailToBob(), first)).toBe("sent");
    expect(await bench.mail("SendMail", mailToBob(), first)).toBe("sent");
    expect(await bench.mail("SendMail", mailToBob({}, "built anew by the phone"), first)).toBe("sent");
    expect(bench.mailbox.faults.calls("submit")).toBe(1);
    expect(await bench.items(alice, "sent")).toHaveLength(1);
    expect(await bench.items(bob, "inbox")).toHaveLength(1);
  });

  it("goes out once by a clock that has fractions of a millisecond", async () => {
    const bench = new SendingBench();
    await bench.clock.advance(0.25);
    expect(await bench.mail("SendMail", mailToBob(), first)).toBe("sent");
    const second = { clientId: "2" } as const;
    expect(await bench.mail("SendMail", mailToBob({ "Message-ID": "<2@phone>" }), second)).toBe("sent");
    expect(await bench.mail("SendMail", mailToBob(), first)).toBe("sent");
    expect(bench.mailbox.faults.calls("submit")).toBe(2);
  });

  it("goes out once in 12.1, which has no ids", async () => {
    const bench = new SendingBench();
    expect(await bench.raw("SendMail", mailToBob())).toBe("sent");
    expect(await bench.raw("SendMail", mailToBob())).toBe("sent");
    expect(bench.mailbox.faults.calls("submit")).toBe(1);
  });

  it("is another mail in 12.1 where nothing tells which it is", async () => {
    const bench = new SendingBench();
    const bare = mailToBob({ "Message-ID": undefined, Date: undefined });
    await bench.raw("SendMail", bare);
    await bench.raw("SendMail", bare);
    expect(await bench.items(bob, "inbox")).toHaveLength(2);
  });

  it("goes out once when both requests are there at the same time", async () => {
    const bench = new SendingBench();
    const both = await Promise.all([
      bench.mail("SendMail", mailToBob(), first),
      bench.mail("SendMail", mailToBob(), first),
    ]);
    expect(both).toEqual(["sent", "sent"]);
    expect(bench.mailbox.faults.calls("submit")).toBe(1);
    expect(await bench.items(alice, "sent")).toHaveLength(1);
  });

  it("is told from another mail with the same id: 118", async () => {
    const bench = new SendingBench();
    await bench.mail("SendMail", mailToBob(), first);
    expect(await bench.mail("SendMail", mailToBob({ "Message-ID": "<other@phone>" }), first)).toBe(118);
    expect(bench.mailbox.faults.calls("submit")).toBe(1);
  });

  it("is a mail of its own on another device and of another user", async () => {
    const bench = new SendingBench();
    await bench.mail("SendMail", mailToBob(), first);
    expect(await bench.mail("SendMail", mailToBob(), first, { deviceId: "device2" })).toBe("sent");
    expect(await bench.mail("SendMail", mailToBob(), first, { user: "carol@example.com" })).toBe("sent");
    expect(await bench.items(bob, "inbox")).toHaveLength(3);
  });

  it("goes out at the retry when the mail server failed", async () => {
    const failing = new SendingBench();
    failing.mailbox.faults.failWith(new Error("down"), ["folders"]);
    expect(await failing.mail("SendMail", mailToBob(), first)).toBe("unavailable");
    failing.mailbox.faults.recover();
    expect(await failing.mail("SendMail", mailToBob(), first)).toBe("sent");
    expect(failing.mailbox.faults.calls("submit")).toBe(1);
    expect(await failing.items(alice, "sent")).toHaveLength(1);
    expect(await failing.items(bob, "inbox")).toHaveLength(1);
  });

  it("waits for a request that another process is at, and not for ever", async () => {
    const bench = new SendingBench();
    const atMs = bench.clock.now();
    const fingerprint = bench.mailbox.submission.composer.fingerprint(mailToBob());
    await updateSentMail(bench.state, alice, "device1", "1", () => ({
      result: undefined,
      note: { clientId: "1", state: "sending", atMs, ...(fingerprint !== undefined && { fingerprint }) },
    }));
    expect(await bench.mail("SendMail", mailToBob(), first)).toBe(111);
    await bench.clock.advance(120_000);
    expect(await bench.mail("SendMail", mailToBob(), first)).toBe("sent");
  });

  it("remembers the fifty newest mails", async () => {
    const bench = new SendingBench();
    for (let n = 0; n < 51; n += 1) {
      await bench.mail("SendMail", mailToBob({ "Message-ID": `<${n}@phone>` }), { clientId: String(n) });
    }
    await bench.mail("SendMail", mailToBob({ "Message-ID": "<50@phone>" }), { clientId: "50" });
    expect(bench.mailbox.submission.sent).toHaveLength(51);
    const stored = await bench.state.read("sent/alice%40example.com/device1");
    expect((stored?.value ?? "").length).toBeLessThan(6_000);
    expect(JSON.parse(stored?.value ?? "{}")).toMatchObject({ mails: { length: 50 } });
  });

  it("looks sent when what it answered is gone since", async () => {
    const bench = new SendingBench();
    const id = bench.mailbox.deliver(alice, mailToBob());
    const { sourceOf } = await import("./sending-bench.js");
    const wishes = { clientId: "r", source: sourceOf("inbox", id) };
    expect(await bench.mail("SmartReply", mailToBob(), wishes)).toBe("sent");
    bench.mailbox.removeItem(alice, "inbox", id);
    expect(await bench.mail("SmartReply", mailToBob(), wishes)).toBe("sent");
    expect(bench.mailbox.submission.sent).toHaveLength(1);
  });
});
